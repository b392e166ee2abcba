"""Per status whether residents are told, whom, and whether at night too; and who follows hears what its resident says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.cases.feedback import Verdict
from bot.cases.following import Following, follow_request
from bot.cases.status import Resolution, Status
from bot.cases.telling import (
    MOVES,
    MustBeAskedError,
    Rule,
    UnknownMoveError,
    Whom,
    all_rules,
    set_rule,
)
from bot.cases.updates import Change
from bot.channels.messages import Channel
from bot.city.current import city
from bot.conversation.wordings import RESPONSES
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Audit, Message, Notice
from bot.delivery.notices.wording import as_told
from bot.delivery.push import hear_verdict, update_request
from tests.integration.test_cases import PICO, a_conversation, file
from tests.integration.test_cli import _json, _run

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

AT_NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=city().time_zone).astimezone(UTC)


async def rule(key: str, whom: Whom = Whom.EVERYONE, *, urgent: bool = False) -> bool:
    async with transaction() as session:
        return await set_rule(session, key, whom, "staff:ana", urgent=urgent)


async def followed() -> tuple[str, int, int]:
    """The reference of a request, the conversation that filed it, and one that follows it."""
    first, second = await a_conversation("+13105550101"), await a_conversation("+13105550102")
    reference = (await file(first)).reference
    async with transaction() as session:
        await follow_request(session, Following(second, reference, "here too", "by the shop", PICO))
    return reference, first, second


async def change(reference: str, status: Status, words: str = "", **more: object) -> None:
    async with transaction() as session:
        await update_request(session, Change(reference, status, "staff:ana", words, **more), now=AT_NIGHT)  # type: ignore[arg-type]


async def told() -> list[int]:
    """The conversations that are told of something, in the order in which it was written down."""
    async with transaction() as session:
        return list(await session.scalars(select(Notice.conversation_id).order_by(Notice.id)))


def test_what_can_be_set_has_words_of_its_own() -> None:
    assert set(MOVES) <= set(RESPONSES)


async def test_everybody_is_told_until_a_rule_says_otherwise() -> None:
    reference, first, second = await followed()
    await change(reference, Status.IN_PROGRESS)
    assert await told() == [first, second]


@pytest.mark.parametrize(("whom", "hears"), [(Whom.REPORTER, 1), (Whom.NOBODY, 0)])
async def test_a_rule_keeps_a_move_to_itself_and_words_are_read_all_the_same(whom: Whom, hears: int) -> None:
    await rule("in_progress", whom)
    reference, first, second = await followed()
    await change(reference, Status.IN_PROGRESS)
    assert await told() == [first][:hears]
    await change(reference, Status.IN_PROGRESS, "A crew comes on Tuesday.")
    assert (await told())[hears:] == [first, second]


async def test_words_with_a_move_that_nobody_is_told_of_are_told() -> None:
    await rule("on_hold", Whom.NOBODY)
    reference, first, second = await followed()
    await change(reference, Status.ON_HOLD, "We wait for the parts.")
    assert await told() == [first, second]


async def test_how_it_ended_has_a_rule_of_its_own() -> None:
    await rule("closed", Whom.NOBODY)
    reference, first, second = await followed()
    await change(reference, Status.CLOSED, "Not ours.", resolution=Resolution.NOT_OURS, referred_to="Edison")
    assert await told() == [first, second]


async def test_only_who_filed_it_reads_that_it_is_withdrawn_as_they_asked() -> None:
    reference, first, second = await followed()
    await change(reference, Status.CLOSED, resolution=Resolution.WITHDRAWN)
    async with transaction() as session:
        given = (await session.scalars(select(Notice).order_by(Notice.id))).all()
    read = {
        notice.conversation_id: [
            as_told(notice.event, Channel.SMS, language).removeprefix(reference) for language in ("en", "es")
        ]
        for notice in given
    }
    assert set(read) == {first, second}
    assert "as you asked" in read[first][0]
    assert "pidi" in read[first][1]
    assert "was withdrawn by the person who reported it." in read[second][0]
    assert "la persona que lo report" in read[second][1]
    assert "you" not in read[second][0]


async def test_an_urgent_status_is_told_at_night() -> None:
    await rule("resolved", urgent=True)
    reference, _, _ = await followed()
    async with transaction() as session:  # who writes at night is awake
        await session.execute(update(Message).values(created_at=AT_NIGHT - timedelta(days=3)))
    await change(reference, Status.IN_PROGRESS)
    await change(reference, Status.RESOLVED, "Filled.")
    async with transaction() as session:
        waits = [
            row.due_at > AT_NIGHT + timedelta(hours=1)
            for row in await session.scalars(select(Notice).order_by(Notice.id))
        ]
    assert waits == [True, True, False, False]


async def test_rules_are_kept_with_who_set_them_and_once() -> None:
    assert await rule("closed", Whom.REPORTER)
    assert not await rule("closed", Whom.REPORTER)
    async with transaction() as session:
        now = await all_rules(session)
        noted = list(await session.scalars(select(Audit.action).where(Audit.subject_kind == "telling")))
    assert (now["closed"].whom, now["closed"].set_by) == (Whom.REPORTER, "staff:ana")
    assert now["open"] == Rule()
    assert noted == ["telling.changed"]


@pytest.mark.parametrize("key", ["waiting", "resolved"])
async def test_who_is_asked_something_is_told(key: str) -> None:
    with pytest.raises(MustBeAskedError):
        await rule(key, Whom.NOBODY)


async def test_an_unknown_status_has_no_rule() -> None:
    with pytest.raises(UnknownMoveError):
        await rule("gone", Whom.NOBODY)


async def test_who_follows_hears_that_it_is_open_again_and_who_said_so_does_not() -> None:
    reference, first, second = await followed()
    await change(reference, Status.RESOLVED, "Filled.")
    before = len(await told())
    async with transaction() as session:
        assert (
            await hear_verdict(session, first, reference, Verdict.NOT_FIXED, comment="no")
        ).status is Status.OPEN
    assert (await told())[before:] == [second]
    async with transaction() as session:
        assert (await hear_verdict(session, first, reference, Verdict.NOT_FIXED)).status is Status.OPEN
        assert (await hear_verdict(session, first, reference, rating=2)).status is Status.OPEN
    assert (await told())[before:] == [second]


async def test_who_follows_hears_that_it_is_done_after_all() -> None:
    reference, first, second = await followed()
    await change(reference, Status.RESOLVED, "Filled.")
    async with transaction() as session:
        await hear_verdict(session, second, reference, Verdict.NOT_FIXED)
    before = len(await told())
    async with transaction() as session:
        assert (await hear_verdict(session, second, reference, Verdict.FIXED)).status is Status.RESOLVED
    assert (await told())[before:] == [first]


async def test_the_command_shows_and_sets_them(database: EmbeddedDatabase) -> None:
    assert _run(database, "words", "told", "closed", "--to", "reporter", "--urgent").returncode == 0
    rules = {row["key"]: row for row in _json(database, "words", "told")}
    assert set(rules) == set(MOVES)
    assert (rules["closed"]["to"], rules["closed"]["urgent"], rules["closed"]["set_by"]) == (
        "reporter",
        True,
        "cli",
    )
    for wrong in (
        ("gone", "--to", "nobody"),
        ("resolved", "--to", "nobody"),
        ("closed", "--to", "us"),
        ("--urgent",),
    ):
        done = _run(database, "words", "told", *wrong)
        assert done.returncode == 1, wrong
        assert "Traceback" not in done.stderr
