"""The crew's page: what is to be done in the order one walks it, done once however often it is sent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import httpx
import pytest
from sqlalchemy import select, text, update

from bot.cases.additions import add_words
from bot.cases.assignment import Assignment
from bot.cases.crew_work import crews_at_work
from bot.cases.lookup import find_request
from bot.cases.staff import member_of
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.city.location import Point
from bot.db.session import transaction
from bot.db.tables import ServiceRequest, Staff
from bot.delivery.push import update_request
from tests.alarms import told_danger
from tests.console import PICO, Browser, a_conversation, a_request
from tests.photos import jpeg, truncated
from tests.plans import plan_with

pytestmark = pytest.mark.integration

KEY = "k" * 24


async def given(
    key: str, north: float = 0.0, *, person: str = "maria", crew: str = "", due: date | None = None
) -> str:
    """A request that a person or a crew has, `north` degrees from Pico and 4th."""
    place = replace(PICO, point=Point(PICO.point.lat + north, PICO.point.lon))
    conversation_id = await a_conversation(f"+1310555{len(key):02d}{ord(key[0]):02d}")
    reference = await a_request(key, conversation_id, location=place)
    async with transaction() as session:
        held = Assignment("Public Works", crew, person)
        await update_request(session, Change(reference, Status.OPEN, "staff:vera", assignment=held))
        (await find_request(session, reference)).due_on = due
    return reference


async def step(browser: Browser, reference: str, later: bool = False, **fields: object) -> httpx.Response:
    """Press a button of the page that is open."""
    files = fields.pop("files", None) or {"camera": ("", b"")}
    data = {"csrf_token": browser.hidden("csrf_token"), "key": KEY, **fields}
    headers = {"X-Sent-Later": "1"} if later else {}
    return await browser.client.post(
        f"/console/today/{reference}",
        data=data,  # type: ignore[arg-type]
        files=files,  # type: ignore[arg-type]
        headers=headers,
    )


def shown(page: str) -> list[str]:
    return re.findall(r'id="stop-([\w-]+)"', page)


async def request_of(reference: str) -> ServiceRequest:
    async with transaction() as session:
        return await find_request(session, reference)


async def test_the_most_pressing_comes_first_and_then_always_the_nearest(maria: Browser) -> None:
    far = await given("a", 0.010, due=date(2035, 1, 3))
    first = await given("bb", 0.0, due=date(2035, 1, 1))
    near = await given("ccc", 0.001)
    between = await given("dddd", 0.004, due=date(2035, 1, 2))
    await given("eeeee", 0.0, person="vera")
    page = (await maria.open("/console/today")).text
    assert shown(page) == [first, near, between, far]
    assert "365 ft on" in page or "366 ft on" in page or "364 ft on" in page
    assert re.findall(r'class="pin-label" y="-28">(\d)<', page) == ["4", "3", "2", "1"]


async def test_a_crew_a_department_and_what_is_over(maria: Browser) -> None:
    night = await given("a", person="", crew="Night crew 7")
    mine = await given("bb")
    done = await given("ccc")
    async with transaction() as session:
        await update_request(session, Change(done, Status.ON_HOLD, "staff:vera", "A part."))
        await session.execute(
            update(Staff).where(Staff.username == "maria").values(department="Public Works")
        )
        account = member_of((await session.scalars(select(Staff).where(Staff.username == "vera"))).one())
        assert await crews_at_work(session, account) == ["Night crew 7"]
    assert shown((await maria.open("/console/today")).text) == [mine]
    assert shown((await maria.open("/console/today?whose=crew&crew=Night+crew+7")).text) == [night]
    assert set(shown((await maria.open("/console/today?whose=department")).text)) == {mine, night}
    assert (
        "Nothing is to be done by Nobody" in (await maria.open("/console/today?whose=crew&crew=Nobody")).text
    )


async def test_on_the_way_and_done_with_a_photo_of_the_camera(maria: Browser) -> None:
    reference = await given("a")
    await maria.open("/console/today")
    assert (await step(maria, reference, step="on_the_way")).status_code == 303
    assert (await request_of(reference)).status == Status.IN_PROGRESS
    files = [("camera", ("image.jpg", jpeg()))]
    answer = await step(
        maria, reference, step="done", key="d" * 24, words="Filled.", files=files, whose="mine"
    )
    assert answer.headers["location"] == f"/console/today?whose=mine&crew=&saved={reference}"
    request = await request_of(reference)
    assert (request.status, request.updates[-1].author) == (Status.RESOLVED, "staff:maria")
    assert [one.kind for one in request.photos] == ["completion"]
    assert "<b>Saved.</b>" in (await maria.open(answer.headers["location"])).text


async def test_a_form_that_arrives_twice_is_done_once(maria: Browser) -> None:
    reference = await given("a")
    await maria.open("/console/today")
    for _ in range(2):
        assert (await step(maria, reference, later=True, step="waits", words="A part.")).status_code == 204
    request = await request_of(reference)
    assert [one.to_status for one in request.updates].count(Status.ON_HOLD) == 1


async def test_what_was_refused_may_be_sent_again_with_the_same_key(maria: Browser) -> None:
    reference = await given("a")
    await maria.open("/console/today")
    answer = await step(maria, reference, later=True, step="waits")
    assert (answer.status_code, answer.text.strip()) == (422, "Say why in a few words.")
    assert (await step(maria, reference, later=True, step="waits", words="Rain.")).status_code == 204
    assert (await request_of(reference)).status == Status.ON_HOLD


@pytest.mark.parametrize(
    ("fields", "status", "resolution"),
    [
        ({"step": "nothing_there"}, Status.CLOSED, "nothing_found"),
        ({"step": "waits", "words": "Rain."}, Status.ON_HOLD, None),
        ({"step": "give_back", "words": "Needs a lift."}, Status.OPEN, None),
    ],
)
async def test_why_something_cannot_be_done_is_kept(
    maria: Browser, fields: dict[str, str], status: Status, resolution: str | None
) -> None:
    reference = await given("a")
    await maria.open("/console/today")
    assert (await step(maria, reference, **fields)).status_code == 303
    request = await request_of(reference)
    assert (request.status, request.resolution) == (status, resolution)
    gives_back = fields["step"] == "give_back"
    assert (request.assignee_id is None) is gives_back
    last = request.updates[-1]
    assert (last.internal_note if gives_back else last.public_text) == fields.get("words", "")


async def test_what_has_ended_meanwhile_is_told_and_left_as_it_is(maria: Browser) -> None:
    reference = await given("a")
    await maria.open("/console/today")
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:vera", "Done by others."))
    answer = await step(maria, reference, later=True, step="on_the_way")
    assert answer.status_code == 409
    assert "It has ended meanwhile" in answer.text
    assert len((await request_of(reference)).updates) == 3


async def test_without_scripts_a_problem_comes_back_with_the_words(maria: Browser) -> None:
    reference = await given("a")
    await maria.open("/console/today")
    files = [("camera", ("image.jpg", truncated(jpeg())))]
    answer = await step(maria, reference, step="done", words="Filled it", files=files)
    assert answer.status_code == 422
    assert "A photo could not be used." in answer.text
    assert ">Filled it</textarea>" in answer.text


async def test_viewers_look_and_change_nothing_and_the_phone_is_asked_where_it_is_here_alone(
    maria: Browser,
) -> None:
    reference = await given("a")
    assert "geolocation=(self)" in (await maria.open("/console/today")).headers["permissions-policy"]
    assert "geolocation=()" in (await maria.open("/console/requests")).headers["permissions-policy"]
    await maria.client.post("/console/logout", data={"csrf_token": maria.hidden("csrf_token")})
    await maria.log_in("vera")
    page = (await maria.open("/console/today?whose=mine")).text
    assert '<form method="post" action="/console/today/' not in page
    assert (await step(maria, reference, step="on_the_way")).status_code == 403


async def test_what_a_crew_passes_back_leaves_its_list_and_needs_somebody_until_it_is_given_on(
    maria: Browser,
) -> None:
    reference = await given("a")
    await maria.open("/console/today?whose=mine")
    answer = await step(maria, reference, step="give_back", words="This is Caltrans, not us.")
    assert answer.status_code == 303
    for whose in ("mine", "department"):
        assert f"stop-{reference}" not in (await maria.open(f"/console/today?whose={whose}")).text
    page = (await maria.open("/console/requests")).text
    assert reference in page
    assert "Passed back by the crew" in page
    async with transaction() as session:
        held = Assignment("Public Works", "Crew 9")
        row = await find_request(session, reference)
        await update_request(session, Change(reference, Status(row.status), "staff:vera", assignment=held))
    assert "Passed back by the crew" not in (await maria.open("/console/requests?status=all")).text
    assert f"stop-{reference}" in (await maria.open("/console/today?whose=crew&crew=Crew+9")).text


async def test_the_card_has_what_a_crew_must_know(maria: Browser) -> None:
    reference = await given("a")
    async with transaction() as session:
        row = await find_request(session, reference)
        status = Status(row.status)
        row.answers = {"size": "larger"}
        note = "línea de gas a 2 pies"
        await update_request(session, Change(reference, status, "staff:vera", internal_note=note))
        await add_words(session, row.conversation_id, "it blocks the <i>driveway</i>", reference)
    page = (await maria.open("/console/today?whose=mine")).text
    card = page.partition(f'id="stop-{reference}"')[2].partition("</li>")[0]
    assert note in card
    assert "it blocks the &lt;i&gt;driveway&lt;/i&gt;" in card
    assert "larger" in card.lower()
    assert "Danger" not in card
    await told_danger("+13105550197")
    card = (await maria.open("/console/today?whose=mine")).text.partition(f'id="stop-{reference}"')[2]
    assert "<b>Danger.</b>" in card


async def test_each_list_of_work_is_found_by_its_own_index(maria: Browser) -> None:
    for column, name in (("department", "department"), ("crew", "crew"), ("assignee_id", "person")):
        value = "1" if name == "person" else "'x'"
        query = (
            select(ServiceRequest.id)
            .where(text("service_requests.status IN ('open', 'in_progress')"), text(f"{column} = {value}"))
            .order_by(ServiceRequest.due_on, ServiceRequest.id)
            .limit(40)
        )
        index = f"ix_service_requests_work_of_{name}"
        plan = await plan_with(index, str(query.compile(compile_kwargs={"literal_binds": True})))
        assert index in plan
        assert "Sort" not in plan
