"""Twilio's webhooks, read: https://www.twilio.com/docs/messaging/guides/webhook-request

SMS, MMS, RCS and WhatsApp come in the same form. Receipts (status callbacks) too, told apart by MessageStatus.
Only who wrote and the message's id must be readable: any other field that is odd costs itself, never the words.
"""

from __future__ import annotations

import math
import re
from typing import Literal
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
from bot.channels.text import clean, clean_name
from bot.channels.twilio import addresses
from bot.channels.twilio.errors import meaning_of
from bot.channels.twilio.verify import FormFields, read_form
from bot.text.digits import machine_number
from bot.text.vcard import CARD_TYPES

MAX_MEDIA = 10
MESSAGE_ID_FIELD = "message"  # in the query of the receipt URL: our message id

_SID = re.compile(r"[A-Z]{2}[0-9a-zA-Z]{32}")
_CODE = re.compile(r"[1-9][0-9]{0,8}")
_OPT_OUTS: dict[str, Literal["stop", "start", "help"]] = {"stop": "stop", "start": "start", "help": "help"}

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
    ("text/", "document"),
    ("application/pdf", "document"),
    ("application/vnd", "document"),
    ("application/zip", "document"),
)


def parse(raw: bytes, query: str = "") -> tuple[Inbound | Receipt, ...]:
    """Read one webhook body; `query` is that of the URL it was posted to.

    Empty for what concerns nobody: senders that cannot be answered (alphanumeric names), statuses we do not know.
    Raises ChannelError, safe to log, for anything without a sender and an id.
    """
    form = read_form(raw)
    if _is_receipt(form):
        receipt = _receipt(form, query)
        return (receipt,) if receipt else ()
    sid = _message_sid(form)
    if not (form.first("From").strip() or form.first("ExternalUserId").strip()):
        raise ChannelError("From is missing")
    sender = addresses.sender(form)
    if sender is None:
        return ()
    media, unsupported = _media(form)
    text = clean(form.first("Body"))
    pin = _pin(form)
    # WhatsApp and RCS repeat a quick reply's words in Body; the payload is what we gave the button.
    button = clean_name(form.first("ButtonPayload")) or None
    nothing_readable = unsupported is not None and not (text or media or pin)
    kind = InboundKind.MESSAGE
    if button:
        kind = InboundKind.BUTTON
    elif nothing_readable:
        kind = InboundKind.UNSUPPORTED
    about = form.first("OriginalRepliedMessageSid").strip()
    inbound = Inbound(
        channel=Channel.SMS,
        kind=kind,
        provider_id=sid,
        address=sender,
        text=text,
        media=media,
        pin=pin,
        button=button,
        opt_out=_opt_out(form),
        unsupported=unsupported,
        display_name=clean_name(form.first("ProfileName")) or None,
        event_id=sid,
        our_end=addresses.our_end(form),
        about_message_id=about if _SID.fullmatch(about) else None,
        automated=addresses.is_short_code(sender),
    )
    return (inbound,)


def _opt_out(form: FormFields) -> str | None:
    """What a messaging service made of a word, custom ones included; it has answered already.

    https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
    """
    kind = form.first("OptOutType").strip().lower()
    return kind if kind in ("stop", "start", "help") else None


def _is_receipt(form: FormFields) -> bool:
    return _status(form) not in ("", "received", "receiving")


def _status(form: FormFields) -> str:
    return (form.first("MessageStatus") or form.first("SmsStatus")).strip().lower()


def _message_sid(form: FormFields) -> str:
    sid = form.first("MessageSid") or form.first("SmsMessageSid") or form.first("SmsSid")
    if not _SID.fullmatch(sid):
        raise ChannelError("MessageSid is missing or malformed")
    return sid


def _receipt(form: FormFields, query: str) -> Receipt | None:
    sid = _message_sid(form)
    ours = parse_qs(query).get(MESSAGE_ID_FIELD, [""])[0]
    return receipt_of(sid, _status(form), form.first("ErrorCode").strip(), machine_number(ours))


def receipt_of(sid: str, status: str, code: str, message_id: int | None) -> Receipt | None:
    """What Twilio says of a message, in a callback or when it is asked; None for a status that we do not know.

    `code`: its error code, or ""; `message_id`: ours.
    """
    state = _STATES.get(status)
    if state is None:
        return None
    meaning = meaning_of(code) if state is ReceiptState.FAILED and code.isascii() else None
    return Receipt(
        channel=Channel.SMS,
        provider_id=sid,
        state=state,
        error_code=code if machine_number(code) else None,
        message_id=message_id,
        outcome=meaning.outcome if meaning else None,
        detail=meaning.detail if meaning else "",
    )


def _media(form: FormFields) -> tuple[tuple[MediaRef, ...], str | None]:
    """Files that may be photos, words or places, and what the first of the others is.

    `NumMedia` is not asked: it has been seen counting more than there is (rapidpro#1163).
    """
    refs: list[MediaRef] = []
    unsupported: str | None = None
    for index in range(MAX_MEDIA):
        url = clean(form.first(f"MediaUrl{index}"))
        if not url:
            continue
        content_type = (
            clean_name(form.first(f"MediaContentType{index}")).split(";")[0].strip().lower() or None
        )
        if content_type in _LAYOUT_TYPES:
            continue
        kind = _unreadable(content_type)
        if kind is None:
            refs.append(MediaRef(provider_ref=url, content_type=content_type))
        elif unsupported is None:
            unsupported = kind
    return tuple(refs), unsupported


def _unreadable(content_type: str | None) -> str | None:
    """What a file is that holds nothing for us; None for images, words, cards and types that say nothing."""
    if content_type == "text/plain" or content_type in CARD_TYPES:
        return None  # the long words of an MMS; a card may hold a place
    for prefix, kind in _UNREADABLE_TYPES:
        if content_type and content_type.startswith(prefix):
            return kind
    return None


def _pin(form: FormFields) -> Pin | None:
    """A position, where both halves are there and lie in the world."""
    try:
        lat, lon = float(form.first("Latitude")), float(form.first("Longitude"))
    except ValueError:
        return None
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        return None
    return Pin(
        lat=lat,
        lon=lon,
        name=clean_name(form.first("Label")) or None,
        address=clean_name(form.first("Address")) or None,
    )
