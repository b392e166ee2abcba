"""The web application: who answers which address, and what every answer has in common."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse

from bot.cases.looks import RememberedLooks
from bot.db.session import dispose
from bot.editing.follow import keep_following, look
from bot.settings import settings
from bot.web import channels, city_page, health, map_page, media, metrics, public_page, sync, work_page
from bot.web.access import HOME, add_login_redirect
from bot.web.console import (
    account,
    accounts,
    alerts,
    attention,
    audit,
    changes,
    conversations,
    correcting,
    covering,
    editing,
    entering,
    exporting,
    figures,
    followers,
    joining,
    linked,
    login,
    many,
    mentions,
    new_password,
    oidc,
    pin,
    records,
    requests,
    reviewing,
    second_step,
    showing,
    teaching,
    today,
    told_length,
    views,
    words,
)
from bot.web.console.insight import router as insight
from bot.web.errors import add_error_pages, crash_page
from bot.web.guard import RequestLog, SecurityHeaders
from bot.web.language import BrowserLanguage
from bot.web.live import stream
from bot.web.open311.router import add_protocol_errors
from bot.web.open311.router import router as open311
from bot.web.templating import STATIC, KeptStatic


def create_app() -> FastAPI:
    """The application, with the settings of this process."""
    app = FastAPI(
        title="Cityline",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # A redirect to the same path with a slash would be built from the Host header, which anybody can set.
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.looks = RememberedLooks()
    residents = (city_page, map_page, public_page, work_page, media)
    console = (
        login,
        requests,
        exporting,
        views,
        changes,
        told_length,
        followers,
        joining,
        linked,
        correcting,
        pin,
        showing,
        conversations,
        reviewing,
        teaching,
        alerts,
        attention,
        figures,
        insight,
        words,
        editing,
        account,
        second_step,
        audit,
        accounts,
        many,
        new_password,
        records,
        oidc,
        mentions,
        covering,
        entering,
        today,
        stream,
    )
    for module in (channels, sync, health, metrics, *residents, *console):
        app.include_router(module.router)
    app.include_router(open311)
    app.mount("/static", KeptStatic(directory=STATIC), name="static")

    @app.get("/console", include_in_schema=False)
    async def home(request: Request) -> RedirectResponse:
        return RedirectResponse(HOME, 303)

    add_login_redirect(app)
    add_error_pages(app)
    add_protocol_errors(app)
    # The last one added is the outermost: the crash page gets the security headers, too.
    app.add_middleware(RequestLog, error_page=crash_page)
    app.add_middleware(SecurityHeaders, settings=settings())
    app.add_middleware(BrowserLanguage)
    return app


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    await look()
    following = asyncio.create_task(keep_following())
    yield
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await dispose()
