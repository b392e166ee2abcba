"""Every night what is old goes, what is new or open stays, and nobody waits for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import func, select, text, update

from bot.cases.looks import note_look
from bot.cases.photos import keep_photo
from bot.cases.sight import Subject
from bot.cases.status import Resolution, Status
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import (
    Audit,
    Change,
    Contact,
    Conversation,
    Installation,
    Look,
    Message,
    MessageStems,
    Photo,
    ReceiptRow,
    RequestPhoto,
    ServiceRequest,
    SetAside,
)
from bot.keeping.photos import delete_files, delete_stray_files
from bot.keeping.sweep import claim_night, everything_kept, sweep
from bot.settings import Settings, load_settings
from tests.integration.keeping.story import NUMBER, a_photo, a_resident, everything, says, store

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("engine_tables")]

DEFAULTS = load_settings()
FOR_EVER = load_settings(**{field: 0 for field in Settings.model_fields if field.startswith("keep_")})


def later(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


async def finished() -> None:
    async with transaction() as session:
        await session.execute(
            update(ServiceRequest).values(status=str(Status.CLOSED), resolution=str(Resolution.WILL_NOT_DO))
        )


async def count(table: type) -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_texts_go_two_years_after_the_last_and_the_requests_words_stay(
    database: EmbeddedDatabase,
) -> None:
    resident = await a_resident(database)
    await finished()
    await sweep(DEFAULTS, store(), later(729))
    assert "zebrafish pothole" in everything(database)
    await sweep(DEFAULTS, store(), later(731))
    rest = everything(database)
    assert "zebrafish pothole" not in rest
    assert "is the zebrafish near you" not in rest
    assert "pothole. i am zelda" in rest  # the request's own words have a time of their own
    async with transaction() as session:
        assert (
            await session.scalar(select(Contact.id).where(Contact.address == NUMBER)) == resident.contact_id
        )


async def test_what_words_are_found_by_goes_with_the_words(database: EmbeddedDatabase) -> None:
    resident = await a_resident(database)
    await finished()

    async def stems() -> tuple[int, str]:
        async with transaction() as session:
            said = await session.scalar(select(func.count(MessageStems.message_id)))
            request = ServiceRequest.reference == resident.reference
            return said or 0, str(await session.scalar(select(ServiceRequest.stems).where(request)))

    said, of_request = await stems()
    assert said > 0
    assert "zelda" in of_request
    await sweep(DEFAULTS, store(), later(731))
    assert (await stems())[0] == 0
    await sweep(load_settings(CITYLINE_KEEP_REQUEST_WORDS_DAYS="30"), store(), later(731))
    assert "zelda" not in (await stems())[1]


async def test_nothing_of_who_has_an_open_request_is_forgotten(database: EmbeddedDatabase) -> None:
    await a_resident(database)
    await sweep(DEFAULTS, store(), later(3000))
    assert "zebrafish pothole" in everything(database)
    assert NUMBER in everything(database)


async def test_who_writes_again_has_new_words_forgotten_in_their_time(database: EmbeddedDatabase) -> None:
    await says("old words here")
    await sweep(DEFAULTS, store(), later(731))
    await says("new words here")
    await sweep(DEFAULTS, store(), later(1))
    assert "new words here" in everything(database)
    await sweep(DEFAULTS, store(), later(731))
    assert "new words here" not in everything(database)


async def test_numbers_go_in_their_time_but_who_said_stop_stays_known(database: EmbeddedDatabase) -> None:
    await a_resident(database)
    await says("stop", "+13105550555")
    await finished()
    await sweep(DEFAULTS, store(), later(1096))
    rest = everything(database)
    assert NUMBER not in rest
    assert "zelda quixwood" not in rest
    assert "+13105550555" in rest


async def test_the_engines_present_session_stays_whole_and_old_ones_go(database: EmbeddedDatabase) -> None:
    old, new = later(-40).timestamp(), later(-1).timestamp()
    rows = [
        ("conversation-1", "session_started", old, "a"),
        ("conversation-1", "user", old, "b"),
        ("conversation-1", "session_started", old + 1, "c"),
        ("conversation-1", "user", old + 2, "d"),
        ("conversation-2", "user", old, "e"),  # never started one: all is present
        ("conversation-3", "user", new, "f"),
        ("conversation-3", "session_started", new, "g"),
    ]
    with psycopg.connect(database.url(), autocommit=True) as connection:
        for row in rows:
            connection.execute(
                "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (%s, %s, %s, %s)", row
            )
        await sweep(DEFAULTS, store())
        left = connection.execute("SELECT data FROM events ORDER BY id").fetchall()
    assert [data for (data,) in left] == ["c", "d", "e", "f", "g"]


async def test_receipts_audit_set_aside_and_finished_jobs_go_and_waiting_jobs_stay(
    database: EmbeddedDatabase,
) -> None:
    await a_resident(database)
    with psycopg.connect(database.url(), autocommit=True) as connection:
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'failed' WHERE id = (SELECT min(id) FROM procrastinate_jobs)"
        )
        (before,) = connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() or (0,)
        await sweep(DEFAULTS, store(), later(31))
        (after,) = connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() or (0,)
    assert after == before - 1
    assert await count(SetAside) == 0
    assert await count(ReceiptRow) == 1
    await sweep(DEFAULTS, store(), later(91))
    assert await count(ReceiptRow) == 0
    assert await count(Audit) > 0
    async with transaction() as session:
        await note_look(session, "staff:ana", Subject.CONVERSATION, "1", datetime.now(UTC))
    assert await count(Look) == 1
    await sweep(DEFAULTS, store(), later(1827))
    assert await count(Look) == 0
    async with transaction() as session:
        assert set(await session.scalars(select(Audit.action))) == {"audit.forgotten"}


async def test_that_something_changed_is_forgotten_after_two_days(database: EmbeddedDatabase) -> None:
    await a_resident(database)
    kept = await count(Change)
    assert kept
    await sweep(DEFAULTS, store(), later(1.9))
    assert await count(Change) >= kept
    await sweep(DEFAULTS, store(), later(2.1))
    assert await count(Change) == 0


async def test_zero_keeps_for_ever_and_so_does_an_empty_setting(
    database: EmbeddedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_resident(database)
    await finished()
    before = everything(database)
    await sweep(FOR_EVER, store(), later(10_000))
    assert everything(database) == before
    monkeypatch.setenv("CITYLINE_KEEP_TEXTS_DAYS", "")
    assert load_settings().keep_texts_days == 0


async def test_the_words_and_photos_of_finished_requests_go_where_the_city_says_so(
    database: EmbeddedDatabase,
) -> None:
    resident = await a_resident(database)
    await finished()
    config = load_settings(CITYLINE_KEEP_REQUEST_WORDS_DAYS="10", CITYLINE_KEEP_PHOTOS_DAYS="10")
    await sweep(config, store(), later(9))
    assert await count(RequestPhoto) == 1
    await sweep(config, store(), later(11))
    assert await count(RequestPhoto) == 0
    assert "i am zelda" not in everything(database)
    async with transaction() as session:
        request = await session.scalar(
            select(ServiceRequest).where(ServiceRequest.reference == resident.reference)
        )
    assert request is not None
    assert request.address == "Pico Blvd & 4th St"


async def test_a_photo_of_nobody_goes_after_a_day_with_both_of_its_files() -> None:
    _, taken = await a_photo(33)
    await sweep(DEFAULTS, store(), later(0.9))
    assert await count(Photo) == 1
    await sweep(DEFAULTS, store(), later(1.1))
    assert await count(Photo) == 0
    async with transaction() as session:
        jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'delete_photo_files'"
        assert await session.scalar(text(jobs)) == 1
    assert not store().exists(taken.sha256)  # the walk over the store finds it as well
    assert not store().exists(taken.sha256, "thumb")


async def test_a_file_without_a_row_goes_after_a_day_and_a_cut_off_write_too() -> None:
    await delete_stray_files(store(), later(1.1))  # what tests before have left in the same store
    _, taken = await a_photo(44)
    async with transaction() as session:
        await session.execute(text("DELETE FROM photos"))
    from pathlib import Path

    fragment = Path(store().path(taken.sha256)).with_name(".half.jpg.0")
    fragment.write_bytes(b"half")
    assert await delete_stray_files(store()) == 0
    assert await delete_stray_files(store(), later(1.1)) == 1
    assert not store().exists(taken.sha256)
    assert not fragment.exists()


async def test_a_picture_that_is_taken_in_while_its_old_file_is_deleted_keeps_its_file() -> None:
    _, taken = await a_photo(55)
    async with transaction() as session:
        await session.execute(text("DELETE FROM photos"))

    async def take_in_again() -> None:
        await asyncio.to_thread(store().put, taken)
        async with transaction() as session:
            await keep_photo(session, taken)
            await asyncio.to_thread(store().put, taken)

    for _ in range(5):
        await asyncio.gather(delete_files(store(), [taken.sha256]), take_in_again())
        assert store().exists(taken.sha256)
        async with transaction() as session:
            await session.execute(text("DELETE FROM photos"))


async def test_the_sweep_is_claimed_once_a_night_by_one_worker() -> None:
    night = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)  # 3 in the morning in Santa Monica
    day = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
    async with transaction() as session:
        session.add(
            Installation(id=1, created_at=night - timedelta(days=10), swept_at=night - timedelta(days=1))
        )
    assert not await claim_night(day - timedelta(days=1) + timedelta(hours=1))
    claims = await asyncio.gather(*(claim_night(night) for _ in range(8)))
    assert claims.count(True) == 1
    assert not await claim_night(night + timedelta(hours=1))
    assert not await claim_night(day)
    assert await claim_night(night + timedelta(days=1))
    assert await claim_night(day + timedelta(days=3))  # nobody was there at night


async def test_a_new_installation_is_not_swept_at_once() -> None:
    assert not await claim_night(datetime.now(UTC))


async def test_batches_are_small_and_a_large_heap_goes_in_one_night() -> None:
    conversation_id = await says("hello")
    async with transaction() as session:
        message = (await session.scalars(select(Message))).first()
        assert message is not None
        session.add_all(ReceiptRow(message_id=message.id, state="sent") for _ in range(1_250))
    assert all(kept.batch <= 500 for kept in everything_kept(DEFAULTS))
    counts = await sweep(DEFAULTS, store(), later(91))
    assert counts["receipts"] == 1_250
    assert conversation_id


async def test_a_conversation_that_is_busy_in_this_moment_is_left_for_the_next_night(
    database: EmbeddedDatabase,
) -> None:
    conversation_id = await says("old words")
    async with transaction() as busy:
        await busy.execute(
            select(Conversation.id).where(Conversation.id == conversation_id).with_for_update()
        )
        counts = await asyncio.wait_for(sweep(DEFAULTS, store(), later(731)), 30)
    assert counts["texts"] == 0
    assert "old words" in everything(database)
