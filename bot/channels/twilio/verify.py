"""Is this request Twilio's? https://www.twilio.com/docs/usage/security#validating-requests"""

from __future__ import annotations

import hmac
from urllib.parse import parse_qsl, urlparse

from twilio.request_validator import RequestValidator, add_port, remove_port

from bot.channels.messages import ChannelError, SignatureError

MAX_FIELDS = 500  # Twilio posts about thirty; ten media add twenty


class FormFields(dict[str, list[str]]):
    """A posted form with blank fields kept and repeated names together, as `RequestValidator` wants it."""

    def getlist(self, name: str) -> list[str]:
        return self.get(name, [])

    def first(self, name: str) -> str:
        """The field's value, "" when it is missing."""
        values = self.get(name)
        return values[0] if values else ""


def read_form(raw: bytes) -> FormFields:
    """Decode `application/x-www-form-urlencoded`; raises ChannelError when it is no such form."""
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"
        )
    except ValueError as error:  # not UTF-8, or too many fields; the text of either may quote the body
        raise ChannelError("the form could not be decoded") from error
    form = FormFields()
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def verify(*, url: str, raw: bytes, signature: str | None, token: str) -> None:
    """Raise SignatureError unless `signature` (X-Twilio-Signature) is Twilio's for this URL and raw body.

    `url` is the exact public address Twilio was told, query included: behind a proxy it comes from PUBLIC_URL,
    not from the request. Twilio signs it sometimes with and sometimes without the port, so both are tried,
    each compared in constant time.
    """
    if not signature:
        raise SignatureError("the X-Twilio-Signature header is missing")
    validator = RequestValidator(token)
    form = read_form(raw)
    given = signature.encode("utf-8")
    parsed = urlparse(url)
    matches = [
        hmac.compare_digest(validator.compute_signature(candidate, form).encode("ascii"), given)
        for candidate in (remove_port(parsed), add_port(parsed), url)
    ]
    if not any(matches):
        raise SignatureError("the X-Twilio-Signature header does not match")
