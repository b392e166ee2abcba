"""Puts the simulator together: providers' APIs, control API, phone page, and an instance of ServiceNow where one is played."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from starlette.requests import ClientDisconnect

from bot.simulator.config import SimulatorConfig
from bot.simulator.control import Control
from bot.simulator.page import page_router
from bot.simulator.servicenow.standin import instance_routers
from bot.simulator.stage import Stage
from bot.simulator.telegram.api import TelegramApi
from bot.simulator.twilio.api import TwilioApi


def create_app(config: SimulatorConfig | None = None) -> FastAPI:
    """The simulator as an ASGI application; its state is `app.state.stage` and ends with it."""
    stage = Stage(config or SimulatorConfig())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await stage.world.close()

    app = FastAPI(
        title="Cityline simulator",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/simulator/openapi.json",
    )
    app.state.stage = stage
    app.add_exception_handler(ClientDisconnect, _caller_has_gone)
    app.include_router(Control(stage).router())
    app.include_router(page_router(stage))
    app.include_router(TwilioApi(stage.carrier).router())
    app.include_router(TelegramApi(stage.bot).router())
    if stage.world.config.instance is not None:
        for router in instance_routers(stage.world, stage.world.config.instance):
            app.include_router(router)
    return app


async def _caller_has_gone(_: Request, __: Exception) -> Response:
    """Nobody is there to read it; without it every impatient caller would leave a traceback."""
    return Response(status_code=400)
