"""The case worker's page, and the routes that it works with."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import UploadFile

from bot.simulator.page import CONTENT_POLICY
from bot.simulator.servicenow.desk import CannotDoError, Desk, Work
from bot.simulator.servicenow.finished import FINISHED, finished_photo
from bot.simulator.servicenow.instance import NoRecordError
from bot.simulator.servicenow.rule import KEY
from bot.simulator.world import World

HERE = Path(__file__).parent
HEARTBEAT = 15.0  # seconds
SIZE_LIMIT = 20 * 1024 * 1024  # bytes of a file, as Cityline takes them
GONE = "This record is not there any more."


class Picture(BaseModel):
    """One of the pictures that lie ready."""

    model_config = ConfigDict(extra="forbid")

    sample: str


class DeskPage:
    """`/servicenow`, and what is below `/simulator/servicenow`."""

    def __init__(self, desk: Desk, world: World, *, console_url: str) -> None:
        self.desk = desk
        self.world = world
        self.console_url = console_url
        self._templates = Jinja2Templates(directory=HERE.parent / "templates")

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        add, one = router.add_api_route, "/simulator/servicenow/cases/{table}/{sys_id}"
        add("/servicenow", self.page, methods=["GET"], response_class=HTMLResponse)
        add("/nav_to.do", self.open, methods=["GET"])
        add("/simulator/servicenow/cases", self.cases, methods=["GET"])
        add(one, self.case, methods=["GET"])
        add(one, self.work, methods=["POST"])
        add(one, self.delete, methods=["DELETE"], status_code=204)
        add(one + "/files", self.attach, methods=["POST"], status_code=201)
        add("/simulator/servicenow/files/{sys_id}", self.file, methods=["GET"])
        add("/simulator/servicenow/pictures/{name}.jpg", self.picture, methods=["GET"])
        add("/simulator/servicenow/events", self.events, methods=["GET"], response_model=None)
        return router

    async def page(self, request: Request) -> Response:
        context = {"pictures": FINISHED, "console_url": self.console_url}
        headers = {"Content-Security-Policy": CONTENT_POLICY}
        return self._templates.TemplateResponse(request, "cases.html", context, headers=headers)

    async def open(self, uri: str = "") -> Response:
        """The address of a record as a real instance has it: `/nav_to.do?uri=<table>.do?sys_id=<id>`."""
        table, _, rest = uri.partition(".do?sys_id=")
        shown = f"#{table}/{rest}" if table.isidentifier() and rest.isalnum() else ""
        return RedirectResponse(f"/servicenow{shown}", 303)

    async def cases(self) -> list[dict[str, Any]]:
        return self.desk.cases()

    async def case(self, table: str, sys_id: str) -> dict[str, Any]:
        try:
            return self.desk.case(table, sys_id)
        except NoRecordError:
            raise HTTPException(404, GONE) from None

    async def work(self, table: str, sys_id: str, work: Work) -> dict[str, Any]:
        try:
            self.desk.work(table, sys_id, work)
            return self.desk.case(table, sys_id)
        except NoRecordError:
            raise HTTPException(404, GONE) from None
        except CannotDoError as error:
            raise HTTPException(409, str(error)) from None

    async def delete(self, table: str, sys_id: str) -> Response:
        try:
            self.desk.delete(table, sys_id)
        except NoRecordError:
            raise HTTPException(404, GONE) from None
        return Response(status_code=204)

    async def attach(self, table: str, sys_id: str, request: Request) -> dict[str, Any]:
        """JSON that names a picture which lies ready, or multipart with `file`."""
        name, content_type, content = await _given_file(request)
        try:
            kept = self.desk.attach(table, sys_id, name, content_type, content)
        except NoRecordError:
            raise HTTPException(404, GONE) from None
        except CannotDoError as error:
            raise HTTPException(409, str(error)) from None
        return {"file": kept.sys_id}

    async def file(self, sys_id: str) -> Response:
        kept = self.desk.instance.attachments.get(sys_id)
        if kept is None:
            return Response(status_code=404)
        # Anybody's file is shown, never run, whatever it calls itself.
        headers = {
            "Cache-Control": "private, max-age=86400, immutable",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(kept.content, media_type=kept.content_type, headers=headers)

    async def picture(self, name: str) -> Response:
        photo = finished_photo(name)
        if photo is None:
            return Response(status_code=404)
        return Response(photo, media_type="image/jpeg", headers={"Cache-Control": "max-age=3600"})

    async def events(self) -> Response:
        """Live: `case` for each deed, `called` for each call of the business rule (`text/event-stream`)."""

        async def lines() -> AsyncIterator[str]:
            with self.world.hub.subscribe([KEY]) as subscription:
                yield "event: ready\ndata: {}\n\n"
                while True:
                    event = await subscription.next(HEARTBEAT)
                    if event is not None:
                        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
                    elif subscription.closed:
                        return
                    else:
                        yield ": still here\n\n"

        return StreamingResponse(
            lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )


async def _given_file(request: Request) -> tuple[str, str, bytes]:
    """Name, content type and bytes of what is to be attached."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        try:
            sample = Picture.model_validate_json(await request.body()).sample
        except ValueError:
            raise HTTPException(422, "It should name a picture.") from None
        photo = finished_photo(sample)
        if photo is None:
            raise HTTPException(422, "There is no picture of that name.")
        return f"{sample}.jpg", "image/jpeg", photo
    async with request.form() as form:
        part = form.get("file")
        if not isinstance(part, UploadFile):
            raise HTTPException(422, "It should have a file.")
        if (part.size or 0) > SIZE_LIMIT:
            raise HTTPException(413, "The file is larger than 20 MB.")
        return part.filename or "file", part.content_type or "application/octet-stream", await part.read()
