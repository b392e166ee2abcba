"""Links to photos that anybody who has them may open, for a while: what Twilio fetches and residents are shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadSignature, Signer

from bot.photos.store import Variant

PHOTO_PATH = "/media/photos/"
_SALT = "cityline.photo-link"  # a key signs several kinds of things; none passes for another


class LinkError(ValueError):
    """The link is not ours, or its time is over."""


class LinkExpiredError(LinkError):
    """The link was ours; its time is over."""


@dataclass(frozen=True, slots=True)
class SignedPhoto:
    """What a valid link is for."""

    photo_id: int
    variant: Variant
    expires_at: datetime  # aware UTC


def sign_photo_url(
    photo_id: int,
    variant: str,
    *,
    base_url: str,
    secret: str,
    ttl: float,
    now: datetime | None = None,
) -> str:
    """A link that works for `ttl` seconds: <base_url>/media/photos/<token>.

    The time of its end is in the token, so that the reader needs to know no policy.
    """
    return base_url.rstrip("/") + PHOTO_PATH + photo_token(photo_id, variant, secret=secret, ttl=ttl, now=now)


def photo_token(photo_id: int, variant: str, *, secret: str, ttl: float, now: datetime | None = None) -> str:
    """The last part of such a link."""
    end = int((now or datetime.now(UTC)).timestamp() + ttl)
    token: str = _signer(secret).sign(f"{photo_id}-{Variant(variant).value}-{end}").decode("ascii")
    return token


def verify_photo_token(token: str, *, secret: str, now: datetime | None = None) -> SignedPhoto:
    """What the token is for; raises LinkError, or LinkExpiredError when it was ours once."""
    try:
        value = _signer(secret).unsign(token.encode("utf-8")).decode("ascii")
        photo_id, variant, end = value.split("-")
        photo = SignedPhoto(int(photo_id), Variant(variant), datetime.fromtimestamp(int(end), UTC))
    except (BadSignature, ValueError, OverflowError, OSError):
        raise LinkError("the photo link is not valid") from None
    if (now or datetime.now(UTC)) >= photo.expires_at:
        raise LinkExpiredError("the photo link has expired")
    return photo


def _signer(secret: str) -> Signer:
    return Signer(secret, salt=_SALT, digest_method=hashlib.sha256, key_derivation="hmac")
