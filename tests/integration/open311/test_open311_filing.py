"""Filing by Open311: a request like any other, and kind words for everything that is none."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select, update

from bot.cases.api_keys import Right
from bot.cases.duplicates import nearest_open_duplicates
from bot.cases.lookup import find_request
from bot.cases.merging import merge_requests
from bot.cases.promises import first_promise
from bot.cases.reported import REPEATED_WITHIN
from bot.city.current import catalogue
from bot.city.location import Point
from bot.db.session import transaction
from bot.db.tables import Audit, Open311Report, ServiceRequest, Subscriber
from tests.console import a_request
from tests.open311 import BLOCK, HERE, V2, Sender, a_key, checked, parsed, problem

pytestmark = pytest.mark.integration


async def how_many() -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count()).select_from(ServiceRequest)) or 0


async def test_it_is_a_request_like_any_other(sender: Sender) -> None:
    reference = await sender.files(
        description="A hole,\nknee-deep.", address_string="in front of the blue house"
    )
    async with transaction() as session:
        row = await find_request(session, reference)
        service = catalogue().services["pothole"]
        assert (row.channel, row.conversation_id, row.department) == ("open311", None, service.department)
        assert row.description == "A hole,\nknee-deep."
        assert (row.address, row.place_text) == ("near 1437 11th St", "in front of the blue house")
        assert row.due_on == first_promise(service, row.created_at)
        assert [one.author for one in row.updates] == ["open311:FixMyStreet"]
        assert await session.scalar(select(func.count()).select_from(Subscriber)) == 0
        audit = await session.scalar(select(Audit).where(Audit.action == "request.filed"))
        assert audit is not None
        assert audit.actor == "open311:FixMyStreet"


async def test_what_lies_near_is_found_from_both_sides_and_can_be_joined(sender: Sender) -> None:
    theirs = await sender.files()
    async with transaction() as session:
        row = await find_request(session, theirs)
        assert row.lat is not None
        assert row.lon is not None
        near = await nearest_open_duplicates(
            session, catalogue().services["pothole"], Point(row.lat, row.lon), 0, row.created_at
        )
        assert [one.reference for one in near] == [theirs]
    other = await a_request()
    async with transaction() as session:
        await merge_requests(session, theirs, other, "staff:ana")
    # Whoever filed it follows its own id, which tells how the other one goes.
    (told,) = await sender.reads(f"requests/{theirs}.json", "Requests")
    assert (told["service_request_id"], told["status"]) == (theirs, "open")
    assert told["address"] == "near 1437 11th St"


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"address_string": "1437 11th St"}, "1437 11th St"),
        ({"address_string": "pico and 4th, Santa Monica, CA 90405"}, "Pico Blvd & 4th St"),
        ({"address_string": "nowhere at all", **HERE}, "near 1437 11th St"),
        ({"address_id": "17", **HERE}, "near 1437 11th St"),
    ],
)
async def test_a_place_is_read_as_the_words_of_a_resident_are(
    sender: Sender, fields: dict[str, str], address: str
) -> None:
    answer = await sender.post(service_code="pothole", **fields)
    async with transaction() as session:
        row = await find_request(session, checked(answer, "Filed")[0]["service_request_id"])
        assert row.address == address


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"lat": "34.0522", "long": "-118.2437"}, "outside Santa Monica"),
        ({"lat": "0", "long": "0"}, "outside Santa Monica"),
        ({"address_string": "Sunset Blvd, West Hollywood"}, "lat and long, or address_string"),
        ({"address_string": "Wilshire Blvd"}, "add a number or a cross street"),
        ({"lat": "34.02"}, "belong together"),
        ({"lat": "34.02", "long": "east"}, "long is not a number"),
        ({"lat": "nan", "long": "inf"}, "lat is not a number"),
        ({"lat": "134", "long": "-118"}, "degrees of WGS 84"),
        ({"address_id": "17"}, "no list of addresses"),
        ({}, "Where is it?"),
        ({"lat": "", "long": "", "address_string": " "}, "Where is it?"),
    ],
)
async def test_what_is_no_place_of_the_city_is_told_why(
    sender: Sender, fields: dict[str, str], words: str
) -> None:
    assert words in problem(await sender.post(service_code="pothole", **fields), 400)
    assert await how_many() == 0


async def test_what_happened_nowhere_needs_no_place(sender: Sender) -> None:
    answer = await sender.post(
        service_code="public_records", description="Minutes of May.", **asked("public_records")
    )
    assert answer.status_code == 201
    async with transaction() as session:
        row = await find_request(session, answer.json()[0]["service_request_id"])
        assert (row.address, row.lat) == ("", None)


async def test_services_that_are_none_are_told_apart_from_none(sender: Sender) -> None:
    assert "service_code is missing" in problem(await sender.post(**HERE), 400)
    assert "no such service" in problem(await sender.post(service_code="horse", **HERE), 404)


def asked(code: str) -> dict[str, str]:
    """An answer to each required question of a service."""
    return {
        f"attribute[{one.code}]": one.choices[0].code if one.choices else "7"
        for one in catalogue().services[code].questions
        if one.required
    }


async def test_answers_are_kept_as_the_dialogue_keeps_them(sender: Sender) -> None:
    for service in catalogue().services.values():
        fields = asked(service.code)
        answer = await sender.post(service_code=service.code, **fields, **HERE)
        assert answer.status_code == 201, answer.text
        async with transaction() as session:
            row = await find_request(session, answer.json()[0]["service_request_id"])
            assert {f"attribute[{code}]": said for code, said in row.answers.items()} == fields


async def test_all_that_is_wrong_with_answers_is_told_at_once(sender: Sender) -> None:
    service = next(
        one
        for one in catalogue().services.values()
        if any(question.required and question.choices for question in one.questions)
    )
    (question, *_) = [one for one in service.questions if one.required and one.choices]
    name = f"attribute[{question.code}]"
    assert f"{name} is missing" in problem(await sender.post(service_code=service.code, **HERE), 400)
    wrong = await sender.post(service_code=service.code, **HERE, **{name: "purple", "attribute[shoe]": "9"})
    told = problem(wrong, 400)
    assert question.choices[0].code in told
    assert "attribute[shoe]" in told
    assert f"{name} is missing" not in told
    codes = [choice.code for choice in question.choices[:2]]
    assert "one value" in problem(
        await sender.post(service_code=service.code, **HERE, **{f"{name}[]": codes}), 400
    )
    assert await how_many() == 0


async def test_a_key_is_needed_that_may_file(stranger: Sender) -> None:
    fields = {"service_code": "pothole", **HERE}
    assert "missing" in problem(await stranger.post(**fields), 403)
    assert "do not know" in problem(await stranger.post(**fields, api_key="cl_wrong"), 403)
    reading = Sender(stranger.client, await a_key("Reader", Right.UPDATE))
    assert "no right" in problem(await reading.post(**fields), 403)
    assert await how_many() == 0
    header = {"x-api-key": await a_key("Header", Right.FILE)}
    answer = await stranger.client.post(f"{V2}/requests.json", data=fields, headers=header)
    assert answer.status_code == 201


async def test_the_same_once_more_is_the_same_request(sender: Sender) -> None:
    fields = {"account_id": "77", "email": "ana@example.org"}
    first = await sender.files(**fields)
    again = await sender.post(service_code="pothole", description="A deep hole.", **HERE, **fields)
    assert again.status_code == 200
    assert checked(again, "Filed")[0]["service_request_id"] == first
    signed = {"media_url": "https://photos.example.org/1.jpg?signature=new"}
    assert (
        await sender.post(service_code="pothole", description="A deep hole.", **HERE, **fields, **signed)
    ).status_code == 200
    assert await sender.files(account_id="78", email="ana@example.org") != first
    other = Sender(sender.client, await a_key("Other"))
    assert await other.files(**fields) != first
    async with transaction() as session:
        await session.execute(
            update(Open311Report).values(
                created_at=Open311Report.created_at - REPEATED_WITHIN - timedelta(hours=1)
            )
        )
    assert await sender.files(**fields) != first


async def test_two_that_come_at_once_are_one(sender: Sender) -> None:
    fields = {"service_code": "pothole", "description": "A hole.", **HERE}
    answers = await asyncio.gather(*(sender.post(**fields) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()[0]["service_request_id"] for answer in answers}) == 1
    assert await how_many() == 1


async def test_what_residents_should_know_comes_with_the_answer(sender: Sender) -> None:
    service = next(
        one
        for one in catalogue().services.values()
        if one.guidance and not one.guidance_for and not asked(one.code)
    )
    assert service.guidance is not None
    answer = await sender.post(service_code=service.code, **HERE)
    assert answer.json()[0]["service_notice"] == service.guidance["en"]
    root = parsed(
        await sender.post("requests.xml", service_code=service.code, lang="es", description="x", **HERE)
    )
    assert root.tag == "service_requests"
    assert root.find("request/account_id") is not None


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"service_code=pothole&description=%ff%fe", 400, "not UTF-8"),
        (b"service_code=pothole&description=%ed%a0%bd", 400, "not UTF-8"),
        ("service_code=pothole&description=agüjero".encode("latin-1"), 400, "not UTF-8"),
        (b"description=" + b"x" * 10_000_000, 413, "too long"),
        (b"description=" + b"x" * 4_001, 400, "4,000 characters"),
        (b"first_name=" + b"x" * 200, 400, "first_name"),
        (b"&".join(b"a%d=1" % number for number in range(300)), 400, "At most 200 fields"),
        (b"", 400, "service_code is missing"),
        (b"\x00\x01\x02", 400, "service_code is missing"),
    ],
)
async def test_odd_bytes_are_told_what_is_wrong_with_them(
    sender: Sender, body: bytes, status: int, words: str
) -> None:
    extra = urlencode({"api_key": sender.key, **HERE}).encode()
    # First what is needed, so that only the odd part is at fault.
    fields = b"&".join(filter(None, (body, extra)))
    if b"service_code" not in body and status == 400 and "service_code" not in words:
        fields += b"&service_code=pothole"
    answer = await sender.client.post(
        f"{V2}/requests.json", content=fields, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert words in problem(answer, status)
    assert await how_many() == 0


async def test_other_forms_of_a_body_are_told_which_one_is_taken(sender: Sender) -> None:
    for answer in (
        await sender.client.post(f"{V2}/requests.json", json={"service_code": "pothole"}),
        await sender.client.post(f"{V2}/requests.json", files={"media": b"x"}),
    ):
        assert "form-urlencoded" in problem(answer, 400)


async def test_words_are_kept_as_people_read_them(sender: Sender) -> None:
    reference = await sender.files(
        description="Un hoyo\x00 \U0001f573\ufe0f en la ｃalle\u202e <script>\r\nya"
    )
    async with transaction() as session:
        row = await find_request(session, reference)
    assert row.description == "Un hoyo \U0001f573\ufe0f en la ｃalle <script>\nya"
    assert BLOCK not in row.description
