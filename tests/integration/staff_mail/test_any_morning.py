"""Whatever the mail server says, whoever looks when and whoever dies: nobody is mailed twice, and every row tells the truth."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.delivery.staff_mail.send import mail_staff
from bot.settings import Settings
from tests.exploring import PATIENCE, examples
from tests.mail_server import DROP, LOSE, TAKE, MailServer, a_mail_server
from tests.staff_mail import MORNING, a_late_request, configured, mails, somebody

pytestmark = [
    pytest.mark.integration,
    pytest.mark.usefixtures("database"),
    pytest.mark.timeout(PATIENCE),
]

PEOPLE = ("ana", "bo", "cy")
EVENING = MORNING + timedelta(hours=11)


@dataclass(frozen=True)
class Look:
    """So many workers look at the same moment; the first of them may die as soon as a mail has arrived."""

    workers: int
    dies: bool
    answers: Sequence[str]  # of the server, to the next mails


LOOKS = st.tuples(
    st.sampled_from([0, 1, 1, 2, 5, 15, 40]),  # minutes after the one before
    st.builds(
        Look,
        workers=st.integers(1, 3),
        dies=st.sampled_from([False, False, True]),
        answers=st.lists(
            st.sampled_from([TAKE, TAKE, DROP, LOSE, "451 later", "554 never", "421 bye"]), max_size=4
        ),
    ),
)


async def look(server: MailServer, event: Look, config: Settings, minutes: int) -> None:
    server.to_mails.extend(event.answers)
    server.has_mail.clear()
    now = MORNING + timedelta(minutes=minutes)
    if event.dies:
        server.may_answer.clear()
    workers = [asyncio.create_task(mail_staff(config, now)) for _ in range(event.workers)]
    if event.dies:
        arrives = asyncio.create_task(server.has_mail.wait())
        await asyncio.wait([arrives, workers[0]], return_when=asyncio.FIRST_COMPLETED)
        arrives.cancel()
        workers[0].cancel()
        server.may_answer.set()
    await asyncio.gather(*workers, return_exceptions=event.dies)


@example(events=[(0, Look(1, True, [])), (1, Look(2, False, [LOSE])), (1, Look(1, False, []))])
@given(events=st.lists(LOOKS, min_size=1, max_size=8))
@examples(25, slow=True)
async def test_nobody_is_mailed_twice_and_what_is_said_to_be_sent_was(
    events: Sequence[tuple[int, Look]], empty_database: Callable[[], None]
) -> None:
    empty_database()
    for name in PEOPLE:
        await somebody(name)
    await a_late_request()
    async with a_mail_server() as server:
        config, minutes = configured(server), 0
        for pause, event in events:
            minutes += pause
            await look(server, event, config, minutes)
        arrived = Counter(server.recipients)
        await mail_staff(config, EVENING)
        assert Counter(server.recipients) == arrived, "nothing goes out in the evening"
    assert all(count == 1 for count in arrived.values())
    for name in PEOPLE:
        (row,) = await mails(name)
        count = arrived[f"{name}@example.gov"]
        expected = {"sent": {1}, "failed": {0}, "unconfirmed": {0, 1}}
        assert count in expected[row.state], f"{name}: {row.state}, {row.detail}"
