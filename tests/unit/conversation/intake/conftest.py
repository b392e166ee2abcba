"""The city's own catalogue and places, and turns made in one line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import pytest

from bot.city.catalogue import Catalogue, load_catalogue
from bot.city.gazetteer import load_gazetteer
from bot.conversation.intake import Draft, Step, advance
from bot.conversation.intake.setting import Places, Setting
from bot.conversation.intake.turn import Guess, Turn
from bot.settings import PACKS

NOON = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
PACK = PACKS / "santa_monica"


@lru_cache(maxsize=1)
def the_catalogue() -> Catalogue:
    return load_catalogue(PACK)


@lru_cache(maxsize=1)
def the_places() -> Places:
    return load_gazetteer(PACK)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return the_catalogue()


@pytest.fixture(scope="session")
def places() -> Places:
    return the_places()


def a_turn(text: str = "", intent: str = "report", service: str | None = None, **more: Any) -> Turn:
    """A turn as the engine would understand it; `service` is the engine's sure guess."""
    values: dict[str, Any] = {
        "message_id": 1,
        "text": text,
        "intent": intent,
        "at": NOON + timedelta(minutes=more.pop("minutes", 0)),
        "guesses": (Guess(service, 0.95),) if service else (),
    }
    return Turn(**(values | more))


def choosing(choice: str, **more: Any) -> Turn:
    return a_turn(intent="choose", choice=choice, **more)


def a_setting(turn: Turn) -> Setting:
    return Setting(turn, the_catalogue(), the_places())


Talk = Callable[..., Step]


@pytest.fixture
def talk(catalogue: Catalogue, places: Places) -> Talk:
    """Take turns one after the other, from nothing or from a draft; gives the last step."""

    def take(*turns: Turn, draft: Draft | None = None) -> Step:
        assert turns
        for turn in turns:
            step = advance(draft, Setting(turn, catalogue, places))
            draft = step.draft
        return step

    return take


def said(step: Step) -> list[str]:
    """The responses of a step, in order."""
    return [say.response for say in step.says]
