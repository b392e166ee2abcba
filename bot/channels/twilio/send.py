"""Handing a reply to Twilio, once, and finding out afterwards when that was not certain."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog

from bot.channels.lease import one_request
from bot.channels.messages import (
    Check,
    LookUp,
    Outcome,
    PictureFault,
    Receipt,
    ReceiptsAwayError,
    SendResult,
    Trace,
)
from bot.channels.transport import SETTLE_SECONDS, Meaning, meaning_of_transport
from bot.channels.twilio.client import TwilioClient
from bot.channels.twilio.errors import SENDER_CODES, TwilioRefusedError, classify, meaning_of
from bot.channels.twilio.gsm7 import segments, to_gsm7
from bot.channels.twilio.parse import MESSAGE_ID_FIELD, receipt_of
from bot.channels.twilio.render import RenderedSms, SmsPart

log = structlog.get_logger(__name__)

# Twilio's clock and ours may differ a little, and a message is created after we asked for it.
CLOCK_MARGIN = timedelta(minutes=2)
LOOK_UP_LIMIT = 50  # newest messages to that number; a conversation never sends as many in a minute
_TRIAL_PREFIX = "Sent from your Twilio trial account - "


async def send(client: TwilioClient, rendered: RenderedSms, *, start: int = 0) -> SendResult:
    """Post the parts from `start` on, in order, and stop at the first that is not sent.

    Never raises for what Twilio or the network does: every failure is an Outcome. `parts_sent` says where a further
    attempt starts, `provider_ids` are those of this attempt.
    """
    sids: list[str] = []
    for index in range(start, len(rendered.parts)):
        result = await _send_part(client, rendered, rendered.parts[index])
        if result.outcome is not Outcome.SENT:
            log.info(
                "sms.not_sent",
                message_id=rendered.message_id,
                outcome=result.outcome.value,
                code=result.error_code,
            )
            return _with_progress(result, rendered, sids, index)
        sids += result.provider_ids
    return _with_progress(SendResult(Outcome.SENT), rendered, sids, len(rendered.parts))


def _with_progress(result: SendResult, rendered: RenderedSms, sids: list[str], parts_sent: int) -> SendResult:
    """The words come first and the pictures last, so that without pictures the same parts are left to send."""
    out = rendered.parts[parts_sent - len(sids) : parts_sent]
    return replace(
        result,
        provider_ids=tuple(sids),
        segments=sum(segments(part.body) for part in out if not part.media_urls),
        pictures=sum(bool(part.media_urls) for part in out),
        parts_sent=parts_sent,
        parts=len(rendered.parts),
        picture_part=rendered.picture_part,
    )


def _refused(
    meaning: Meaning, part: SmsPart, code: int | None, retry_after: float | None = None
) -> SendResult:
    outcome, picture = meaning.outcome, meaning.picture if part.media_urls else None
    return SendResult(
        Outcome.PICTURE_REFUSED if picture else outcome,
        retry_after=SETTLE_SECONDS if outcome is Outcome.AMBIGUOUS else retry_after,
        error_code=str(code) if code else None,
        detail=meaning.detail,
        picture=picture,
    )


async def _send_part(client: TwilioClient, rendered: RenderedSms, part: SmsPart) -> SendResult:
    parameters = _parameters(client, rendered, part)
    try:
        async with one_request():
            message = await _create(client, rendered, part, parameters)
    except TwilioRefusedError as refusal:
        meaning = classify(refusal.status, refusal.code)
        return _refused(meaning, part, refusal.code or refusal.status, refusal.retry_after)
    except httpx.HTTPError as error:
        meaning = meaning_of_transport(error)
        after = SETTLE_SECONDS if meaning.outcome is Outcome.AMBIGUOUS else None
        return SendResult(meaning.outcome, retry_after=after, detail=meaning.detail)
    except (ValueError, TypeError, AttributeError, httpx.InvalidURL):
        # A success whose body is no message: something between us and Twilio answered in its place.
        return SendResult(Outcome.AMBIGUOUS, retry_after=SETTLE_SECONDS, detail="the answer was no message")
    if not message.sid:
        return SendResult(Outcome.AMBIGUOUS, retry_after=SETTLE_SECONDS, detail="the answer was no message")
    if message.status in ("failed", "undelivered"):  # known at once: the receipt would only say it later
        final = meaning_of(message.error_code)
        unknown = Meaning(Outcome.REJECTED, "Twilio could not send it", PictureFault.REFUSED)
        return _refused(final or unknown, part, message.error_code)
    return SendResult(Outcome.SENT, (message.sid,))


async def _create(
    client: TwilioClient, rendered: RenderedSms, part: SmsPart, parameters: dict[str, Any]
) -> Any:
    """Post the part; from the configured sender when the number it was to go out from is no longer the city's."""
    messages = client.rest.api.v2010.account.messages
    try:
        return await messages.create_async(**parameters)
    except TwilioRefusedError as refusal:
        if rendered.our_end is None or refusal.code not in SENDER_CODES:
            raise
        log.warning("sms.sender_refused", message_id=rendered.message_id, code=refusal.code)
        return await messages.create_async(**_parameters(client, replace(rendered, our_end=None), part))


def _parameters(client: TwilioClient, rendered: RenderedSms, part: SmsPart) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "to": rendered.to,
        # Our message id, since a receipt can arrive before the provider's id is committed.
        "status_callback": f"{client.receipt_url}?{MESSAGE_ID_FIELD}={rendered.message_id}",
    }
    if part.body:
        parameters["body"] = part.body
    if part.media_urls:
        parameters["media_url"] = list(part.media_urls)
    parameters |= _sender(client, rendered)
    return parameters


def _sender(client: TwilioClient, rendered: RenderedSms) -> dict[str, str]:
    """The number, agent or messaging service the resident wrote to, else the configured one.

    A city may have several: an answer from another one starts a second thread on the resident's phone. With a service
    both are named, or Twilio would choose among its numbers.
    """
    end = rendered.our_end
    if end and (end.address or end.service):
        named = {"from_": end.address, "messaging_service_sid": end.service}
        return {name: value for name, value in named.items() if value}
    if client.sender.startswith("MG"):
        return {"messaging_service_sid": client.sender}
    # WhatsApp answers must come from the WhatsApp face of the number they were sent to.
    whatsapp = rendered.to.startswith("whatsapp:") and not client.sender.startswith("whatsapp:")
    return {"from_": f"whatsapp:{client.sender}" if whatsapp else client.sender}


async def look_up(
    client: TwilioClient,
    rendered: RenderedSms,
    *,
    part: int = 0,
    since: datetime,
    known: Collection[str] = (),
) -> LookUp:
    """Ask Twilio whether an ambiguous part went out: newest messages to that number, compared by body.

    `since` is when the attempt began (aware UTC); `known` are provider ids already recorded for other messages of the
    conversation, since the same menu may rightly have been sent twice. Wait SETTLE_SECONDS after the attempt first.
    Not filtered by date on Twilio's side: its filter is by the date *sent*, which a queued message does not have yet.
    """
    if part >= len(rendered.parts):
        return LookUp(Trace.NOT_FOUND)
    wanted = rendered.parts[part]
    try:
        messages = await client.rest.api.v2010.account.messages.list_async(
            to=rendered.to, limit=LOOK_UP_LIMIT, page_size=LOOK_UP_LIMIT
        )
    except (TwilioRefusedError, httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
        log.warning("sms.look_up_failed", message_id=rendered.message_id, error=type(error).__name__)
        return LookUp(Trace.UNREACHED)
    # Oldest first, so that of two equal messages the earlier attempt takes the earlier one.
    for message in reversed(messages):
        created = message.date_created or message.date_sent
        if message.sid in known or created is None or created < since - CLOCK_MARGIN:
            continue
        if (message.direction or "").startswith("outbound") and _same(wanted, message):
            return LookUp(Trace.FOUND, message.sid, more=part + 1 < len(rendered.parts))
    return LookUp(Trace.NOT_FOUND)


def _same(part: SmsPart, message: Any) -> bool:
    if int(message.num_media or 0) != len(part.media_urls):
        return False
    return _comparable(message.body or "") == _comparable(part.body)


def _comparable(body: str) -> str:
    """A body without what Twilio may change in it: trial notice, "smart encoding", white space."""
    return " ".join(to_gsm7(body.removeprefix(_TRIAL_PREFIX), fold_accents=True).split())


async def ask(client: TwilioClient, sid: str, *, message_id: int) -> Receipt | None:
    """What Twilio says by now of a message; None for one that it has deleted, or whose status we do not know.

    Raises ReceiptsAwayError when Twilio cannot be reached, or asks to slow down.
    """
    try:
        message = await client.rest.api.v2010.account.messages(sid).fetch_async()
    except TwilioRefusedError as refusal:
        if refusal.status == 404:
            return None
        raise ReceiptsAwayError(refusal.retry_after) from None
    except (httpx.HTTPError, ValueError, TypeError, AttributeError):
        raise ReceiptsAwayError from None
    return receipt_of(sid, message.status or "", str(message.error_code or ""), message_id)


async def check(client: TwilioClient) -> Check:
    """Whether the account's credentials work and the account is active."""
    try:
        account = await client.rest.api.v2010.accounts(client.account_sid).fetch_async()
    except TwilioRefusedError as refusal:
        return Check(False, _sentence(refusal))
    except httpx.HTTPError as error:
        detail = meaning_of_transport(error).detail
        return Check(False, f"Twilio could not be reached at TWILIO_API_BASE_URL: {detail}.")
    except (ValueError, TypeError, AttributeError, httpx.InvalidURL):
        return Check(False, "What answers at TWILIO_API_BASE_URL is not Twilio's API.")
    if account.status not in (None, "active"):
        return Check(False, "The Twilio account is not active: look into Twilio's console.")
    return Check(True, "Twilio accepts the credentials.")


def _sentence(refusal: TwilioRefusedError) -> str:
    if refusal.status in (401, 403):
        return "Twilio refuses the credentials: check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN."
    if refusal.status == 404:
        return "Twilio does not know the account: check TWILIO_ACCOUNT_SID and TWILIO_API_BASE_URL."
    if refusal.status == 429:
        return "Twilio asks to slow down; try again in a minute."
    return f"Twilio answered {refusal.status}; try again later."
