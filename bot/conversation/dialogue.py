"""Talking to the Rasa engine over its `rest` channel, and asking its tracker what it has taken.

An answer of the engine is not yet proof: an engine whose model is not loaded answers 200 and an empty
list, and drops the message. Whoever needs certainty asks the tracker (`replies_already_given`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import structlog

from bot.channels.messages import Option, Pin
from bot.conversation.outbox import Reply
from bot.conversation.turns import OpenTurn

log = structlog.get_logger(__name__)

TURN_TIMEOUT = httpx.Timeout(30.0, connect=2.0)


class EngineUnavailableError(RuntimeError):
    """No engine took the turn: none is reachable, or none has its model loaded. Try again soon."""


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What the engine answered to one turn."""

    replies: tuple[Reply, ...]
    language: str | None = None  # the language the conversation is in now
    wants_person: bool = False  # the resident asked for a person
    wants_updates: bool | None = None  # the resident accepted or declined text updates
    danger: tuple[str, ...] = ()  # kinds of danger the turn told of


class Dialogue:
    """One or more engines that share a tracker store."""

    def __init__(self, engine_urls: Sequence[str], client: httpx.AsyncClient | None = None) -> None:
        self._urls = tuple(engine_urls)
        self._client = client or httpx.AsyncClient(timeout=TURN_TIMEOUT)

    async def close(self) -> None:
        await self._client.aclose()

    async def take(self, turn: OpenTurn) -> TurnResult:
        """Have the turn taken exactly once and give its replies. Raises `EngineUnavailableError`."""
        if turn.posted_before:
            given = await self._replies_already_given(turn)
            if given is not None:
                log.info("turn.recovered", turn_id=turn.id, conversation_id=turn.conversation_id)
                return _result(given)
        answer = await self._post(turn)
        if not answer:
            # Said nothing, or did nothing? The tracker knows.
            given = await self._replies_already_given(turn)
            if given is None:
                raise EngineUnavailableError("The engine answered without taking the turn.")
            answer = given
        return _result(answer)

    async def _post(self, turn: OpenTurn) -> list[dict[str, Any]]:
        body = {
            "sender": turn.sender,
            "message": turn.message,
            "input_channel": turn.channel,
            "metadata": turn.metadata,
        }
        for url in self._in_order(turn.conversation_id):
            try:
                response = await self._client.post(f"{url}/webhooks/rest/webhook", json=body)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue  # not sent: the next engine may have it
            except httpx.TransportError as error:
                # Sent, and no answer: it may still be working. The retry asks the tracker first.
                raise EngineUnavailableError(f"No answer of the engine: {type(error).__name__}.") from None
            if response.status_code == httpx.codes.OK:
                answer: list[dict[str, Any]] = response.json()
                return answer
            raise EngineUnavailableError(f"The engine answered {response.status_code}.")
        raise EngineUnavailableError("No engine can be reached.")

    def _in_order(self, conversation_id: int) -> list[str]:
        """All engines, beginning with the conversation's own, so that an engine sees it turn by turn."""
        first = conversation_id % len(self._urls)
        return [*self._urls[first:], *self._urls[:first]]

    async def _replies_already_given(self, turn: OpenTurn) -> list[dict[str, Any]] | None:
        """The replies of this turn as the tracker has them, or None if it was never taken."""
        for url in self._in_order(turn.conversation_id):
            try:
                response = await self._client.get(
                    f"{url}/conversations/{quote(turn.sender)}/tracker", params={"include_events": "ALL"}
                )
            except httpx.TransportError:
                continue
            if response.status_code == httpx.codes.OK:
                return _replies_of_turn(response.json().get("events", []), turn.id)
        raise EngineUnavailableError("No engine can be asked for the tracker.")


def _replies_of_turn(events: list[dict[str, Any]], turn_id: int) -> list[dict[str, Any]] | None:
    """Bot events between this turn's user event and the next one; None without that user event."""
    found: list[dict[str, Any]] | None = None
    for event in events:
        if event["event"] == "user":
            if found is not None:
                break
            if (event.get("metadata") or {}).get("turn_id") == turn_id:
                found = []
        elif event["event"] == "bot" and found is not None:
            data = {name: value for name, value in (event.get("data") or {}).items() if value}
            found.append({"text": event.get("text"), **data})
    return found


def _result(answer: Sequence[dict[str, Any]]) -> TurnResult:
    """Join the engine's items: each text begins a reply, `custom` items belong to the one before."""
    items: list[tuple[str, tuple[Option, ...], dict[str, Any]]] = []
    about_turn: dict[str, Any] = {}
    for part in answer:
        custom = part.get("custom") or {}
        if text := part.get("text"):
            options = tuple(Option(b["title"], b["payload"]) for b in part.get("buttons") or ())
            items.append((text, options, dict(custom)))
        elif items and custom:
            items[-1][2].update(custom)
        about_turn |= {
            name: custom[name]
            for name in ("language", "handover", "wants_updates", "danger")
            if name in custom
        }
    return TurnResult(
        replies=tuple(_reply(*item) for item in items),
        language=about_turn.get("language"),
        wants_person=bool(about_turn.get("handover")),
        wants_updates=about_turn.get("wants_updates"),
        danger=tuple(about_turn.get("danger") or ()),
    )


def _reply(text: str, options: tuple[Option, ...], custom: dict[str, Any]) -> Reply:
    venue, place = custom.get("venue"), custom.get("map")
    return Reply(
        text=text,
        options=options,
        photo_ids=tuple(custom.get("photos") or ()),
        ask_location=bool(custom.get("ask_location")),
        venue=Pin(venue["lat"], venue["lon"], venue.get("name"), venue.get("address")) if venue else None,
        map=Pin(place["lat"], place["lon"]) if place else None,
    )
