"""A phone and a Telegram chat of one person, joined over HTTP with everything running: each sees and answers the requests of both."""

from __future__ import annotations

import re

import pytest

from tests.journeys.stack import Stack, eventually
from tests.journeys.test_main_job import REFERENCE, cityline, next_from_city

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

CODE = re.compile(r"LINK [2-9C-Y]{3}-[2-9C-Y]{3}")


@pytest.mark.parametrize("first", ["sms", "telegram"])
async def test_a_code_of_one_channel_joins_the_other_and_an_answer_there_counts(
    stack: Stack, number: str, chat: str, first: str
) -> None:
    addresses = {"sms": number, "telegram": chat}
    second = "telegram" if first == "sms" else "sms"
    here, there = (first, addresses[first]), (second, addresses[second])
    await stack.answer(
        *here, f"graffiti on the wall at {'1437 11th St' if first == 'sms' else '1525 16th St'}"
    )
    filed = REFERENCE.search((await stack.answer(*here, "1"))["text"])
    assert filed
    reference = filed.group()

    code = CODE.search((await stack.answer(*here, "I also text you from another number"))["text"])
    assert code
    seen = len(await stack.from_city(*here))
    asked = await stack.answer(*there, code.group().lower())
    assert "see your requests here, and the other way round" in asked["text"]
    assert "Linked." in (await stack.answer(*there, "yes"))["text"]
    assert "was just linked with this one" in (await next_from_city(stack, *here, seen))["text"]
    assert reference in (await stack.answer(*there, "my requests"))["text"]

    # What is told goes where it was filed; the answer may come from either.
    before = len(await stack.from_city(*there))
    seen = len(await stack.from_city(*here))
    cityline(
        stack, "request", "update", reference, "--status", "resolved", "--public", "Painted over.", "--urgent"
    )
    assert reference in (await next_from_city(stack, *here, seen))["text"]
    assert len(await stack.from_city(*there)) == before
    await stack.answer(*there, f"{reference} is not fixed, the graffiti is still there")

    async def reopened() -> bool:
        return bool(cityline(stack, "request", "show", reference)["status"] == "open")

    await eventually(reopened, "the request is open again")
    shown = cityline(stack, "conversation", "show", reference)
    assert [other["channel"] for other in shown["joined_with"]] == [second]

    await stack.answer(*here, "unlink")
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
