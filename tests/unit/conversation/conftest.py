"""The city's own catalogue and places, and turns made in one line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import pytest

from bot.city.catalogue import Catalogue, load_catalogue
from bot.city.gazetteer import load_gazetteer
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.question import FiledQuestion, ReportQuestion, Step
from bot.conversation.intake.setting import Places, Setting
from bot.conversation.intake.similar import Similar
from bot.conversation.intake.turn import Guess, Turn
from bot.conversation.questions import QUESTIONS
from bot.conversation.talk import Progress
from bot.conversation.talk.report import advance
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


# What a question holds beside what every one of its kind does.
_HELD: dict[str, dict[str, Any]] = {
    "same_matter": {
        "similar": Similar("SM-2F4H6K", "open", "Main St & Hill St", NOON - timedelta(days=2), 12, own=False)
    },
    "detail": {"code": "size", "unclear": True},
    "resume": {"held": a_turn("graffiti at Main and Hill", service="graffiti")},
    "helpful_detail": {"left": ("size", "lane"), "asked": True},
    "photo_about": {"photos": (7, 8)},
    "joining": {"channel": "telegram", "code_id": 3, "other": 4},
}


def a_report_question(name: str) -> ReportQuestion:
    """A question of a report, open, with all it may hold."""
    question = QUESTIONS[name](**_HELD.get(name, {}))
    assert isinstance(question, ReportQuestion)
    return question


def a_filed_question(name: str) -> FiledQuestion:
    """A question about a filed request, asked at noon, with all it may hold."""
    about: dict[str, Any] = {"reference": "SM-7K3R9P", "service": "pothole", "at": NOON}
    question = QUESTIONS[name](**about, **_HELD.get(name, {}))
    assert isinstance(question, FiledQuestion)
    return question


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


def said(step: Step | Progress) -> list[str]:
    """The responses of a step or of a whole turn, in order."""
    return [say.response for say in step.says]
