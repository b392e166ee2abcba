"""Errors as people and programs can read them: a kind page or a short JSON body, never a traceback."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.web.open311 import errors as open311
from bot.web.templating import render


def add_error_pages(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        # The detail is a sentence of ours when it was given; Starlette's default is the bare phrase.
        return error_response(request, error.status_code, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def not_understood(request: Request, _: RequestValidationError) -> Response:
        # What was sent is not repeated: it may be a resident's.
        return error_response(request, 422)


async def crash_page(request: Request) -> Response:
    """What is shown when our own code failed."""
    return error_response(request, 500)


def error_response(request: Request, status: int, headers: object = None) -> Response:
    """The error as a page for browsers, in the form of Open311 there, as `{"error": {...}}` for everybody else."""
    extra = dict(headers) if isinstance(headers, dict) else {}
    extra["Cache-Control"] = "no-store"
    if request.url.path.startswith(open311.PREFIX):
        return open311.told_status(request, status, extra)
    if _wants_page(request):
        return render(request, "error.html", {"status": status}, status=status, headers=extra)
    request_id = getattr(request.state, "request_id", "")
    return JSONResponse(
        {"error": {"status": status, "request_id": request_id}}, status_code=status, headers=extra
    )


def _wants_page(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted or (request.url.path.startswith("/console") and "json" not in accepted)
