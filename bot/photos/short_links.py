"""Short links to photos, for words: `/p/<token>`. Where a carrier takes no pictures, the text names one instead.

As with the page of a request (`bot.cases.public_links`) a token is made from what it is for and the installation's secret,
and nothing of it is stored. Of its 98 bits 57 prove that we made it: a guess costs a request to our server, so that is enough
for a link that lives for a week. 27 are the photo's id and 14 the day on which it ends, hidden, or links would tell how many
photos there are. A link of `bot.photos.signed`, which providers fetch, is more than twice as long.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from bot.photos.signed import LinkError, LinkExpiredError
from bot.text.link_letters import letters_of, number_of

PATH = "/p/"
LENGTH = 17  # 56**17 is a little more than 2**98
_PROOF_BITS = 57
_ID_BITS = 27  # 134 million photos
_DAY_BITS = 14  # until 2064
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


def short_photo_url(
    photo_id: int, *, base_url: str, secret: str, ttl: timedelta, now: datetime | None = None
) -> str:
    """A link that works for `ttl`, and to the end of that day (UTC): <base_url>/p/<token>. `now` is aware.

    Raises ValueError for an id or a day that does not fit.
    """
    return f"{base_url.rstrip('/')}{PATH}{short_photo_token(photo_id, secret=secret, ttl=ttl, now=now)}"


def short_photo_token(photo_id: int, *, secret: str, ttl: timedelta, now: datetime | None = None) -> str:
    """The last part of such a link. Never log it: it is all that one needs to see the photo."""
    day = ((now or datetime.now(UTC)) + ttl - _BEGIN).days + 1  # the first day on which it is over
    if not (0 < photo_id < 1 << _ID_BITS and 0 < day < 1 << _DAY_BITS):
        raise ValueError(f"no short link for photo {photo_id}: its id or its day does not fit")
    what = day << _ID_BITS | photo_id
    proof = _keyed(secret, "proof", what, _PROOF_BITS)
    return letters_of(proof << _ID_BITS + _DAY_BITS | what ^ _mask(secret, proof), LENGTH)


def photo_of_token(token: str, *, secret: str, now: datetime | None = None) -> int:
    """The id of the photo that a token is for. Raises LinkError, or LinkExpiredError when it was ours once."""
    number = number_of(token, LENGTH)
    if number is None:
        raise LinkError("the photo link is not valid")
    proof, hidden = number >> _ID_BITS + _DAY_BITS, number & (1 << _ID_BITS + _DAY_BITS) - 1
    what = hidden ^ _mask(secret, proof)
    if not hmac.compare_digest(_bytes(proof), _bytes(_keyed(secret, "proof", what, _PROOF_BITS))):
        raise LinkError("the photo link is not valid")
    if (now or datetime.now(UTC)) >= _BEGIN + timedelta(days=what >> _ID_BITS):
        raise LinkExpiredError("the photo link has expired")
    return what & (1 << _ID_BITS) - 1


def _mask(secret: str, proof: int) -> int:
    return _keyed(secret, "mask", proof, _ID_BITS + _DAY_BITS)


def _keyed(secret: str, purpose: str, number: int, bits: int) -> int:
    """So many bits that nobody can tell without the secret."""
    digest = hmac.digest(
        secret.encode(), f"cityline.short-photo-link.{purpose}:{number}".encode(), hashlib.sha256
    )
    return int.from_bytes(digest) >> (len(digest) * 8 - bits)


def _bytes(proof: int) -> bytes:
    return proof.to_bytes(_PROOF_BITS // 8 + 1)
