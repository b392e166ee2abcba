"""The webhooks of the providers: verify, store, answer. Everything else happens in the worker."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Request, Response

from bot.channels.messages import Channel, ChannelError, SignatureError
from bot.channels.telegram.verify import verify as verify_telegram
from bot.channels.twilio.verify import verify as verify_twilio
from bot.delivery.inbound import take_in
from bot.settings import Settings, settings

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/channels", include_in_schema=False)

MAX_WEBHOOK_BYTES = 1_000_000  # a webhook carries links, never files; both providers stay far below


class _RefusedError(Exception):
    """Answer with this status and say nothing more."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and int(declared) > MAX_WEBHOOK_BYTES:
        raise _RefusedError(413)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_WEBHOOK_BYTES:
            raise _RefusedError(413)
        chunks.append(chunk)
    return b"".join(chunks)


@router.post("/sms")
@router.post("/sms/receipt")
async def twilio_webhook(request: Request) -> Response:
    """A message or a receipt from Twilio. 204: stored, and nothing to say in TwiML."""
    config = settings()
    try:
        raw = await _body(request)
        _verify_twilio(config, request, raw)
        await take_in(Channel.SMS, raw, request.url.query)
    except _RefusedError as refused:
        return Response(status_code=refused.status)
    except SignatureError:
        log.warning("sms.signature_refused")
        return Response(status_code=403)
    except ChannelError as error:  # so odd that it could not even be verified
        log.warning("sms.unreadable", reason=str(error))
        return Response(status_code=400)
    return Response(status_code=204)


def _verify_twilio(config: Settings, request: Request, raw: bytes) -> None:
    if config.twilio_auth_token is None:
        raise _RefusedError(404)
    query = f"?{request.url.query}" if request.url.query else ""
    verify_twilio(
        # The public address as configured: behind a proxy the request itself does not know it.
        url=f"{config.base_url}{request.url.path}{query}",
        raw=raw,
        signature=request.headers.get("x-twilio-signature"),
        token=config.twilio_auth_token.get_secret_value(),
    )


@router.post("/telegram")
async def telegram_webhook(request: Request) -> Response:
    """An update from Telegram."""
    config = settings()
    if config.telegram_webhook_secret is None:
        return Response(status_code=404)
    try:
        verify_telegram(
            secret_header=request.headers.get("x-telegram-bot-api-secret-token"),
            secret=config.telegram_webhook_secret.get_secret_value(),
        )
        await take_in(Channel.TELEGRAM, await _body(request))
    except _RefusedError as refused:
        return Response(status_code=refused.status)
    except SignatureError:
        log.warning("telegram.secret_refused")
        return Response(status_code=403)
    return Response(status_code=200)
