"""`/bot<token>/<method>` and `/file/bot<token>/<path>`."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from bot.simulator.failing import media_with_faults, with_faults
from bot.simulator.faults import Fault
from bot.simulator.telegram import errors
from bot.simulator.telegram.bot import TelegramBot
from bot.simulator.telegram.errors import BotApiError
from bot.simulator.telegram.methods import Method, Methods
from bot.simulator.telegram.parameters import Parameters, read_parameters


def _refuse(status: int, fault: Fault) -> Response:
    return (errors.too_many(fault.retry_after) if status == 429 else errors.internal()).response()


class TelegramApi:
    """Checks the token, reads the call, asks whether a fault is in force, answers."""

    def __init__(self, bot: TelegramBot) -> None:
        self.bot = bot
        self.methods = Methods(bot)

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/bot{token}/{method}", self.call, methods=["GET", "POST"])
        router.add_api_route("/file/bot{token}/{path:path}", self.download, methods=["GET"])
        return router

    def _knows(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.bot.token.encode())

    async def call(self, request: Request, token: str, method: str) -> Response:
        if not self._knows(token):
            return errors.unauthorized().response()
        found = self.methods.find(method)
        if found is None:
            return errors.no_such_method().response()
        name, run = found
        try:
            parameters = await read_parameters(request)
        except BotApiError as error:
            return error.response()

        async def act() -> Response:
            return await self._answer(run, parameters)

        return await with_faults(self.bot.world, request, "telegram", name, act, _refuse)

    async def _answer(self, run: Method, parameters: Parameters) -> Response:
        try:
            result = await run(parameters)
        except BotApiError as error:
            return error.response()
        return JSONResponse({"ok": True, "result": result})

    async def download(self, request: Request, token: str, path: str) -> Response:
        if not self._knows(token):
            return errors.unauthorized().response()
        file = self.bot.files.at(path)

        def missing() -> Response:
            return BotApiError(404, "Not Found").response()

        async def act() -> Response:
            if file is None:
                return missing()
            content = file.media.content
            return await media_with_faults(
                self.bot.world, "telegram", content, "application/octet-stream", missing
            )

        return await with_faults(self.bot.world, request, "telegram", "download", act, _refuse)
