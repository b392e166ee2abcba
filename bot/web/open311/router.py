"""All addresses below `/open311`, and what they have in common."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.settings import settings
from bot.web.open311 import description, discovery, filing, photos, requests, services, updates
from bot.web.open311.errors import ProtocolError, told


def offered() -> None:
    """Raises 404 where the city offers no such thing."""
    if settings().open311 == "off":
        raise HTTPException(404)


router = APIRouter(include_in_schema=False, dependencies=[Depends(offered)])
for module in (discovery, services, photos, requests, filing, updates, description):
    router.include_router(module.router)


def add_protocol_errors(app: FastAPI) -> None:
    @app.exception_handler(ProtocolError)
    async def refused(request: Request, error: ProtocolError) -> Response:
        return told(request, error)
