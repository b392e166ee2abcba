"""Is this request Twilio's? https://www.twilio.com/docs/usage/security#validating-requests"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, urlparse

from twilio.request_validator import add_port, remove_port

from bot.channels.messages import ChannelError, SignatureError

MAX_FIELDS = 500  # Twilio posts about thirty; ten media add twenty
_KEPT_BYTES = "surrogateescape"


class FormFields(dict[str, list[str]]):
    """A posted form with blank fields kept and repeated names together, as `RequestValidator` wants it."""

    def getlist(self, name: str) -> list[str]:
        return self.get(name, [])

    def first(self, name: str) -> str:
        """The field's value, "" when it is missing."""
        values = self.get(name)
        return values[0] if values else ""


def read_form(raw: bytes) -> FormFields:
    """Decode `application/x-www-form-urlencoded`; raises ChannelError when it has too many fields.

    Bytes that are no UTF-8 stay in the values as lone surrogates: the signature is over the bytes as they came, and
    `bot.channels.text.clean` makes the text storable. One broken character must not cost a resident the message.
    """
    try:
        pairs = parse_qsl(
            raw.decode("utf-8", _KEPT_BYTES),
            keep_blank_values=True,
            max_num_fields=MAX_FIELDS,
            errors=_KEPT_BYTES,
        )
    except ValueError as error:  # too many fields; the text of the error may quote the body
        raise ChannelError("the form has too many fields") from error
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
    form = read_form(raw)
    given = signature.encode("utf-8", "replace")
    parsed = urlparse(url)
    matches = [
        hmac.compare_digest(_signature(candidate, form, token), given)
        for candidate in (remove_port(parsed), add_port(parsed), url)
    ]
    if not any(matches):
        raise SignatureError("the X-Twilio-Signature header does not match")


def _signature(url: str, form: FormFields, token: str) -> bytes:
    """What `RequestValidator.compute_signature` gives, over the bytes as they were posted."""
    fields = "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))
    signed = (url + fields).encode("utf-8", _KEPT_BYTES)
    return base64.b64encode(hmac.new(token.encode("utf-8"), signed, hashlib.sha1).digest())
