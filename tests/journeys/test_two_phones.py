"""A phone and a Telegram chat of one person, joined over HTTP with everything running: each sees and answers the requests of both."""

from __future__ import annotations

import re

import pytest

from tests.journeys.stack import Said, Stack, eventually
from tests.journeys.test_main_job import REFERENCE, cityline, next_from_city

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

CODE = re.compile(r"LINK [2-9C-Y]{3}-[2-9C-Y]{3}")


async def told(stack: Stack, whom: tuple[str, str], text: str, expected: str | re.Pattern[str]) -> str:
    """Say something and wait for words of the city in one of the messages that come: an answer may be two of them."""
    before = len(await stack.from_city(*whom))
    await stack.say(*whom, text)

    def found(said: Said) -> list[str]:
        return [match.group() for one in said[before:] if (match := re.search(expected, one["text"]))]

    said = await stack.until_said(*whom, lambda said: bool(found(said)), f"an answer to {text!r}")
    return found(said)[0]


@pytest.mark.parametrize("first", ["sms", "telegram"])
async def test_a_code_of_one_channel_joins_the_other_and_an_answer_there_counts(
    stack: Stack, number: str, chat: str, first: str
) -> None:
    addresses = {"sms": number, "telegram": chat}
    second = "telegram" if first == "sms" else "sms"
    here, there = (first, addresses[first]), (second, addresses[second])
    place = "1437 11th St" if first == "sms" else "1525 16th St"
    await told(stack, here, f"graffiti on the wall at {place}", "Graffiti")
    reference = await told(stack, here, "1", REFERENCE)

    code = await told(stack, here, "I also text you from another number", CODE)
    seen = len(await stack.from_city(*here))
    await told(stack, there, code.lower(), "see your requests here, and the other way round")
    await told(stack, there, "yes", "Linked[.]")
    assert "was just linked with this one" in (await next_from_city(stack, *here, seen))["text"]
    await told(stack, there, "my requests", reference)

    # What is told goes where it was filed; the answer may come from either.
    before = len(await stack.from_city(*there))
    seen = len(await stack.from_city(*here))
    cityline(
        stack, "request", "update", reference, "--status", "resolved", "--public", "Painted over.", "--urgent"
    )
    assert reference in (await next_from_city(stack, *here, seen))["text"]
    assert len(await stack.from_city(*there)) == before
    await told(stack, there, f"{reference} is not fixed, the graffiti is still there", reference)

    async def reopened() -> bool:
        return bool(cityline(stack, "request", "show", reference)["status"] == "open")

    await eventually(reopened, "the request is open again")
    shown = cityline(stack, "conversation", "show", reference)
    assert [other["channel"] for other in shown["joined_with"]] == [second]

    await told(stack, here, "unlink", "stands by itself again")
    assert reference not in (await stack.answer(*there, "my requests"))["text"]


async def test_after_five_wrong_codes_it_is_quiet_about_codes_and_hears_everything_else(
    stack: Stack, chat: str
) -> None:
    for ending in "CDFGH":
        answer = await stack.answer("telegram", chat, f"LINK 7K3-PX{ending}")
        assert "I don't know that code" in answer["text"]
    await stack.say("telegram", chat, "LINK 7K3-PXT")
    answer = await stack.answer("telegram", chat, "my requests")
    assert "no reports yet" in answer["text"]
    assert sum("code" in message["text"] for message in await stack.from_city("telegram", chat)) == 5
