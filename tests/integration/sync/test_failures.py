"""What goes wrong over there: nothing is lost, nothing is done twice, and people hear of what they have to mend."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType

import pytest

from bot.cases.additions import add_words
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.db.tables import Photo, SyncSystem
from bot.delivery.push import update_request
from bot.failures import FailureKind
from bot.settings import load_settings
from bot.sync import exchange as exchanging
from bot.sync import records
from bot.sync.failures import PostponedError
from bot.sync.pulling import pull
from bot.sync.servicenow.system import open_servicenow
from tests.integration.sync.conftest import Synced

pytestmark = pytest.mark.integration


async def _state() -> SyncSystem:
    async with transaction() as session:
        return await session.get_one(SyncSystem, "servicenow")


async def _postponed(synced: Synced) -> PostponedError:
    with pytest.raises(PostponedError) as error:
        await synced.exchange()
    return error.value


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
async def test_who_is_away_is_left_alone_for_a_growing_time_and_asked_again(
    synced: Synced, status: int
) -> None:
    await synced.file()
    waits = []
    for _ in range(3):
        synced.instance.api.failing.statuses[:] = [status]
        error = await _postponed(synced)
        assert error.failure is FailureKind.TRANSIENT
        waits.append(error.seconds)
        asked = len(synced.instance.api.requests)
        await _postponed(synced)  # paused: it is not even asked
        assert len(synced.instance.api.requests) == asked
        synced.now += timedelta(seconds=error.seconds)
    assert waits == [2.0, 4.0, 8.0]
    await synced.exchange()
    assert len(synced.instance.records()) == 1
    assert ((await _state()).failures, (await _state()).paused_until) == (0, None)


async def test_who_has_had_enough_says_for_how_long(synced: Synced) -> None:
    await synced.file()
    synced.instance.api.failing.statuses[:] = [429]
    synced.instance.api.failing.retry_after = "90"
    assert (await _postponed(synced)).seconds == 90


async def test_who_does_not_let_us_in_is_said_loudly_and_nothing_is_lost(synced: Synced) -> None:
    reference = await synced.file()
    synced.instance.api.access.password = "changed"
    assert (await _postponed(synced)).failure is FailureKind.MISCONFIGURED
    assert (await _state()).problem == "ServiceNow does not let us in: user or password is wrong."
    assert (await synced.link(reference)).pending_since is not None
    synced.instance.api.access.password = "open-sesame"
    await synced.exchange(later=10)
    assert synced.instance.only()["correlation_id"] == reference
    assert ((await synced.link(reference)).problem, (await _state()).problem) == ("", "")


async def test_a_case_whose_answer_was_lost_is_found_and_not_made_again(synced: Synced) -> None:
    reference = await synced.file()
    synced.instance.api.failing.lost_answers = 1
    await _postponed(synced)
    assert len(synced.instance.records()) == 1
    await synced.exchange(later=10)
    assert synced.instance.only()["sys_id"] == (await synced.link(reference)).remote_id


async def test_words_whose_answer_was_lost_are_not_said_again(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    conversation_id = (await synced.request(reference)).conversation_id
    assert conversation_id is not None
    async with transaction() as session:
        await add_words(session, conversation_id, "it is deep", reference)
    synced.instance.api.failing.lost_answers = 0
    real = synced.system.say

    async def says_and_dies(record_id: str, entry: object) -> None:
        await real(record_id, entry)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(synced.system, "say", says_and_dies)
        with pytest.raises(KeyboardInterrupt):
            await synced.exchange()
    await synced.exchange()
    said = synced.instance.written(synced.instance.only()["sys_id"], "comments")
    assert len(said) == 1


STEPS = [
    (records, "_note_try"),
    (records, "_link"),
    *((exchanging, step) for step in ("_new_files", "_take", "_give", "_tell", "_note")),
]


@pytest.mark.parametrize(("module", "step"), STEPS)
async def test_a_death_at_any_step_leaves_nothing_undone_and_nothing_twice(
    synced: Synced, module: ModuleType, step: str
) -> None:
    """The step is not made; whoever comes next makes it."""
    reference = await synced.file()
    conversation_id = (await synced.request(reference)).conversation_id
    assert conversation_id is not None
    async with transaction() as session:
        await add_words(session, conversation_id, "it is deep", reference)
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:ana", "Soon."))

    async def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, step, dies)
        with pytest.raises(KeyboardInterrupt):
            await synced.exchange()
    await synced.both_ways()
    case = synced.instance.only()
    assert (case["correlation_id"], case["state"]) == (reference, "10")
    said = synced.instance.written(case["sys_id"], "comments")
    assert [line.splitlines()[0] for line in said] == [
        "The resident adds: it is deep",
        "Told the resident: Soon.",
    ]
    assert (await synced.request(reference)).status == Status.IN_PROGRESS
    assert len(await synced.told(reference)) == 1


async def test_a_rule_of_theirs_that_refuses_is_told_and_tried_again_on_a_click(synced: Synced) -> None:
    reference = await synced.file()
    synced.instance.api.failing.statuses[:] = [400]
    await synced.exchange()
    link = await synced.link(reference)
    assert link.problem == "ServiceNow refused it (400). Failing on purpose"
    assert (link.failure, link.pending_since) == ("deterministic", None)
    async with transaction() as session:
        await exchanging.send_again(session, "servicenow", link.request_id, synced.now)
    await synced.exchange()
    assert synced.instance.only()["correlation_id"] == reference


async def test_looking_for_changes_fails_alike(synced: Synced) -> None:
    await synced.file()
    await synced.exchange()
    synced.instance.api.failing.statuses[:] = [503]
    synced.now += timedelta(seconds=10)
    assert await pull(synced.system, synced.now, timedelta(seconds=1)) is None
    assert (await _state()).problem == "ServiceNow answers that something is broken there (503)."
    # Meanwhile it is left alone, and another worker that looked a moment ago is enough.
    assert await pull(synced.system, synced.now + timedelta(seconds=1), timedelta(0)) is None
    synced.now += timedelta(seconds=10)
    assert await pull(synced.system, synced.now, timedelta(seconds=1)) is not None
    assert await pull(synced.system, synced.now, timedelta(seconds=1)) is None


async def test_a_token_that_ended_is_made_anew(synced: Synced) -> None:
    access = synced.instance.api.access
    settings = load_settings(
        servicenow_client_id=access.client_id, servicenow_client_secret=access.client_secret
    )
    system = open_servicenow(settings)
    try:
        reference = await synced.file()
        synced.system = system
        await synced.exchange()
        access.tokens.clear()  # they forgot it, or its time is over
        synced.instance.work(synced.instance.only()["sys_id"], state="10")
        await synced.both_ways()
        assert (await synced.request(reference)).status == Status.IN_PROGRESS
        asked = [one for one in synced.instance.api.requests if "oauth" in one]
        assert asked == []  # tokens are asked for elsewhere than the records
        access.tokens.clear()
        access.refresh_tokens.clear()
        synced.instance.work(synced.instance.only()["sys_id"], comments="On our way.")
        await synced.both_ways()
        assert (await synced.request(reference)).updates[-1].public_text == "On our way."
    finally:
        await system.aclose()


async def test_a_wrong_client_secret_is_said_loudly(synced: Synced) -> None:
    access = synced.instance.api.access
    settings = load_settings(servicenow_client_id=access.client_id, servicenow_client_secret="wrong")
    synced.system = open_servicenow(settings)
    try:
        await synced.file()
        assert (await _postponed(synced)).failure is FailureKind.MISCONFIGURED
        assert (await _state()).problem.startswith("ServiceNow does not let us in: the OAuth client")
    finally:
        await synced.system.aclose()


async def test_the_pages_of_a_long_list_are_all_read(synced: Synced, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sync.servicenow.tables.PAGE", 2)
    references = [await synced.file() for _ in range(5)]
    await synced.exchange()
    for record in synced.instance.records():
        synced.instance.work(record["sys_id"], state="10")
    await synced.both_ways()
    assert {(await synced.request(one)).status for one in references} == {Status.IN_PROGRESS}


async def test_clocks_that_do_not_agree_hide_no_change(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    await synced.both_ways()
    here = synced.instance.instance.clock
    # One of their nodes is some minutes behind the one that was read last.
    synced.instance.instance.clock = lambda: here() - timedelta(minutes=8)
    try:
        synced.instance.work(synced.instance.only()["sys_id"], state="10")
        await synced.both_ways()
    finally:
        synced.instance.instance.clock = here
    assert (await synced.request(reference)).status == Status.IN_PROGRESS


async def test_a_photo_whose_time_is_over_holds_nothing_up(synced: Synced) -> None:
    async with transaction() as session:
        photo = Photo(sha256="0" * 64, width=8, height=8, size=9)
        session.add(photo)
        await session.flush()
    reference = await synced.file(photo_ids=(photo.id,))
    await synced.exchange()
    assert (await synced.link(reference)).problem == ""
    assert synced.instance.files(synced.instance.only()["sys_id"]) == []


async def test_a_fault_of_our_own_is_left_to_staff_and_the_others_go_on(
    synced: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = await synced.file()

    async def breaks(*_: object, **__: object) -> None:
        raise KeyError("zanahoria")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exchanging, "_take", breaks)
        await synced.exchange()
    link = await synced.link(broken)
    assert link.problem.startswith("Our own fault: KeyError at ")
    assert (link.failure, link.pending_since) == ("deterministic", None)
    assert "zanahoria" not in link.problem
    good = await synced.file()
    await synced.exchange()
    assert (await synced.link(good)).problem == ""
