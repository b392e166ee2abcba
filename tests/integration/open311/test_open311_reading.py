"""Reading requests: who sees which and how much of each, filters, pages, and what became of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.cases.lookup import find_request
from bot.cases.merging import merge_requests
from bot.cases.showing import show_photo, write_summary
from bot.cases.status import Resolution, Status
from bot.city.location import Location, LocationKind, Point
from bot.db.session import transaction
from bot.db.tables import RequestPhoto, ServiceRequest
from tests.console import a_conversation, a_request
from tests.open311 import BLOCK, V2, PhotoOf, Sender, a_key, change, offered, parsed, problem, show, told_by

pytestmark = pytest.mark.integration

HOME = Location(Point(34.021034, -118.487499), LocationKind.ADDRESS, "1437 11th St", zip_code="90401")


def ids(told: list[dict[str, str]]) -> list[str]:
    return [one["service_request_id"] for one in told]


async def at(reference: str, moment: datetime) -> None:
    """As if it had been filed then, and left alone since."""
    async with transaction() as session:
        await session.execute(
            update(ServiceRequest)
            .where(ServiceRequest.reference == reference)
            .values(created_at=moment, updated_at=moment)
        )


async def test_everybody_sees_what_staff_chose_and_a_key_what_it_filed(
    stranger: Sender, sender: Sender
) -> None:
    filed, texted = await sender.files(), await a_request(location=HOME)
    assert await stranger.reads("requests.json", "Requests") == []
    assert ids(await sender.reads("requests.json", "Requests")) == [filed]
    problem(await stranger.get(f"requests/{texted}.json"), 404)
    problem(await sender.get(f"requests/{texted}.json"), 404)
    other = Sender(sender.client, await a_key("Other"))
    assert await other.reads("requests.json", "Requests") == []
    await show(texted)
    assert ids(await stranger.reads("requests.json", "Requests")) == [texted]
    assert ids(await sender.reads("requests.json", "Requests")) == [texted, filed]
    await show(texted, listed=False)
    assert await stranger.reads("requests.json", "Requests") == []


async def test_what_a_system_publishes_itself_is_on_show_from_the_start(
    stranger: Sender, sender: Sender
) -> None:
    public = Sender(sender.client, await a_key("Public", shown=True))
    filed = await public.files(description="Ana lives here.")
    (told,) = await stranger.reads("requests.json", "Requests")
    assert (told["service_request_id"], told["address"], told["description"]) == (filed, BLOCK, None)
    # FixMyStreet asks for updates without its key.
    await change(filed, Status.IN_PROGRESS, "On our list.")
    (update,) = await stranger.reads("servicerequestupdates.json", "Updates")
    assert (update["service_request_id"], update["description"]) == (filed, "On our list.")
    await show(filed, listed=False)
    assert await stranger.reads("requests.json", "Requests") == []


async def test_a_city_may_show_every_request(stranger: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    texted = await a_request(location=HOME)
    with offered(monkeypatch, CITYLINE_OPEN311="all"):
        assert ids(await stranger.reads("requests.json", "Requests")) == [texted]


async def test_strangers_are_told_the_block_and_who_filed_it_the_house(
    stranger: Sender, sender: Sender
) -> None:
    filed = await sender.files(address_string="1437 11th St", lat="", long="")
    await show(filed)
    (far,) = await stranger.reads("requests.json", "Requests")
    (near,) = await sender.reads("requests.json", "Requests")
    assert (far["address"], near["address"]) == (BLOCK, "1437 11th St")
    assert (far["lat"], far["long"]) != (near["lat"], near["long"])
    assert (await stranger.reads("requests.json", "Requests", lang="es"))[0][
        "address"
    ] == "cuadra 1400 de 11th St"


async def test_what_it_is_about_is_told_in_words_of_staff_unless_the_city_says_otherwise(
    stranger: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await a_request(description="Call me, 310 555 0123. It is deep.")
    await show(reference)
    assert (await stranger.reads("requests.json", "Requests"))[0]["description"] is None
    with offered(monkeypatch, CITYLINE_OPEN311_DESCRIPTIONS="residents"):
        told = (await stranger.reads("requests.json", "Requests"))[0]["description"]
        assert told == "Call me, [removed]. It is deep."
        async with transaction() as session:
            await write_summary(session, reference, "A deep hole.", "staff:ana")
        assert (await stranger.reads("requests.json", "Requests"))[0]["description"] == "A deep hole."
    assert (await stranger.reads("requests.json", "Requests"))[0]["description"] == "A deep hole."


async def test_how_it_stands_is_told_with_its_words_and_days(stranger: Sender) -> None:
    reference = await a_request()
    await show(reference)
    (told,) = await stranger.reads(f"requests/{reference}.json", "Requests")
    assert told["status"] == "open"
    assert told["expected_datetime"].endswith("Z")
    assert "look into it" in told["status_notes"]
    await change(reference, Status.IN_PROGRESS, "A crew comes on Tuesday.")
    (told,) = await stranger.reads(f"requests/{reference}.json", "Requests")
    assert (told["status"], told["status_notes"]) == ("open", "A crew comes on Tuesday.")
    await change(reference, Status.CLOSED, resolution=Resolution.NOT_OURS, referred_to="Caltrans")
    (told,) = await stranger.reads(f"requests/{reference}.json", "Requests")
    assert (told["status"], told["agency_responsible"], told["expected_datetime"]) == (
        "closed",
        "Caltrans",
        None,
    )
    async with transaction() as session:
        row = await find_request(session, reference)
    assert row.ended_at is not None
    assert told["updated_datetime"] == row.ended_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    xml = parsed(await stranger.get(f"requests/{reference}.xml"))
    assert {name: value or "" for name, value in told_by(xml[0]).items()} == {
        name: "" if value is None else str(value) for name, value in told.items()
    }


async def test_extensions_are_told_to_who_asks_for_them(stranger: Sender, sender: Sender) -> None:
    filed = await sender.files()
    await show(filed)
    await change(filed, Status.ON_HOLD, "We wait for asphalt.")
    (plain,) = await stranger.reads("requests.json", "Requests")
    assert "extended_attributes" not in plain
    (far,) = await stranger.reads("requests.json", "Requests", extensions="true")
    assert far["extended_attributes"]["status"] == "on_hold"
    assert far["extended_attributes"]["page_url"] is None
    (note,) = far["notes"]
    assert (note["description"], note["type"]) == ("We wait for asphalt.", "on_hold")
    (near,) = await sender.reads("requests.json", "Requests", extensions="true")
    page = await sender.client.get(near["extended_attributes"]["page_url"], headers={"accept": "text/html"})
    assert page.status_code == 200
    assert (
        parsed(await stranger.get("requests.xml", extensions="true")).find("request/notes/note") is not None
    )


async def test_ids_are_asked_for_by_list_and_override_all_else(sender: Sender) -> None:
    first, second, third = [await sender.files(description=str(number)) for number in range(3)]
    listed = f"{third}, {first.lower()} ,{first},SM-000000,nonsense"
    told = await sender.reads("requests.json", "Requests", service_request_id=listed, status="closed")
    assert ids(told) == [third, first]
    assert await sender.reads("requests.json", "Requests", service_request_id="nonsense") == []
    (token,) = await sender.reads(f"tokens/{second}.json", "Tokens")
    assert token == {"service_request_id": second, "token": second}
    problem(await sender.get("tokens/123456.json"), 404)


async def test_services_states_and_days_narrow_it(sender: Sender) -> None:
    now = datetime.now(UTC)
    hole, lamp = await sender.files(), await sender.files(service_code="streetlight")
    await change(lamp, Status.RESOLVED, "Shines again.")
    old = await sender.files(description="long ago")
    await at(old, now - timedelta(days=100))

    async def told(**query: str) -> list[str]:
        return ids(await sender.reads("requests.json", "Requests", **query))

    assert await told() == [lamp, hole]
    assert await told(service_code="pothole") == [hole]
    assert await told(service_code="pothole,streetlight,horse") == [lamp, hole]
    assert await told(status="open") == [hole]
    assert await told(status="Closed") == [lamp]
    assert await told(status="open,closed") == [lamp, hole]
    long_ago = (now - timedelta(days=120)).isoformat()
    assert await told(start_date=long_ago) == [old]
    assert await told(end_date=(now - timedelta(days=95)).isoformat()) == [old]
    assert await told(start_date="2024-01-01T00:00:00Z", end_date="2024-02-01T00:00:00 01:00") == []
    # Whoever asks what changed lately is told however long ago it was filed.
    since = now - timedelta(minutes=1)
    assert old not in await told(updated_after=since.isoformat())
    await change(old, Status.IN_PROGRESS)
    assert old in await told(updated_after=since.isoformat())
    assert await told(updated_after="2099-01-01T00:00:00Z") == []


async def test_what_was_just_shown_is_news_to_who_asks_what_changed(stranger: Sender) -> None:
    reference, now = await a_request(), datetime.now(UTC)
    await at(reference, now - timedelta(days=10))
    await show(reference)
    since = (now - timedelta(minutes=1)).isoformat()
    assert ids(await stranger.reads("requests.json", "Requests", updated_after=since)) == [reference]


async def test_pages_leave_out_nothing_and_tell_nothing_twice(sender: Sender) -> None:
    filed = [await sender.files(description=str(number)) for number in range(5)]
    pages = [
        ids(await sender.reads("requests.json", "Requests", page=str(page), page_size="2"))
        for page in (1, 2, 3, 4)
    ]
    assert pages == [filed[:2:-1], filed[2:0:-1], filed[:1], []]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"start_date": "yesterday"}, "start_date"),
        ({"start_date": "2026-11-30T12:00:00"}, "time zone"),
        ({"end_date": "0001-01-01T00:00:00Z"}, "start_date and end_date"),
        ({"start_date": "0001-01-01T00:00:00+14:00"}, "start_date"),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"}, "90 days"),
        ({"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, "the first comes first"),
        ({"status": "fixed"}, "open, closed"),
        ({"page": "0"}, "1 to 10000"),
        ({"page": "two"}, "page"),
        ({"page_size": "1001"}, "1 to 1000"),
        ({"updated_after": "2026"}, "updated_after"),
    ],
)
async def test_questions_that_make_no_sense_are_told_why(
    stranger: Sender, query: dict[str, str], words: str
) -> None:
    assert words in problem(await stranger.get("requests.json", **query), 400)


@pytest.mark.parametrize("raw", ["service_code=a%00b", "service_request_id=%00", "status=%00"])
async def test_a_nul_in_a_question_is_nothing(stranger: Sender, raw: str) -> None:
    assert (await stranger.client.get(f"{V2}/requests.json?{raw}")).status_code == 200


async def test_photos_are_there_as_long_as_they_are_shown(
    stranger: Sender, sender: Sender, photo_of: PhotoOf
) -> None:
    filed = await sender.files()
    await show(filed)
    photo_id = await photo_of(filed)
    assert (await stranger.reads("requests.json", "Requests"))[0]["media_url"] is None
    async with transaction() as session:
        await show_photo(session, filed, photo_id, "staff:ana", shown=True)
    (far,) = await stranger.reads("requests.json", "Requests")
    (near,) = await sender.reads("requests.json", "Requests")
    assert f"/requests/{filed}/photos/" in far["media_url"]
    assert "/r/" in near["media_url"]
    for address in (far["media_url"], near["media_url"]):
        answer = await stranger.client.get(address)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
    async with transaction() as session:
        await show_photo(session, filed, photo_id, "staff:ana", shown=False)
    for address in (far["media_url"], near["media_url"]):
        assert (await stranger.client.get(address)).status_code == 404
    assert (await stranger.client.get(f"{V2}/requests/{filed}/photos/x.jpg")).status_code in (400, 404)


async def test_a_joined_request_is_told_by_the_other_one_but_to_who_knows_no_other_name(
    stranger: Sender, sender: Sender
) -> None:
    filed, other = await sender.files(), await a_request("two", await a_conversation("+13105550188"))
    for reference in (filed, other):
        await show(reference)
    async with transaction() as session:
        await merge_requests(session, filed, other, "staff:ana")
    assert ids(await stranger.reads("requests.json", "Requests")) == [other]
    assert ids(await sender.reads("requests.json", "Requests")) == [other, filed]
    await change(other, Status.RESOLVED, "Filled.")
    assert ids(await sender.reads("requests.json", "Requests", status="closed")) == [other, filed]
    (told,) = await sender.reads(f"requests/{filed}.json", "Requests", extensions="true")
    assert (told["status"], told["status_notes"]) == ("closed", "Filled.")
    assert [note["type"] for note in told["notes"]] == ["duplicate", "fixed"]
    updates = await sender.reads("servicerequestupdates.json", "Updates")
    assert [(one["service_request_id"], one["external_status_code"]) for one in updates] == [
        (filed, "duplicate"),
        (filed, "fixed"),
        (other, "fixed"),
    ]


async def test_a_photo_of_another_request_is_not_shown_by_this_one(
    stranger: Sender, sender: Sender, photo_of: PhotoOf
) -> None:
    filed, other = await sender.files(), await sender.files(description="other")
    await show(filed)
    photo_id = await photo_of(other)
    async with transaction() as session:
        await session.execute(update(RequestPhoto).values(cleared=True))
    assert (await stranger.client.get(f"{V2}/requests/{filed}/photos/{photo_id}.jpg")).status_code == 404
