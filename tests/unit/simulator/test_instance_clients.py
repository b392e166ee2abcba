"""The played instance, checked with clients that others wrote for the real one: pysnow and aiosnow."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.instance import RunningInstance, running_instance

CASES = "sn_customerservice_case"


@pytest.fixture
def running() -> Iterator[RunningInstance]:
    with running_instance(["Public Works"]) as running:
        yield running


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "filled.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0" + b"\0" * 64)
    return path


# pysnow


def _pysnow() -> Any:
    return pytest.importorskip("pysnow", reason="NOT CHECKED with pysnow: it is missing (make install-dev)")


@pytest.fixture
def resource(running: RunningInstance) -> Iterator[Any]:
    access = running.api.access
    host = urlsplit(running.url).netloc
    client = _pysnow().Client(host=host, user=access.username, password=access.password, use_ssl=False)
    yield client.resource(api_path=f"/table/{CASES}")
    client.close()


def test_pysnow_makes_finds_changes_and_deletes(resource: Any, running: RunningInstance) -> None:
    made = resource.create({"short_description": "Pothole", "u_adress": "4th St"}).one()
    assert made["number"] == "CS0001001"
    assert "u_adress" not in made
    found = resource.get(query={"number": "CS0001001"}).one()
    assert (found["sys_id"], found["state"]) == (made["sys_id"], "1")
    changed = resource.update({"sys_id": made["sys_id"]}, {"state": "10", "comments": "Soon."}).one()
    assert changed["state"] == "10"
    assert running.written(made["sys_id"], "comments") == ["Soon."]
    assert resource.delete({"sys_id": made["sys_id"]})["status"] == "record deleted"
    assert resource.get(query={"number": "CS0001001"}).one_or_none() is None


def test_pysnow_queries_pages_orders_and_streams(resource: Any) -> None:
    pysnow = _pysnow()
    for number in range(6):
        resource.create({"short_description": f"Pothole {number}", "category": str(number % 3)})

    def shown(query: Any, **asked: Any) -> list[str]:
        return [row["short_description"][-1] for row in resource.get(query=query, **asked).all()]

    builder = pysnow.QueryBuilder().field("category").equals("0").OR().field("category").equals("2")
    assert shown(builder.AND().field("number").order_descending()) == ["5", "3", "2", "0"]
    builder = pysnow.QueryBuilder().field("category").equals(["0", "1"])
    assert shown(builder.AND().field("number").order_ascending(), limit=2, offset=1) == ["1", "3"]
    builder = pysnow.QueryBuilder().field("short_description").contains("hole 4")
    assert shown(builder, stream=True, fields=["short_description"]) == ["4"]
    builder = pysnow.QueryBuilder().field("category").equals("1").NQ().field("short_description")
    assert sorted(shown(builder.ends_with("5"))) == ["1", "4", "5"]


def test_pysnow_reads_display_values_and_references(resource: Any, running: RunningInstance) -> None:
    resource.create({"assignment_group": "Public Works"})
    (row,) = resource.get(query={}, fields=["state", "assignment_group"]).all()
    assert row["assignment_group"]["value"] == running.instance.group_id("Public Works")
    resource.parameters.display_value = True
    resource.parameters.exclude_reference_link = True
    (row,) = resource.get(query={}, fields=["state", "assignment_group"]).all()
    assert row == {"state": "New", "assignment_group": "Public Works"}


def test_pysnow_hears_that_a_closed_record_is_read_only(resource: Any, running: RunningInstance) -> None:
    import requests

    sys_id = resource.create({}).one()["sys_id"]
    resource.update({"sys_id": sys_id}, {"state": "3"})
    before = dict(running.only())
    with pytest.raises(requests.HTTPError) as refused:
        resource.update({"sys_id": sys_id}, {"comments": "hello"}).one()
    assert refused.value.response.status_code == 403
    assert running.only() == before


def test_pysnow_puts_files_lists_and_deletes_them(
    resource: Any, running: RunningInstance, photo: Path
) -> None:
    sys_id = resource.create({}).one()["sys_id"]
    put = resource.attachments.upload(sys_id=sys_id, file_path=str(photo)).one()
    assert (put["file_name"], put["table_sys_id"]) == ("filled.jpg", sys_id)
    (listed,) = resource.attachments.get(sys_id=sys_id)
    assert listed["size_bytes"] == "68"
    resource.attachments.delete(listed["sys_id"])
    assert running.files(sys_id) == []


def test_pysnow_gets_a_token_and_renews_it_when_it_has_ended(
    running: RunningInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    pysnow = _pysnow()
    # Its library asks for TLS, which a stand-in on loopback has not got.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    access, renewed = running.api.access, []
    client = pysnow.OAuthClient(
        client_id=access.client_id,
        client_secret=access.client_secret,
        token_updater=renewed.append,
        host=urlsplit(running.url).netloc,
        use_ssl=False,
    )
    token = client.generate_token(access.username, access.password)
    client.set_token({**token, "expires_at": 1.0, "expires_in": -1})
    access.tokens.clear()
    assert client.resource(api_path=f"/table/{CASES}").get(query={}).all() == []
    assert len(renewed) == 1
    assert renewed[0]["access_token"] in access.tokens


# aiosnow


def _aiosnow() -> Any:
    return pytest.importorskip("aiosnow", reason="NOT CHECKED with aiosnow: it is missing (make install-dev)")


@pytest.fixture
async def cases(running: RunningInstance) -> AsyncIterator[Any]:
    aiosnow = _aiosnow()

    class Case(aiosnow.TableModel):  # type: ignore[misc, name-defined]
        sys_id = aiosnow.fields.String(is_primary=True)
        number = aiosnow.fields.String()
        short_description = aiosnow.fields.String()
        state = aiosnow.fields.IntegerMap()
        sys_created_on = aiosnow.fields.DateTime()

    who = (running.api.access.username, running.api.access.password)
    client = aiosnow.Client(urlsplit(running.url).netloc, basic_auth=who, use_ssl=False)
    async with Case(client, table_name=CASES) as model:
        yield model


async def test_aiosnow_makes_finds_changes_and_deletes(cases: Any, running: RunningInstance) -> None:
    made = await cases.create({"short_description": "Pothole"})
    assert made["number"] == "CS0001001"
    assert (made["state"].key, made["state"].value) == (1, "New")
    changed = await cases.update(cases.number == "CS0001001", {"state": 10})
    assert changed["state"].value == "Open"
    found = await cases.get_one(cases.sys_id == made["sys_id"])
    assert found["sys_created_on"].year >= 2026
    await cases.delete(found["sys_id"])
    assert running.records() == []


async def test_aiosnow_selects_and_pages(cases: Any) -> None:
    for number in range(5):
        await cases.create({"short_description": f"Pothole {number}"})
    selection = cases.short_description.ends_with("1") | cases.short_description.ends_with("3")
    found = (await cases.get(selection)).data
    assert sorted(row["short_description"][-1] for row in found) == ["1", "3"]
    pages = [row["number"] async for _, row in cases.stream("ORDERBYnumber", page_size=2)]
    assert pages == [f"CS000100{number}" for number in range(1, 6)]


async def test_aiosnow_puts_a_file_and_fetches_it_again(
    cases: Any, running: RunningInstance, photo: Path, tmp_path: Path
) -> None:
    made = await cases.create({"short_description": "Pothole"})
    await cases.upload_file(cases.sys_id == made["sys_id"], str(photo))
    assert running.files(made["sys_id"]) == ["filled.jpg"]
    (kept,) = running.instance.attachments
    await cases.download_file(cases._attachment.sys_id == kept, str(tmp_path / "there"))
    assert _same(tmp_path / "there" / "filled.jpg", photo)


def _same(one: Path, other: Path) -> bool:
    return one.read_bytes() == other.read_bytes()
