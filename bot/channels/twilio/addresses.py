"""Who a Twilio message is from and to: https://www.twilio.com/docs/messaging/channels

A plain number is SMS. Every other channel puts its name before the address: `whatsapp:+1310…`, `rcs:+1310…`,
`messenger:1234`; people on WhatsApp with a user name have an id instead of a number (`whatsapp:US.1349…`).
"""

from __future__ import annotations

import re

from bot.channels.messages import OurEnd
from bot.channels.twilio.verify import FormFields

# "RCS:" has been seen beside "rcs:" (twilio-labs/dev-phone#219): one person must not become two contacts.
_WITH_CHANNEL = re.compile(r"(?P<channel>[A-Za-z][A-Za-z0-9_-]{1,31}):(?P<who>[!-~]{1,160})")
_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_SHORT_CODE = re.compile(r"[0-9]{3,6}")  # five or six digits; three are a carrier's own service
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")


def sender(form: FormFields) -> str | None:
    """Whose message it is, in one form for all time; None for a name or anything else that cannot be answered."""
    return _address(form, "From", person=True)


def is_short_code(address: str) -> bool:
    """Whether a service texts from there and no person."""
    return _SHORT_CODE.fullmatch(address) is not None


def our_end(form: FormFields) -> OurEnd:
    """Where of ours it was sent to; what cannot be read is left out."""
    service = form.first("MessagingServiceSid").strip()
    return OurEnd(
        address=_address(form, "To", person=False),
        service=service if _SERVICE.fullmatch(service) else None,
    )


def _address(form: FormFields, field: str, *, person: bool) -> str | None:
    written = form.first(field).strip()
    if not written and person and (user := form.first("ExternalUserId").strip()):
        written = f"{form.first('ChannelPrefix').strip() or 'whatsapp'}:{user}"
    if found := _WITH_CHANNEL.fullmatch(written):
        return f"{found['channel'].lower()}:{found['who']}"
    if not _NUMBER.fullmatch(written):
        return None
    prefix = form.first("ChannelPrefix").strip().lower()
    if prefix and prefix != "sms" and _WITH_CHANNEL.fullmatch(f"{prefix}:{written}"):
        return f"{prefix}:{written}"
    return written
