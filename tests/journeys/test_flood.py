"""A phone that floods, with everything running: all it says is kept, it is told once, and others file their reports meanwhile."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter

import psycopg
import pytest

from tests import reports
from tests.journeys.posts import open_phone, post_sms
from tests.journeys.stack import Stack, eventually
from tests.journeys.test_main_job import REFERENCE

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

MANY = 500
AT_ONCE = 20  # connections of the provider
OTHERS = 5
FLOODER = "+13105554999"
TOO_FAST = "That is a lot at once."


def messages_in(stack: Stack, state: str) -> int:
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id"
            " JOIN contacts k ON k.id = c.contact_id WHERE k.address = %s AND m.direction = 'in' AND m.state = %s",
            (FLOODER, state),
        ).fetchone()
    return int(row[0]) if row else 0


async def report(stack: Stack, number: int) -> None:
    address = f"+1310554{number:04d}"
    await stack.answer("sms", address, reports.report(900 + number))
    assert REFERENCE.search((await stack.answer("sms", address, "1"))["text"])


async def test_five_hundred_texts_of_one_phone_are_kept_and_others_file_meanwhile(stack: Stack) -> None:
    await open_phone(stack, "sms", FLOODER)
    others = asyncio.gather(*(report(stack, number) for number in range(OTHERS)))
    answers: Counter[int] = Counter()
    serials = itertools.count()

    async def pour() -> None:
        """It does not end before the others have filed."""
        while (number := next(serials)) < MANY or not others.done():
            answers[await post_sms(stack, FLOODER, f"hello {number}")] += 1

    await asyncio.gather(others, *(pour() for _ in range(AT_ONCE)))
    sent = answers.total()
    assert answers == {204: sent}
    assert sent >= MANY
    # Its turns are held apart, and as large as they must be.
    await eventually(lambda: messages_in(stack, "handled") == sent, "nothing of the flood is left", 180)
    said = [one["text"] for one in await stack.from_city("sms", FLOODER)]
    assert sum(TOO_FAST in text for text in said) == 1, said
    assert len(said) < sent / 10
