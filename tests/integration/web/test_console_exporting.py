"""Requests as a file: what the list has, for who may see it, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json

import pytest
from sqlalchemy import select, update

from bot.cases.staff import Role, create_staff
from bot.db.session import transaction
from bot.db.tables import Audit, ServiceRequest
from bot.web.console import exporting
from tests.console import PASSWORD, Browser, a_request

pytestmark = pytest.mark.integration


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


async def test_the_file_has_what_the_filter_leaves_in_parts_of_any_size(
    maria: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    references = [await a_request(f"r{number}") for number in range(5)]
    answer = await maria.open("/console/requests-export/csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="requests-' in answer.headers["content-disposition"]
    rows = read(answer.text)
    assert [row["reference"] for row in rows] == references[::-1]
    assert rows[0]["service"] == "Pothole or damaged road"
    assert float(rows[0]["lat"]) == pytest.approx(34.0, abs=0.2)
    assert read((await maria.open("/console/requests-export/csv?status=closed")).text) == []
    assert "requests-export/csv?status=open" in (await maria.open("/console/requests?status=open")).text


async def test_a_map_reads_each_request_where_it_is_and_those_that_are_nowhere(maria: Browser) -> None:
    placed, nowhere = await a_request("one"), await a_request("two")
    async with transaction() as session:
        change = update(ServiceRequest).where(ServiceRequest.reference == nowhere)
        await session.execute(change.values(lat=None, lon=None, address=""))
    told = json.loads((await maria.open("/console/requests-export/geojson?status=all")).text)
    assert told["type"] == "FeatureCollection"
    geometries = {one["id"]: one["geometry"] for one in told["features"]}
    assert geometries[nowhere] is None
    lon, lat = geometries[placed]["coordinates"]
    assert (round(lat), round(lon)) == (34, -118)
    assert (
        json.loads((await maria.open("/console/requests-export/geojson?status=closed")).text)["features"]
        == []
    )


@pytest.mark.parametrize("words", ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(A1)", "\t=1", " =1"])
async def test_what_a_resident_writes_is_no_formula(maria: Browser, words: str) -> None:
    reference = await a_request()
    async with transaction() as session:
        change = update(ServiceRequest).where(ServiceRequest.reference == reference)
        await session.execute(change.values(description=words, address=words, crew=words))
    (row,) = read((await maria.open("/console/requests-export/csv?status=all")).text)
    assert {row["about"], row["address"], row["crew"]} <= {f"'{words}", f"'{words.strip()}"}


async def test_rows_that_others_made_oddly_are_in_the_file(maria: Browser) -> None:
    reference = await a_request()
    async with transaction() as session:
        change = update(ServiceRequest).where(ServiceRequest.reference == reference)
        await session.execute(
            change.values(service_code="of_old", department="Gone", lat=None, lon=-118.4, location_kind=None)
        )
    (row,) = read((await maria.open("/console/requests-export/csv?status=all")).text)
    assert (row["service_code"], row["department"], row["lat"]) == ("of_old", "Gone", "")
    (feature,) = json.loads((await maria.open("/console/requests-export/geojson?status=all")).text)[
        "features"
    ]
    assert feature["geometry"] is None


async def test_nobody_takes_away_what_they_may_not_see_and_who_took_what_is_kept(browser: Browser) -> None:
    ours, theirs = await a_request("one"), await a_request("two")
    async with transaction() as session:
        await create_staff(
            session,
            "cora",
            PASSWORD,
            name="Cora",
            role=Role.AGENT,
            department="Police",
            own_department_only=True,
        )
        change = update(ServiceRequest).where(ServiceRequest.reference == ours)
        await session.execute(change.values(department="Police", description="hole, call me at 310-555-0199"))
    await browser.log_in("cora")
    text = (await browser.open("/console/requests-export/csv?q=pico&department=Police")).text
    assert ours in text
    assert theirs not in text
    assert "555-01" not in text
    async with transaction() as session:
        noted = (await session.scalars(select(Audit).where(Audit.action == "requests.exported"))).one()
    assert (noted.actor, noted.subject_id) == ("staff:cora", "csv")
    assert noted.detail == {"department": "Police", "searched": True}
