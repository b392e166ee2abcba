"""No public function of the house that takes text and nothing else raises on any, but for what it says it raises."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given

import bot.channels
import bot.city
import bot.conversation
import bot.text
from bot.channels.messages import ChannelError, SignatureError
from bot.city.entered import PlaceError
from tests.exploring import examples
from tests.texts import any_text

ERRORS = (ChannelError, PlaceError, SignatureError)
# These take a name that stands in our own files, never what somebody has written.
OUR_NAMES = {
    "bot.channels.telegram.texts.button_words",
    "bot.city.phrases.phrase",
    "bot.conversation.intake.language.in_another_language",
    "bot.conversation.questions.joining.ask_of",
    "bot.conversation.texts.gateway_text",
    "bot.conversation.worded.preview",
    "bot.conversation.worded.problems_of",
    "bot.conversation.wordings.words_built_in",
}


def _readers() -> Iterator[tuple[str, Callable[..., Any]]]:
    for package in (bot.channels, bot.city, bot.conversation, bot.text):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for name, function in vars(module).items():
                full = f"{found.name}.{name}"
                ours = inspect.isroutine(function) and function.__module__ == module.__name__
                if ours and not name.startswith("_") and full not in OUR_NAMES and _takes_text(function):
                    yield full, function


def _takes_text(function: Callable[..., Any]) -> bool:
    if inspect.iscoroutinefunction(function):
        return False
    wanted = [one for one in inspect.signature(function).parameters.values() if one.default is one.empty]
    return bool(wanted) and all(one.annotation in ("str", "str | None") for one in wanted)


READERS = dict(_readers())


def test_there_are_many() -> None:
    assert len(READERS) > 100


@pytest.mark.parametrize("name", READERS)
@given(text=any_text())
@example(text="")
@example(text="²")
@example(text="\ud83d")
@example(text="\x00")
@example(text="9" * 5000)
@examples(10)
def test_no_text_makes_it_raise(name: str, text: str) -> None:
    function = READERS[name]
    parameters = inspect.signature(function).parameters.values()
    wanted = [one for one in parameters if one.default is one.empty]
    by_name = {one.name: text for one in wanted if one.kind is one.KEYWORD_ONLY}
    told = inspect.getdoc(function) or ""
    with suppress(*(error for error in ERRORS if error.__name__ in told)):
        answer = function(*[text] * (len(wanted) - len(by_name)), **by_name)
        if inspect.isgenerator(answer):
            list(answer)
