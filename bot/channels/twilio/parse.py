"""Twilio's webhooks, read: https://www.twilio.com/docs/messaging/guides/webhook-request

SMS, MMS and WhatsApp come in the same form. Receipts (status callbacks) too, told apart by MessageStatus.
"""

from __future__ import annotations

import math
import re
from urllib.parse import parse_qs

from bot.channels.messages import (
    Channel,
    ChannelError,
    Inbound,
    InboundKind,
    MediaRef,
    Pin,
    Receipt,
    ReceiptState,
)
from bot.channels.text import clean
from bot.channels.twilio.verify import FormFields, read_form

MAX_MEDIA = 10
MESSAGE_ID_FIELD = "message"  # in the query of the receipt URL: our message id

_SID = re.compile(r"[A-Z]{2}[0-9a-zA-Z]{32}")
_ADDRESS = re.compile(r"(whatsapp:)?\+?[0-9]{3,15}")

# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
_STATES = {
    "accepted": ReceiptState.QUEUED,  # a messaging service has it and has not chosen a number yet
    "scheduled": ReceiptState.QUEUED,
    "queued": ReceiptState.QUEUED,
    "sending": ReceiptState.QUEUED,  # on its way to the carrier, which has not confirmed
    "sent": ReceiptState.SENT,
    "delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.READ,  # WhatsApp only
    "undelivered": ReceiptState.FAILED,  # the carrier gave it back
    "failed": ReceiptState.FAILED,  # Twilio could not hand it over
    "canceled": ReceiptState.FAILED,
}

# Parts that ride along with an MMS and say nothing to a reader: its layout.
_LAYOUT_TYPES = {"application/smil", "application/smil+xml"}
_UNREADABLE_TYPES = (
    ("video/", "video"),
    ("audio/", "voice"),
    ("text/vcard", "contact"),
    ("text/x-vcard", "contact"),
    ("text/", "document"),
    ("application/pdf", "document"),
    ("application/vnd", "document"),
    ("application/zip", "document"),
)


def parse(raw: bytes, query: str = "") -> tuple[Inbound | Receipt, ...]:
    """Read one webhook body; `query` is that of the URL it was posted to.

    Empty for what concerns nobody: senders that are no phone (alphanumeric names), statuses we do not know.
    Raises ChannelError, safe to log, for anything that is no Twilio message.
    """
    form = read_form(raw)
    if _is_receipt(form):
        receipt = _receipt(form, query)
        return (receipt,) if receipt else ()
    sid = _message_sid(form)
    sender = form.first("From").strip()
    if not sender:
        raise ChannelError("From is missing")
    if not _ADDRESS.fullmatch(sender):
        return ()
    media, unsupported = _media(form)
    text = clean(form.first("Body"))
    pin = _pin(form)
    # WhatsApp repeats a quick reply's words in Body; the payload is what we gave the button.
    button = form.first("ButtonPayload") or None
    nothing_readable = unsupported is not None and not (text or media or pin)
    kind = InboundKind.MESSAGE
    if button:
        kind = InboundKind.BUTTON
    elif nothing_readable:
        kind = InboundKind.UNSUPPORTED
    inbound = Inbound(
        channel=Channel.SMS,
        kind=kind,
        provider_id=sid,
        address=sender,
        text=text,
        media=media,
        pin=pin,
        button=button,
        unsupported=unsupported,
        display_name=clean(form.first("ProfileName")) or None,
        event_id=sid,
    )
    return (inbound,)


def _is_receipt(form: FormFields) -> bool:
    status = form.first("MessageStatus") or form.first("SmsStatus")
    return bool(status) and status not in ("received", "receiving")


def _message_sid(form: FormFields) -> str:
    sid = form.first("MessageSid") or form.first("SmsMessageSid") or form.first("SmsSid")
    if not _SID.fullmatch(sid):
        raise ChannelError("MessageSid is missing or malformed")
    return sid


def _receipt(form: FormFields, query: str) -> Receipt | None:
    sid = _message_sid(form)
    state = _STATES.get(form.first("MessageStatus") or form.first("SmsStatus"))
    if state is None:
        return None
    code = form.first("ErrorCode").strip()
    ours = parse_qs(query).get(MESSAGE_ID_FIELD, [""])[0]
    return Receipt(
        channel=Channel.SMS,
        provider_id=sid,
        state=state,
        error_code=code if code.isascii() and code.isdigit() and code != "0" else None,
        message_id=int(ours) if ours.isascii() and ours.isdigit() and len(ours) < 19 else None,
    )


def _media(form: FormFields) -> tuple[tuple[MediaRef, ...], str | None]:
    """Files that may be photos, and what the first of the others is."""
    count_text = form.first("NumMedia").strip() or "0"
    if not (count_text.isascii() and count_text.isdigit()):
        raise ChannelError("NumMedia is not a number")
    refs: list[MediaRef] = []
    unsupported: str | None = None
    for index in range(min(int(count_text), MAX_MEDIA)):
        url = form.first(f"MediaUrl{index}").strip()
        if not url:
            raise ChannelError(f"MediaUrl{index} is missing, though NumMedia counts it")
        content_type = form.first(f"MediaContentType{index}").split(";")[0].strip().lower() or None
        if content_type in _LAYOUT_TYPES:
            continue
        kind = _unreadable(content_type)
        if kind is None:
            refs.append(MediaRef(provider_ref=url, content_type=content_type))
        elif unsupported is None:
            unsupported = kind
    return tuple(refs), unsupported


def _unreadable(content_type: str | None) -> str | None:
    """What a file is that cannot be a photo; None for images and for types that say nothing."""
    for prefix, kind in _UNREADABLE_TYPES:
        if content_type and content_type.startswith(prefix):
            return kind
    return None


def _pin(form: FormFields) -> Pin | None:
    latitude, longitude = form.first("Latitude").strip(), form.first("Longitude").strip()
    if not latitude and not longitude:
        return None
    try:
        lat, lon = float(latitude), float(longitude)
    except ValueError:
        raise ChannelError("Latitude or Longitude is not a number") from None
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise ChannelError("Latitude or Longitude is outside the world")
    return Pin(
        lat=lat,
        lon=lon,
        name=clean(form.first("Label")) or None,
        address=clean(form.first("Address")) or None,
    )
