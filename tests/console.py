"""The console as a browser meets it, without the browser: the real application on the real database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import httpx

from bot.cases.filing import NewRequest, file_request
from bot.channels.messages import Channel, Inbound, InboundKind
from bot.city.location import Location, LocationKind, Point
from bot.conversation.receive import receive
from bot.db.session import transaction
from bot.web.app import create_app

PASSWORD = "a quiet green bicycle"
PICO = Location(
    Point(34.0081, -118.4885),
    LocationKind.INTERSECTION,
    "Pico Blvd & 4th St",
    neighborhood="Pico",
    zip_code="90405",
)


@dataclass
class Browser:
    """Fills in the forms of our pages as they are: hidden fields come from the page, never from the test."""

    client: httpx.AsyncClient
    page: str = field(default="")

    async def open(self, address: str, **headers: str) -> httpx.Response:
        answer = await self.client.get(address, headers=headers)
        self.page = answer.text
        return answer

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        assert found, f"the page has no field {name}"
        return found[1]

    async def log_in(self, username: str, password: str = PASSWORD, wanted: str = "") -> httpx.Response:
        await self.open("/console/login")
        fields = {"form_token": self.hidden("form_token"), "username": username, "password": password}
        return await self.client.post("/console/login", data={**fields, "next": wanted})

    async def send(self, address: str, data: dict[str, object], **more: object) -> httpx.Response:
        """Post a form of the page that is open."""
        answer = await self.client.post(
            address,
            data={"csrf_token": self.hidden("csrf_token"), **data},
            **more,  # type: ignore[arg-type]
        )
        if answer.status_code != 303:
            self.page = answer.text
        return answer


def fresh_client() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(), raise_app_exceptions=True)
    return httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8311", headers={"accept": "text/html"}
    )


async def a_conversation(address: str = "+13105550123", text: str = "huge pothole at pico and 4th") -> int:
    async with transaction() as session:
        inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, f"SM{address}{text}", address, text=text)
        return (await receive(session, inbound)).conversation_id


async def a_request(key: str = "one", conversation_id: int | None = None, **changes: object) -> str:
    """A filed request; gives its reference."""
    conversation_id = conversation_id or await a_conversation()
    new: dict[str, object] = {
        "conversation_id": conversation_id,
        "idempotency_key": key,
        "service_code": "pothole",
        "description": "huge <b>pothole</b>",
        "place_text": "pico and 4th",
        "location": PICO,
        **changes,
    }
    async with transaction() as session:
        return (await file_request(session, NewRequest(**new))).reference  # type: ignore[arg-type]
