"""What every page shows above all else: how many residents wait for a person."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import watching
from bot.web.templating import render

router = APIRouter(prefix="/console", include_in_schema=False)


@router.get("/attention", dependencies=[Depends(watching)])
async def attention(request: Request) -> Response:
    """The same parts of the page, as they are now."""
    return render(request, "live/_attention.html")
