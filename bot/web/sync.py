"""Where the city's own system says at once that a record changed. What changed is read there: nothing of the call is believed but its id."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import orjson
import structlog
from fastapi import APIRouter, Request, Response

from bot.db.session import transaction
from bot.settings import settings
from bot.sync.pulling import notice

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/sync", include_in_schema=False)

SIGNATURE = "x-cityline-signature"
MAX_BYTES = 100_000
LONGEST_ID = 64


@router.post("/servicenow")
async def servicenow(request: Request) -> Response:
    """A call of their business rule: JSON with `sys_id`, signed with `CITYLINE_SYNC_SECRET`. 204 also for records that are not ours."""
    config = settings()
    if config.sync != "servicenow" or config.sync_secret is None:
        return Response(status_code=404)
    raw = await _body(request)
    if raw is None:
        return Response(status_code=413)
    if not is_signed(raw, request.headers.get(SIGNATURE), config.sync_secret.get_secret_value()):
        log.warning("sync.signature_refused")
        return Response(status_code=403)
    record_id = _record_id(raw)
    if record_id is None:
        return Response(status_code=400)
    async with transaction() as session:
        await notice(session, "servicenow", [record_id], datetime.now(UTC))
    return Response(status_code=204)


def is_signed(raw: bytes, signature: str | None, secret: str) -> bool:
    """Whether the header is `sha256=` and the HMAC-SHA256 of the body. In constant time.

    In base64, as scripts of ServiceNow make it, or in hexadecimal.
    """
    code = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    given = (signature or "").strip().removeprefix("sha256=").encode("utf-8", "replace")
    in_hexadecimal = hmac.compare_digest(code.hex().encode(), given.lower())
    return hmac.compare_digest(base64.b64encode(code), given) or in_hexadecimal


async def _body(request: Request) -> bytes | None:
    """None for one that is longer than any of theirs."""
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > MAX_BYTES:
            return None
    return bytes(parts)


def _record_id(raw: bytes) -> str | None:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    found = body.get("sys_id") if isinstance(body, dict) else None
    return found if isinstance(found, str) and 0 < len(found) <= LONGEST_ID and found.isalnum() else None
