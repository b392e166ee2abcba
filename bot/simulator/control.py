"""The control API: lets tests, the terminal and the phone page act as residents and watch their phones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from bot.simulator.media import File
from bot.simulator.phones import Party, Phone
from bot.simulator.requests import Attach, NewFault, Say
from bot.simulator.stage import CannotSayError, Stage

HEARTBEAT = 15.0
LONGEST_WAIT = 60.0


class Control:
    """Routes below `/simulator`."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.world = stage.world

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/simulator")
        add = router.add_api_route
        add("/health", self.health, methods=["GET"])
        add("/sessions", self.open_session, methods=["POST"])
        add("/phones", self.list_phones, methods=["GET"])
        add("/phones/{channel}/{address}", self.phone_state, methods=["GET"])
        add("/phones/{channel}/{address}/say", self.say, methods=["POST"])
        add("/phones/{channel}/{address}/messages", self.messages, methods=["GET"])
        add("/phones/{channel}/{address}/events", self.phone_events, methods=["GET"], response_model=None)
        add("/events", self.events, methods=["GET"], response_model=None)
        add("/media/{key}", self.media, methods=["GET"])
        add("/faults", self.list_faults, methods=["GET"])
        add("/faults", self.add_fault, methods=["POST"], status_code=201)
        add("/faults", self.clear_faults, methods=["DELETE"], status_code=204)
        add("/faults/{fault_id}", self.remove_fault, methods=["DELETE"], status_code=204)
        return router

    async def health(self) -> dict[str, Any]:
        """What is kept at present."""
        return {
            "ok": True,
            "phones": len(self.world.phones),
            "sms_messages": len(self.stage.carrier.messages),
            "telegram_pending_updates": len(self.stage.bot.updates),
            "media_bytes": self.world.media.size,
            "faults": len(self.world.faults.all()),
        }

    def _phone(self, channel: str, address: str) -> Phone:
        try:
            return self.stage.phone(channel, address)
        except CannotSayError as error:
            raise HTTPException(422, str(error)) from None

    async def open_session(self, attach: Attach | None = None) -> dict[str, Any]:
        """Two phones for one person: new numbers, or those given."""
        wanted = attach or Attach()
        sms = self._phone("sms", wanted.sms or self.stage.free_number())
        telegram = self._phone("telegram", wanted.telegram or self.stage.free_chat())
        sms.language = telegram.language = wanted.language
        return {"sms": sms.as_json(), "telegram": telegram.as_json()}

    async def list_phones(self) -> list[dict[str, Any]]:
        return [phone.as_json() for phone in self.world.phones.all()]

    async def phone_state(self, channel: str, address: str) -> dict[str, Any]:
        return self._phone(channel, address).as_json()

    async def say(self, channel: str, address: str, request: Request) -> dict[str, Any]:
        """JSON (`Say`), or multipart with the same as field `say` and any number of `files`."""
        phone = self._phone(channel, address)
        try:
            say, uploads = await _read_say(request)
        except (ValidationError, ValueError) as error:
            raise HTTPException(422, _explain(error)) from None
        try:
            shown = await self.stage.act(phone, say, uploads)
        except CannotSayError as error:
            raise HTTPException(422, str(error)) from None
        return {"messages": [message.as_json() for message in shown], "phone": phone.as_json()}

    async def messages(
        self,
        channel: str,
        address: str,
        after: Annotated[int, Query(ge=0)] = 0,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0.0,
        sender: Annotated[Party | None, Query(alias="from")] = None,
        count: Annotated[int, Query(ge=1)] = 1,
    ) -> dict[str, Any]:
        """Everything on the phone after message `after`.

        With `wait`, seconds to hold the answer until `count` messages (`from` a given party) are there.
        """
        phone = self._phone(channel, address)

        def matching() -> list[dict[str, Any]]:
            return [
                shown.as_json()
                for shown in phone.messages
                if shown.seq > after and (sender is None or shown.party is sender)
            ]

        loop = asyncio.get_running_loop()
        end = loop.time() + wait
        with self.world.hub.subscribe([phone.key]) as subscription:
            while len(found := matching()) < count and (left := end - loop.time()) > 0:
                if await subscription.next(left) is None and subscription.closed:
                    break
        return {"phone": phone.as_json(), "messages": found}

    async def phone_events(self, channel: str, address: str) -> Response:
        """Live events of one phone (`text/event-stream`)."""
        return self._stream([self._phone(channel, address).key])

    async def events(
        self,
        sms: Annotated[list[str] | None, Query()] = None,
        telegram: Annotated[list[str] | None, Query()] = None,
    ) -> Response:
        """Live events of several phones in one stream: browsers allow few connections."""
        keys = [self._phone("sms", one).key for one in sms or []]
        keys += [self._phone("telegram", one).key for one in telegram or []]
        return self._stream(keys)

    def _stream(self, keys: list[str]) -> Response:
        async def lines() -> AsyncIterator[str]:
            with self.world.hub.subscribe(keys) as subscription:
                yield "event: ready\ndata: {}\n\n"
                while True:
                    event = await subscription.next(HEARTBEAT)
                    if event is not None:
                        yield f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
                    elif subscription.closed:
                        return
                    else:
                        yield ": still here\n\n"

        return StreamingResponse(
            lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def media(self, key: str) -> Response:
        stored = self.world.media.get(key)
        if stored is None:
            return Response(status_code=404)
        # A resident's file is shown, never run, whatever it calls itself.
        headers = {
            "Cache-Control": "private, max-age=86400, immutable",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(stored.content, media_type=stored.content_type, headers=headers)

    async def list_faults(self) -> list[dict[str, Any]]:
        return [fault.as_json() for fault in self.world.faults.all()]

    async def add_fault(self, fault: NewFault) -> JSONResponse:
        settings = fault.model_dump(exclude={"kind"})
        return JSONResponse(self.world.faults.add(fault.kind, **settings).as_json(), 201)

    async def clear_faults(self) -> Response:
        self.world.faults.clear()
        return Response(status_code=204)

    async def remove_fault(self, fault_id: int) -> Response:
        return Response(status_code=204 if self.world.faults.remove(fault_id) else 404)


async def _read_say(request: Request) -> tuple[Say, list[File]]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return Say.model_validate_json(await request.body()), []
    async with request.form() as form:
        say = Say.model_validate_json(str(form.get("say") or "{}"))
        uploads = [
            File(await part.read(), part.content_type or "application/octet-stream", part.filename)
            for part in form.getlist("files")
            if isinstance(part, UploadFile)
        ]
    return say, uploads


def _explain(error: Exception) -> str:
    """Which field is wrong and why, without repeating what was sent."""
    if isinstance(error, ValidationError):
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in problems)
    return "the body could not be read"
