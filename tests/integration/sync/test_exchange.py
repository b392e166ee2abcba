"""A request and its case: what residents say goes there, what is done there comes back, once and in order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.cases.additions import add_words
from bot.cases.assignment import Assignment
from bot.cases.feedback import Verdict
from bot.cases.lookup import find_request
from bot.cases.outward import changed
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change
from bot.city.current import city
from bot.db.session import transaction
from bot.db.tables import Conversation
from bot.delivery.batches import Wish, begin_batch, change_one, undo_batch
from bot.delivery.push import hear_verdict, update_request
from bot.photos.intake import take_in
from bot.simulator.servicenow.instance import Instance
from bot.sync.exchange import send_again
from bot.sync.pulling import pull
from bot.sync.system import Record
from tests.integration.sync.conftest import Synced
from tests.photos import jpeg

pytestmark = pytest.mark.integration


async def test_a_request_becomes_a_case_with_all_that_is_known(synced: Synced) -> None:
    reference = await synced.file(answers={"lane": "left"})
    await synced.exchange()
    case = synced.instance.only()
    assert case["correlation_id"] == reference
    assert case["short_description"] == "Pothole or damaged road: Pico Blvd & 4th St"
    assert "Resident: huge pothole" in case["description"]
    assert "Coordinates: 34.008100, -118.488500" in case["description"]
    assert case["state"] == "1"
    assert (
        synced.instance.instance.shown("", "assignment_group", case["assignment_group"])
        == (await synced.request(reference)).department
    )
    link = await synced.link(reference)
    assert (link.remote_number, link.problem, link.pending_since) == (case["number"], "", None)


async def test_nothing_is_sent_twice_when_it_is_exchanged_again(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    before = dict(synced.instance.only())
    await synced.both_ways()
    assert synced.instance.only() == before
    assert len((await synced.request(reference)).updates) == 1


async def test_later_words_go_there_in_order(synced: Synced) -> None:
    reference = await synced.file()
    request = await synced.request(reference)
    assert request.conversation_id is not None
    await synced.exchange()
    for words in ("it is deep", "a bike fell into it"):
        async with transaction() as session:
            await add_words(session, request.conversation_id, words, reference)
    await synced.exchange()
    case = synced.instance.only()
    said = synced.instance.written(case["sys_id"], "comments")
    assert [line.splitlines()[0] for line in said] == [
        "The resident adds: it is deep",
        "The resident adds: a bike fell into it",
    ]


async def test_a_case_worker_takes_it_and_the_resident_hears_so(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    case = synced.instance.only()
    synced.instance.work(
        case["sys_id"], state="10", comments="[code]<p>A crew comes&nbsp;tomorrow.</p>[/code]"
    )
    await synced.both_ways()
    request = await synced.request(reference)
    assert request.status == Status.IN_PROGRESS
    newest = request.updates[-1]
    assert (newest.public_text, newest.author) == ("A crew comes tomorrow.", "staff:abel.tuter@servicenow")
    assert [one["status"] for one in await synced.told(reference)] == ["in_progress"]
    # Nothing of it goes back.
    assert synced.instance.written(case["sys_id"], "comments") == [
        "[code]<p>A crew comes&nbsp;tomorrow.</p>[/code]"
    ]


async def test_finished_work_comes_with_its_photo_and_asks_whether_it_is_fixed(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    case = synced.instance.only()
    synced.instance.photograph(case["sys_id"], jpeg(shade=200))
    synced.instance.work(
        case["sys_id"], state="6", resolution_code="1", close_notes="Filled with hot asphalt."
    )
    await synced.both_ways()
    request = await synced.request(reference)
    assert (request.status, request.resolution) == (Status.RESOLVED, Resolution.FIXED)
    (told,) = await synced.told(reference)
    assert told["resolving"] is True
    assert told["public_text"] == "Filled with hot asphalt."
    assert len(told["photos"]) == 1  # type: ignore[arg-type]
    # The picture is theirs already: it is not sent back.
    assert synced.instance.files(case["sys_id"]) == ["IMG_2041.jpg"]


async def test_a_change_is_found_also_at_a_record_whose_files_are_known(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    case = synced.instance.only()
    synced.instance.photograph(case["sys_id"], jpeg(shade=210))
    await synced.both_ways()
    synced.instance.work(case["sys_id"], state="6", resolution_code="1", close_notes="Filled.")
    await synced.both_ways()
    assert (await synced.request(reference)).status == Status.RESOLVED


async def test_not_fixed_opens_the_case_again_and_a_closed_one_is_followed_by_another(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    first = synced.instance.only()
    synced.instance.work(first["sys_id"], state="6", resolution_code="1", close_notes="Done.")
    await synced.both_ways()
    conversation_id = (await synced.request(reference)).conversation_id
    assert conversation_id is not None
    async with transaction() as session:
        await hear_verdict(session, conversation_id, reference, Verdict.NOT_FIXED, idempotency_key="t1")
    await synced.both_ways()
    assert synced.instance.only()["state"] == "1"
    assert "It is not fixed." in synced.instance.written(first["sys_id"], "comments")[-1]

    synced.instance.work(first["sys_id"], state="6", resolution_code="1", close_notes="Done again.")
    await synced.both_ways()
    synced.instance.work(first["sys_id"], state="3")
    await synced.both_ways()
    assert (await synced.request(reference)).status == Status.CLOSED
    async with transaction() as session:
        await hear_verdict(session, conversation_id, reference, Verdict.NOT_FIXED, idempotency_key="t2")
    await synced.both_ways()
    second = synced.instance.of(f"{reference}/2")
    assert (second["parent"], second["state"]) == (first["sys_id"], "1")
    assert synced.instance.of(reference)["state"] == "3"
    synced.instance.work(second["sys_id"], state="10")
    await synced.both_ways()
    assert (await synced.request(reference)).status == Status.IN_PROGRESS


async def test_a_question_waits_for_its_words_and_the_answer_goes_back(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    case = synced.instance.only()
    synced.instance.work(case["sys_id"], state="18")
    await synced.both_ways()
    assert (await synced.request(reference)).status == Status.OPEN
    assert await synced.told(reference) == []
    synced.instance.work(case["sys_id"], comments="Which lane is it in?")
    await synced.both_ways()
    request = await synced.request(reference)
    assert (request.status, request.updates[-1].public_text) == (Status.WAITING, "Which lane is it in?")
    assert request.conversation_id is not None
    async with transaction() as session:
        await add_words(session, request.conversation_id, "the left one", reference)
    await synced.both_ways()
    assert (await synced.request(reference)).status == Status.OPEN
    assert synced.instance.only()["state"] == "1"
    assert synced.instance.written(case["sys_id"], "comments")[-1].startswith(
        "The resident adds: the left one"
    )


async def test_what_staff_do_here_goes_there(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    async with transaction() as session:
        change = Change(
            reference,
            Status.RESOLVED,
            "staff:ana",
            "Filled.",
            "two bags",
            photo_ids=await _kept_photo(synced),
        )
        await update_request(session, change)
    await synced.exchange()
    case = synced.instance.only()
    assert (case["state"], case["resolution_code"], case["close_notes"]) == ("6", "1", "Filled.")
    assert synced.instance.written(case["sys_id"], "comments")[-1].startswith("Told the resident: Filled.")
    assert "two bags" in synced.instance.written(case["sys_id"], "work_notes")[-1]
    (name,) = synced.instance.files(case["sys_id"])
    assert name.startswith(f"{reference}-work-p")
    await synced.both_ways()
    assert (await synced.request(reference)).status == Status.RESOLVED


async def _kept_photo(synced: Synced) -> tuple[int, ...]:
    from bot.cases.photos import keep_photo

    photo = take_in(jpeg(shade=120))
    synced.store.put(photo)
    async with transaction() as session:
        return ((await keep_photo(session, photo)).id,)


async def test_where_both_changed_the_same_the_citys_own_system_wins(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    case = synced.instance.only()
    async with transaction() as session:
        await update_request(session, Change(reference, Status.ON_HOLD, "staff:ana", "Waits for parts."))
    synced.instance.work(case["sys_id"], state="6", resolution_code="1", close_notes="Done.")
    await synced.both_ways()
    assert (await synced.request(reference)).status == Status.RESOLVED
    assert synced.instance.only()["state"] == "6"


async def test_a_case_that_is_gone_stays_gone_until_staff_want_it_again(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    synced.instance.instance.delete("sn_customerservice_case", synced.instance.only()["sys_id"])
    async with transaction() as session:
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:ana"))
    await synced.exchange()
    link = await synced.link(reference)
    assert (link.problem, link.failure) == ("The record is not there any more.", "deterministic")
    async with transaction() as session:
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:ana", "Soon."))
    await synced.exchange()
    assert synced.instance.records() == []
    async with transaction() as session:
        await send_again(session, "servicenow", (await synced.request(reference)).id, synced.now)
    await synced.exchange()
    assert synced.instance.of(f"{reference}/2")["state"] == "10"


async def test_a_field_that_they_do_not_have_is_told_to_staff(
    synced: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = synced.system._naming.fields.model_copy(update={"address": "u_adress"})
    monkeypatch.setattr(synced.system, "_naming", synced.system._naming.model_copy(update={"fields": fields}))
    reference = await synced.file()
    await synced.exchange()
    assert (await synced.link(reference)).problem == "servicenow did not take: u_adress."


@pytest.mark.parametrize("filed_before", [True, False])
async def test_a_group_that_they_do_not_have_holds_nothing_else_up_and_is_given_once_they_have_it(
    synced: Synced, filed_before: bool
) -> None:
    groups = synced.instance.instance.groups
    reference = await synced.file()
    group = synced.system._naming.group_of((await synced.request(reference)).department)
    assert group in groups
    if filed_before:
        await synced.exchange()
        other = next(
            one for one in city().departments if synced.system._naming.group_of(one) not in (group, "")
        )
        group = synced.system._naming.group_of(other)
        wanted = Change(reference, Status.IN_PROGRESS, "staff:ana", assignment=Assignment(other))
    else:
        wanted = Change(reference, Status.IN_PROGRESS, "staff:ana")
    async with transaction() as session:
        await update_request(session, wanted, now=synced.now)
    groups.remove(group)
    synced.system._groups.clear()
    await synced.exchange()
    case = synced.instance.only()
    assert synced.system._naming.status_of(case["state"]) == Status.IN_PROGRESS
    problem = f"ServiceNow has no group {group!r}, which sync.yml names."
    assert (await synced.link(reference)).problem == problem
    written = case["sys_mod_count"]
    groups.append(group)
    async with transaction() as session:
        await send_again(session, "servicenow", (await synced.request(reference)).id, synced.now)
    await synced.exchange()
    assert synced.instance.only()["assignment_group"] == synced.instance.instance.group_id(group)
    assert int(synced.instance.only()["sys_mod_count"]) == int(written) + 1
    assert (await synced.link(reference)).problem == ""


async def test_a_field_of_the_reference_that_they_do_not_have_never_joins_two_requests_in_one_case(
    synced: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await synced.file()
    await synced.exchange()
    fields = synced.system._naming.fields.model_copy(update={"reference": "corelation_id"})
    monkeypatch.setattr(synced.system, "_naming", synced.system._naming.model_copy(update={"fields": fields}))
    second = await synced.file()
    await synced.exchange()
    links = [await synced.link(first), await synced.link(second)]
    assert len({link.remote_id for link in links}) == 2
    assert links[1].problem == "servicenow did not take: corelation_id."


async def test_photos_of_residents_go_there_upright_and_without_what_is_in_them(synced: Synced) -> None:
    ids = await _kept_photo(synced)
    reference = await synced.file(photo_ids=ids)
    await synced.exchange()
    case = synced.instance.only()
    (name,) = synced.instance.files(case["sys_id"])
    assert name == f"{reference}-report-p{ids[0]}.jpg"
    (kept,) = synced.instance.instance.attachments.values()
    assert kept.content[:2] == b"\xff\xd8"
    assert b"Exif" not in kept.content


async def test_neither_number_nor_name_goes_there(synced: Synced) -> None:
    reference = await synced.file()
    request = await synced.request(reference)
    async with transaction() as session:
        conversation = await session.get_one(Conversation, request.conversation_id)
        conversation.contact.display_name = "Dolores Quintanilla"
        address = conversation.contact.address
    await synced.both_ways()
    written = str(synced.instance.only()) + str(synced.instance.instance.journal)
    assert address not in written
    assert address.removeprefix("+1") not in written
    assert "Quintanilla" not in written


async def test_the_log_of_an_exchange_has_no_word_of_a_resident(
    synced: Synced, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = await synced.file(description="the zanahoria hole")
    synced.instance.api.failing.statuses[:] = [400]
    await synced.exchange()
    async with transaction() as session:
        await send_again(session, "servicenow", (await synced.request(reference)).id, synced.now)
    await synced.exchange()
    synced.instance.work(synced.instance.only()["sys_id"], comments="the zanahoria is filled")
    await synced.both_ways()
    logged = capsys.readouterr().out
    assert "sync.exchanged" in logged
    assert "sync.refused" in logged
    assert "zanahoria" not in logged
    assert "Pico" not in logged


async def test_who_has_it_over_there_is_who_has_it_here(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    case = synced.instance.only()
    other = next(name for name in synced.instance.instance.groups if name == "Big Blue Bus")
    synced.instance.work(
        case["sys_id"],
        assignment_group=synced.instance.instance.group_id(other),
        assigned_to="Crew 4",
        due_date="2026-12-24 23:59:00",
    )
    await synced.both_ways()
    request = await synced.request(reference)
    assert (request.department, request.crew, str(request.due_on)) == ("Big Blue Bus", "Crew 4", "2026-12-24")
    assert [one["due_on"] for one in await synced.told(reference)] == ["2026-12-24"]


async def test_what_their_rules_decide_at_once_is_taken(
    synced: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = Instance.create

    def assigns(kept: Instance, table: str, values: Mapping[str, str], user: str) -> str:
        sys_id = create(kept, table, values, user)
        kept.update(
            table, sys_id, {"assignment_group": kept.group_id("Big Blue Bus"), "state": "10"}, "system"
        )
        return sys_id

    monkeypatch.setattr(Instance, "create", assigns)
    reference = await synced.file()
    await synced.both_ways()
    request = await synced.request(reference)
    assert (request.department, request.status) == ("Big Blue Bus", Status.IN_PROGRESS)
    assert synced.instance.only()["state"] == "10"


async def test_closing_words_of_an_end_before_are_not_told_again(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:ana", "Filled by us."))
    await synced.both_ways()
    case = synced.instance.only()
    assert case["close_notes"] == "Filled by us."
    synced.instance.work(case["sys_id"], state="10")
    await synced.both_ways()
    synced.instance.work(case["sys_id"], state="6", comments="Done again.")
    await synced.both_ways()
    request = await synced.request(reference)
    assert (request.status, request.updates[-1].public_text) == (Status.RESOLVED, "Done again.")
    # Words of theirs that come before the state are told with it.
    synced.instance.work(case["sys_id"], state="10")
    await synced.both_ways()
    synced.instance.work(case["sys_id"], close_notes="Filled by them.")
    await synced.both_ways()
    assert (await synced.request(reference)).updates[-1].public_text != "Filled by them."
    synced.instance.work(case["sys_id"], state="6")
    await synced.both_ways()
    assert (await synced.request(reference)).updates[-1].public_text == "Filled by them."


@pytest.mark.parametrize("state", ["6", "3"])
@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("3", Resolution.WILL_NOT_DO),
        ("4", Resolution.WILL_NOT_DO),  # a duplicate, of what nobody tells
        ("5", Resolution.NOT_OURS),
        ("6", Resolution.WITHDRAWN),
    ],
)
async def test_an_end_without_work_is_one_here_whatever_state_it_has_there(
    synced: Synced, state: str, code: str, ending: Resolution
) -> None:
    reference = await synced.file()
    await synced.exchange()
    case = synced.instance.only()
    synced.instance.work(case["sys_id"], state=state, resolution_code=code, close_notes="It is Caltrans'.")
    await synced.both_ways()
    request = await synced.request(reference)
    assert (request.status, request.resolution) == (Status.CLOSED, ending)
    assert request.updates[-1].public_text == "It is Caltrans'."
    assert (await synced.link(reference)).problem == ""
    assert (synced.instance.only()["state"], synced.instance.only()["resolution_code"]) == (state, code)


async def test_not_ours_without_a_word_whose_it_is_is_told_as_closed_without_work(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    synced.instance.work(synced.instance.only()["sys_id"], state="3", resolution_code="5")
    await synced.both_ways()
    assert (await synced.request(reference)).resolution == Resolution.WILL_NOT_DO


async def test_what_waits_has_one_job_however_often_it_changes_and_however_often_it_is_looked_for(
    synced: Synced,
) -> None:
    reference = await synced.file()
    await synced.exchange()
    await synced.both_ways()
    synced.instance.work(synced.instance.only()["sys_id"], comments="On our way.")
    before = await jobs()
    for _ in range(3):
        synced.now += timedelta(seconds=10)
        assert await pull(synced.system, synced.now, timedelta(seconds=1)) == 1
        async with transaction() as session:
            await changed(session, (await find_request(session, reference)).id)
    assert await jobs() == before + 1
    await synced.exchange()
    synced.instance.work(synced.instance.only()["sys_id"], comments="We are there.")
    await synced.both_ways()
    assert await jobs() > before + 1


async def test_what_changes_during_an_exchange_is_exchanged_next(
    synced: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await synced.file()
    await synced.exchange()
    await synced.both_ways()
    synced.instance.work(synced.instance.only()["sys_id"], comments="On our way.")
    read = synced.system.read

    async def read_and_something_happens(record_id: str) -> Record:
        record = await read(record_id)
        monkeypatch.setattr(synced.system, "read", read)
        async with transaction() as session:
            await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:ana"))
        return record

    monkeypatch.setattr(synced.system, "read", read_and_something_happens)
    await pull(synced.system, synced.now + timedelta(seconds=10), timedelta(seconds=1))
    before = await jobs()
    await synced.exchange()
    assert (await synced.link(reference)).pending_since is not None
    assert await jobs() == before + 1
    await synced.exchange()
    assert (await synced.link(reference)).pending_since is None


async def jobs() -> int:
    """How many exchanges were ever asked for."""
    async with transaction() as session:
        query = text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'sync'")
        return int(await session.scalar(query) or 0)


async def test_what_is_changed_with_others_waits_until_it_can_be_undone_no_more(synced: Synced) -> None:
    reference = await synced.file()
    await synced.exchange()
    request = await synced.request(reference)
    async with transaction() as session:
        batch_id, _ = await begin_batch(session, "a-key-of-a-form", "staff:ana", [request.id], synced.now)
    wish = Wish(Status.ON_HOLD, words={"en": "It waits for asphalt."})
    newest = max(update.id for update in request.updates)
    assert await change_one(batch_id, request.id, newest, wish, "staff:ana", datetime.now(UTC)) is None
    async with transaction() as session:
        job = "SELECT scheduled_at - now() FROM procrastinate_jobs WHERE lock = :lock AND status = 'todo' ORDER BY id DESC"
        wait = await session.scalar(text(job), {"lock": f"sync:{request.id}"})
    assert wait > timedelta(seconds=60)
    assert await undo_batch(batch_id, "staff:ana", datetime.now(UTC)) == 1
    await synced.exchange()
    case = synced.instance.only()
    assert synced.system._naming.status_of(case["state"]) == Status.OPEN
    said = [
        *synced.instance.written(case["sys_id"], "comments"),
        *synced.instance.written(case["sys_id"], "work_notes"),
    ]
    assert not any("asphalt" in words or "hold" in words for words in said)
