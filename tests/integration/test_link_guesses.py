"""Guessing link codes with many numbers is bounded over the whole city, and nobody is kept from linking their own phones by it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select
from structlog.testing import capture_logs

from bot.cases.link_codes import LONG, is_short, new_link_code
from bot.cli.checks import CHECKS, Outcome
from bot.conversation.link_guesses import MOST_TOGETHER, TOGETHER_WITHIN, read_guesses
from bot.conversation.linking import MOST_TRIES, TryResult
from bot.db.session import transaction
from bot.db.tables import Conversation, LinkTry
from bot.keeping.erasing import erase_contact
from bot.keeping.rows import forget_link_codes
from bot.settings import load_settings
from tests.integration.test_cases import a_conversation, count
from tests.integration.test_linking import (
    NOW,
    OTHER,
    PHONE,
    STRANGER,
    code_of,
    on_telegram,
    redeemed,
    theirs,
    tried,
)

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


async def guessed(many: int, at: datetime = NOW, conversation_id: int | None = None) -> None:
    """So many wrong codes of conversations that were erased since, or of one."""
    async with transaction() as session:
        rows = [{"conversation_id": conversation_id, "turn_id": None, "at": at} for _ in range(many)]
        await session.execute(insert(LinkTry), rows)


async def test_codes_of_many_numbers_are_counted_together_and_a_good_short_one_is_unknown_then() -> None:
    sms = await a_conversation(PHONE)
    code = await code_of(sms)
    assert is_short(code)
    numbers = [await a_conversation(f"+1310556{n:04}") for n in range(MOST_TOGETHER // MOST_TRIES)]
    for number in numbers:
        for _ in range(MOST_TRIES):
            assert (await tried(number, new_link_code())).result is TryResult.WRONG
    fresh = await a_conversation(STRANGER)
    wrong, good = await tried(fresh, new_link_code()), await tried(fresh, code)
    assert wrong == good, "whoever guesses learns nothing"
    assert good.result is TryResult.WRONG


async def test_who_has_both_phones_links_them_with_a_long_code_all_the_same() -> None:
    await guessed(MOST_TOGETHER * 5)
    sms, telegram = await a_conversation(PHONE), await on_telegram()
    code = await code_of(sms)
    assert len(code) == LONG
    good = await tried(telegram, code)
    assert (good.result, good.other) == (TryResult.GOOD, sms)
    assert await redeemed(telegram, good)
    assert await theirs(telegram) == await theirs(sms)


async def test_a_short_code_that_was_asked_about_before_is_still_joined_with_a_yes() -> None:
    sms, telegram = await a_conversation(PHONE), await on_telegram()
    good = await tried(telegram, await code_of(sms))
    await guessed(MOST_TOGETHER)
    assert await redeemed(telegram, good)


async def test_one_less_than_too_many_changes_nothing_and_after_a_day_all_is_as_before() -> None:
    await guessed(MOST_TOGETHER - 1)
    sms, telegram = await a_conversation(PHONE), await on_telegram()
    code = await code_of(sms)
    assert (await tried(telegram, code)).result is TryResult.GOOD
    await guessed(1)
    assert (await tried(telegram, code)).result is TryResult.WRONG
    later = NOW + TOGETHER_WITHIN
    again = await code_of(sms, later)
    assert is_short(again)
    assert (await tried(telegram, again, later)).result is TryResult.GOOD


async def test_a_burst_of_many_at_once_passes_the_bound_by_none() -> None:
    """Each short code that is looked at is counted before the next one is."""
    sms = await a_conversation(PHONE)
    code = await code_of(sms)
    await guessed(MOST_TOGETHER - 3)
    numbers = [await a_conversation(f"+1310557{n:04}") for n in range(8)]
    codes = [new_link_code() for _ in numbers[:-1]]
    results = await asyncio.gather(*(tried(one, guess) for one, guess in zip(numbers, codes, strict=False)))
    assert {one.result for one in results} == {TryResult.WRONG}
    assert (await tried(numbers[-1], code)).result is TryResult.WRONG
    async with transaction() as session:
        assert (await read_guesses(session, NOW)).since == NOW


async def test_erasing_what_was_guessed_gives_no_new_guesses() -> None:
    number = await a_conversation(OTHER)
    for _ in range(MOST_TRIES):
        await tried(number, new_link_code())
    async with transaction() as session:
        contact = (await session.get_one(Conversation, number)).contact
        await erase_contact(session, contact.id, actor="resident")
    async with transaction() as session:
        guesses = await read_guesses(session, NOW)
    assert (guesses.tries, guesses.conversations) == (MOST_TRIES, 0)
    assert [(one.conversation_id, one.tries) for one in guesses.guessers] == [(None, MOST_TRIES)]
    async with transaction() as session:
        assert await session.scalar(select(func.count()).where(LinkTry.conversation_id == number)) == 0
        await forget_link_codes(session, NOW + timedelta(seconds=1), 100)
    assert await count(LinkTry) == 0


async def test_it_is_logged_once_without_a_number_or_a_code() -> None:
    await guessed(MOST_TOGETHER - 1)
    number = await a_conversation(PHONE)
    with capture_logs() as logs:
        for _ in range(3):
            await tried(number, "7K3PXT")
    (line,) = [one for one in logs if one["event"] == "link_code.guessed"]
    assert line["log_level"] == "warning"
    assert "7K3PXT" not in str(logs)
    assert PHONE not in str(logs)


async def test_staff_and_doctor_see_it_while_it_lasts_and_whose_the_guesses_are() -> None:
    config, now = load_settings(), datetime.now(UTC)
    finding = await CHECKS["links"](config)
    assert (finding.outcome, finding.message) == (
        Outcome.WELL,
        "Nobody guesses link codes: 0 wrong within a day.",
    )
    number = await a_conversation(PHONE)
    await guessed(MOST_TOGETHER - 2, now - timedelta(hours=3))
    await guessed(4, now - timedelta(hours=1), number)
    finding = await CHECKS["links"](config)
    assert finding.outcome is Outcome.NOTE
    assert "102 wrong ones within a day, of 1 conversations" in finding.message
    assert "linking goes on" in finding.message
    assert PHONE not in f"{finding.message}{finding.detail}"
    async with transaction() as session:
        guesses = await read_guesses(session, now)
    assert guesses.since == now - timedelta(hours=1)
    assert [(one.conversation_id, one.tries) for one in guesses.guessers] == [(None, 98), (number, 4)]
