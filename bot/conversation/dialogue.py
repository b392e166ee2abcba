"""Talking to the Rasa engine over its `rest` channel.

A turn is posted until it is answered: the engine gives the replies of a turn that it has taken already once more, so
that a lost answer costs nothing (`bot/engine/turns.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import structlog

from bot.certificates import believed
from bot.channels.messages import Option, Pin
from bot.conversation.intake.turn import Wished
from bot.conversation.outbox import Reply
from bot.conversation.turns import OpenTurn
from bot.failures import TRIES, FailureKind

log = structlog.get_logger(__name__)

TURN_TIMEOUT = httpx.Timeout(30.0, connect=2.0)
PROBE_TIMEOUT = 2.0  # seconds for an engine that gave no answer to say whether it is there
# How often a turn is posted whose answer never came. More often than one that failed in so many words: an engine may
# die for other reasons while it has a turn.
TRIES_WITHOUT_ANSWER = 5


class EngineUnavailableError(RuntimeError):
    """No engine took the turn: none is reachable, or none has its model loaded, or what it needs is away. Try again soon."""

    failure = FailureKind.TRANSIENT


class EngineMisconfiguredError(EngineUnavailableError):
    """An engine does not know us, or is not set up. Nothing is lost; people must act."""

    failure = FailureKind.MISCONFIGURED


class TurnFailedError(RuntimeError):
    """A healthy engine cannot take this turn. `reason` is safe to log; `tries`: how often it is worth posting in all."""

    failure = FailureKind.DETERMINISTIC

    def __init__(self, reason: str, tries: int = TRIES) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tries = tries


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What the engine answered to one turn."""

    replies: tuple[Reply, ...]
    language: str | None = None  # the language the conversation is in now
    wants_person: bool = False  # the resident asked for a person
    wants_updates: bool | None = None  # the resident accepted or declined text updates
    danger: tuple[str, ...] = ()  # kinds of danger the turn told of
    wished: Wished | None = None  # of our texts themselves: see `bot.conversation.wished`
    report_open: bool | None = None  # a report began, or ended; None: neither
    asked: str | None = None  # the question of the city that it asked, "" for one without an answer
    open_question: str | None = None  # of a report, after the turn: "" for none; None: it was about no report
    understood: Mapping[str, Any] | None = (
        None  # what it was understood as: `bot.conversation.talk.understood`
    )


class Dialogue:
    """One or more engines that share a tracker store. `token`: what they ask for (`bot.settings.engine_token`)."""

    def __init__(
        self, engine_urls: Sequence[str], token: str = "", client: httpx.AsyncClient | None = None
    ) -> None:
        self._urls = tuple(engine_urls)
        # trust_env=False: a proxy of the machine has no business with our own processes.
        self._client = client or httpx.AsyncClient(timeout=TURN_TIMEOUT, trust_env=False, verify=believed())
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def close(self) -> None:
        await self._client.aclose()

    async def take(self, turn: OpenTurn) -> TurnResult:
        """Have the turn taken exactly once and give its replies. Raises `EngineUnavailableError`, `TurnFailedError`."""
        body = {
            "sender": turn.sender,
            "message": turn.message,
            "input_channel": turn.channel,
            "metadata": turn.metadata,
        }
        for url in self._in_order(turn.conversation_id):
            try:
                response = await self._client.post(
                    f"{url}/webhooks/rest/webhook", json=body, headers=self._headers
                )
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue  # not sent: the next engine may have it
            except httpx.TransportError as error:
                raise await self._without_answer(url, error) from None
            return _answered(response)
        raise EngineUnavailableError("No engine can be reached.")

    def _in_order(self, conversation_id: int) -> list[str]:
        """All engines, beginning with the conversation's own, so that an engine sees it turn by turn."""
        first = conversation_id % len(self._urls)
        return [*self._urls[first:], *self._urls[:first]]

    async def _without_answer(self, url: str, error: httpx.TransportError) -> Exception:
        """What it means that a turn was posted and nothing came back. It may have been taken: posting again tells.

        An engine that hangs as a whole is away. One that answers others meanwhile hangs with this turn, and one whose
        connection broke may have died of it.
        """
        reason = f"no answer of the engine: {type(error).__name__}"
        if isinstance(error, httpx.TimeoutException):
            try:
                probe = await self._client.get(f"{url}/webhooks/rest/", timeout=PROBE_TIMEOUT)
            except httpx.TransportError:
                return EngineUnavailableError(reason)
            if probe.status_code != httpx.codes.OK:
                return EngineUnavailableError(reason)
        return TurnFailedError(reason, TRIES_WITHOUT_ANSWER)


def _answered(response: httpx.Response) -> TurnResult:
    if response.status_code == httpx.codes.OK:
        try:
            return _result(response.json())
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise TurnFailedError(f"the engine's answer could not be read: {type(error).__name__}") from None
    told = _told(response)
    kind, reason = (
        told.get("failure"),
        str(told.get("reason") or f"the engine answered {response.status_code}"),
    )
    if kind == FailureKind.MISCONFIGURED or response.status_code in (401, 403, 404):
        raise EngineMisconfiguredError(reason)
    if kind == FailureKind.DETERMINISTIC or response.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
        raise TurnFailedError(reason)
    raise EngineUnavailableError(reason)


def _told(response: httpx.Response) -> dict[str, Any]:
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


_ABOUT_TURN = (
    "language",
    "handover",
    "wants_updates",
    "danger",
    "wished",
    "asked",
    "report_open",
    "open_question",
    "understood",
    "gloss",
)


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
        about_turn |= {name: custom[name] for name in _ABOUT_TURN if name in custom}
    return TurnResult(
        replies=tuple(_reply(*item) for item in items),
        language=about_turn.get("language"),
        wants_person=bool(about_turn.get("handover")),
        wants_updates=about_turn.get("wants_updates"),
        danger=tuple(about_turn.get("danger") or ()),
        wished=Wished(about_turn["wished"]) if about_turn.get("wished") else None,
        asked=about_turn.get("asked"),
        report_open=about_turn.get("report_open"),
        open_question=about_turn.get("open_question"),
        understood=_with_gloss(about_turn.get("understood"), about_turn.get("gloss")),
    )


def _with_gloss(understood: Mapping[str, Any] | None, gloss: str | None) -> Mapping[str, Any] | None:
    return {**understood, "gloss": gloss} if understood and gloss else understood


def _reply(text: str, options: tuple[Option, ...], custom: dict[str, Any]) -> Reply:
    venue, place = custom.get("venue"), custom.get("map")
    return Reply(
        text=text,
        options=options,
        photo_ids=tuple(custom.get("photos") or ()),
        ask_location=bool(custom.get("ask_location")),
        page=str(custom.get("page") or ""),
        venue=Pin(venue["lat"], venue["lon"], venue.get("name"), venue.get("address")) if venue else None,
        map=Pin(place["lat"], place["lon"]) if place else None,
    )
