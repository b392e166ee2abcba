"""The endpoint described for programs, in our own words: `GET /open311/v2/openapi.json`. Tests hold the endpoint to it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import yaml
from fastapi import APIRouter
from starlette.responses import Response

from bot.settings import settings
from bot.web.open311.formats import ENDPOINT, OPEN_TO_ALL

router = APIRouter(prefix=ENDPOINT)


@router.api_route("/openapi.json", methods=["GET", "HEAD"])
async def get_description() -> Response:
    """As OpenAPI 3.1."""
    headers = {**OPEN_TO_ALL, "Cache-Control": "public, max-age=300"}
    return Response(orjson.dumps(described()), headers=headers, media_type="application/json")


@lru_cache(maxsize=1)
def described() -> dict[str, Any]:
    """`openapi.yml`, with the address of this installation."""
    text = Path(__file__).with_name("openapi.yml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return {**document, "servers": [{"url": f"{settings().base_url}{ENDPOINT}"}]}
