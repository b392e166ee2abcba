"""Danger stands over every page until somebody of staff says by name that they see to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.conversation.danger_marks import escalate
from bot.db.session import transaction
from bot.db.tables import Audit, Contact, Conversation
from bot.keeping.erasing import erase_contact
from tests.alarms import alarms, told_danger
from tests.console import PASSWORD, Browser, a_conversation, a_request

pytestmark = pytest.mark.integration

HTMX = {"hx-request": "true"}
PAGES = (
    "/console/requests",
    "/console/conversations",
    "/console/alerts",
    "/console/week",
    "/console/account",
    "/console/requests/SM-NOSUCH",
)


async def test_it_stands_over_every_page_with_the_words_and_the_way_there(maria: Browser) -> None:
    reference = await a_request()
    conversation = await told_danger("+13105550177", "a man <b>with a knife</b> is here")
    for page in (*PAGES, f"/console/requests/{reference}"):
        shown = (await maria.open(page)).text
        assert 'class="danger-band"' in shown, page
        assert "a man &lt;b&gt;with a knife&lt;/b&gt; is here" in shown
        assert f'href="/console/conversations/{conversation}#message-' in shown
        assert "I see to it</button>" in shown


async def test_without_danger_there_is_no_band(maria: Browser) -> None:
    await a_conversation()
    assert "danger-band" not in (await maria.open("/console/requests")).text


async def test_whoever_sees_to_it_is_named_in_the_audit_trail_and_the_band_goes(maria: Browser) -> None:
    conversation = await told_danger()
    (alarm,) = await alarms()
    await maria.open("/console/requests")
    answer = await maria.send(f"/console/dangers/{alarm.id}/acknowledge", {})
    assert answer.headers["location"] == f"/console/conversations/{conversation}"
    (alarm,) = await alarms()
    assert alarm.acknowledged_at is not None
    async with transaction() as session:
        note = (await session.scalars(select(Audit).where(Audit.action == "danger.acknowledged"))).one()
    assert (note.actor, note.subject_id) == ("staff:maria", str(conversation))
    page = (await maria.open("/console/conversations")).text
    assert "danger-band" not in page
    assert '<span class="status danger">Danger</span>' in page, "it is marked until it is answered"


async def test_by_htmx_the_page_stays_and_shows_what_is_left(maria: Browser) -> None:
    await told_danger()
    other = await told_danger("+13105550177", "smoke in the hallway")
    first, _ = await alarms()
    await maria.open("/console/requests")
    answer = await maria.send(f"/console/dangers/{first.id}/acknowledge", {}, headers=HTMX)
    assert answer.status_code == 200
    assert f"/console/conversations/{other}" in answer.text
    assert "fire at Pico" not in answer.text


async def test_the_first_who_says_so_has_it(maria: Browser, browser: Browser) -> None:
    await told_danger()
    (alarm,) = await alarms()
    await maria.open("/console/requests")
    for _ in range(2):
        assert (await maria.send(f"/console/dangers/{alarm.id}/acknowledge", {})).status_code == 303
    async with transaction() as session:
        notes = (await session.scalars(select(Audit).where(Audit.action == "danger.acknowledged"))).all()
    assert len(notes) == 1


async def test_the_conversation_says_who_sees_to_it_and_since_when(maria: Browser) -> None:
    conversation_id = await told_danger()
    (alarm,) = await alarms()
    page = (await maria.open(f"/console/conversations/{conversation_id}")).text
    assert "sees to it since" not in page
    await maria.send(f"/console/dangers/{alarm.id}/acknowledge", {})
    page = (await maria.open(f"/console/conversations/{conversation_id}")).text
    assert "<b>Maria Lopez</b> sees to it since" in page


async def test_a_viewer_sees_it_and_cannot_say_that_they_see_to_it(browser: Browser) -> None:
    await told_danger()
    (alarm,) = await alarms()
    await browser.log_in("vera")
    page = (await browser.open("/console/requests")).text
    assert "danger-band" in page
    assert "I see to it" not in page
    assert (await browser.send(f"/console/dangers/{alarm.id}/acknowledge", {})).status_code == 403
    assert (await alarms())[0].acknowledged_at is None


async def test_who_is_kept_to_a_department_sees_the_danger_of_their_own_and_no_other(
    browser: Browser,
) -> None:
    async with transaction() as session:
        await create_staff(
            session,
            "mo",
            PASSWORD,
            role=Role.MANAGER,
            department="Public Works",
            own_department_only=True,
        )
    await told_danger("+13105550177", "a knife")
    ours = await told_danger("+13105550178", "a fire")
    await a_request("ours", ours)
    theirs, _ = await alarms()
    await browser.log_in("mo")
    page = (await browser.open("/console/requests")).text
    assert "a fire" in page
    assert "a knife" not in page
    assert (await browser.send(f"/console/dangers/{theirs.id}/acknowledge", {})).status_code == 404
    assert (await alarms())[0].acknowledged_at is None
    assert (await browser.open(f"/console/live/here/c{theirs.conversation_id}")).status_code == 404
    assert (await browser.open(f"/console/live/here/c{ours}")).status_code == 200


async def test_a_crew_that_reads_no_conversations_has_no_band(browser: Browser) -> None:
    async with transaction() as session:
        await create_staff(session, "cy", PASSWORD, role=Role.CREW)
    await told_danger()
    await browser.log_in("cy")
    assert "danger-band" not in (await browser.open("/console/requests")).text


async def test_an_alarm_that_is_none_is_not_found(maria: Browser) -> None:
    await maria.open("/console/requests")
    assert (await maria.send("/console/dangers/7/acknowledge", {})).status_code == 404


@pytest.mark.parametrize("act", ["reply", "take-over", "hand-back"])
async def test_whoever_acts_in_the_conversation_has_seen_it(maria: Browser, act: str) -> None:
    conversation = await told_danger()
    await maria.open(f"/console/conversations/{conversation}")
    await maria.send(f"/console/conversations/{conversation}/{act}", {"text": "Help is on its way."})
    (alarm,) = await alarms()
    assert alarm.acknowledged_by is not None


async def test_what_is_told_again_before_anybody_saw_it_is_one_alarm_and_later_another(
    maria: Browser,
) -> None:
    await told_danger()
    await told_danger(text="it is burning still")
    (alarm,) = await alarms()
    await maria.open("/console/requests")
    await maria.send(f"/console/dangers/{alarm.id}/acknowledge", {})
    await told_danger(text="and now the roof")
    assert len(await alarms()) == 2
    assert "and now the roof" in (await maria.open("/console/requests")).text


async def test_self_harm_is_called_by_its_name(maria: Browser) -> None:
    await told_danger(text="i want to end it", kinds=("crisis",))
    assert "Danger: self-harm" in (await maria.open("/console/requests")).text


async def test_what_nobody_saw_to_is_louder(maria: Browser) -> None:
    await told_danger()
    (alarm,) = await alarms()
    async with transaction() as session:
        assert await escalate(session, alarm.id, datetime.now(UTC))
        assert not await escalate(session, alarm.id, datetime.now(UTC))
    page = (await maria.open("/console/requests")).text
    assert 'class="danger-band loud"' in page
    assert "Everybody was told." in page


async def test_who_told_of_danger_stands_first_among_who_waits(maria: Browser) -> None:
    waits = await a_conversation("+13105550001", "I want a person")
    async with transaction() as session:
        (await session.get_one(Conversation, waits)).wants_person_at = datetime.now(UTC) - timedelta(hours=1)
    danger = await told_danger()
    page = (await maria.open("/console/conversations")).text
    assert page.index(f'id="conversation-{danger}"') < page.index(f'id="conversation-{waits}"')


async def test_of_somebody_who_is_erased_no_alarm_is_left(maria: Browser) -> None:
    conversation = await told_danger()
    async with transaction() as session:
        contact = await session.scalar(
            select(Contact.id).join(Conversation).where(Conversation.id == conversation)
        )
        assert contact is not None
        await erase_contact(session, contact, actor="staff:maria")
    assert "danger-band" not in (await maria.open("/console/requests")).text


async def test_an_answer_in_a_conversation_that_i_have_is_counted_for_me_alone(
    maria: Browser, browser: Browser
) -> None:
    conversation = await a_conversation()
    await maria.open(f"/console/conversations/{conversation}")
    await maria.send(f"/console/conversations/{conversation}/reply", {"text": "Where is it?"})
    assert "<title>Requests" in (await maria.open("/console/requests")).text
    await a_conversation(text="at Pico and 4th")
    page = (await maria.open("/console/requests")).text
    assert "<title>(1) Requests" in page
    assert 'id="waiting" class="badge" data-count="1"' in page


async def test_what_somebody_wants_to_hear_is_their_own_choice(maria: Browser) -> None:
    page = (await maria.open("/console/account")).text
    assert 'data-sounds="danger waiting"' in page
    answer = await maria.send("/console/account/alarms", {"mail": "yes", "waiting_sound": "yes"})
    assert answer.status_code == 303
    assert 'data-sounds="waiting"' in (await maria.open("/console/requests")).text
