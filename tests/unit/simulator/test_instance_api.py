"""The REST APIs of the played instance, asked without a client library."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from bot.certificates import believed
from tests.instance import RunningInstance, running_instance

CASES = "/api/sn_customerservice/case"
TABLE = "/api/now/table/sn_customerservice_case"


@pytest.fixture
def running() -> Iterator[RunningInstance]:
    with running_instance(["Public Works"]) as running:
        yield running


@pytest.fixture
async def http(running: RunningInstance) -> AsyncIterator[httpx.AsyncClient]:
    who = (running.api.access.username, running.api.access.password)
    async with httpx.AsyncClient(base_url=running.url, auth=who, verify=believed()) as client:
        yield client


async def _case(http: httpx.AsyncClient, **values: str) -> str:
    answer = await http.post(CASES, json=values)
    assert answer.status_code == 201
    sys_id: str = answer.json()["result"]["sys_id"]
    return sys_id


@pytest.mark.parametrize(
    "header", [None, "Basic !!", "Basic " + base64.b64encode(b"cityline:wrong").decode(), "Bearer nothing"]
)
async def test_nobody_unknown_is_let_in(running: RunningInstance, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    async with httpx.AsyncClient(base_url=running.url, headers=headers, verify=believed()) as stranger:
        answer = await stranger.get(TABLE)
    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "User Not Authenticated"


async def test_what_is_not_there_is_404_and_what_is_closed_403(http: httpx.AsyncClient) -> None:
    assert (await http.get(f"{TABLE}/{'0' * 32}")).status_code == 404
    assert (await http.delete(f"{TABLE}/{'0' * 32}")).status_code == 404
    sys_id = await _case(http)
    assert (await http.patch(f"{TABLE}/{sys_id}", json={"state": "3"})).status_code == 200
    answer = await http.put(f"{CASES}/{sys_id}", json={"comments": "hello"})
    assert answer.status_code == 403
    assert "Business Rule" in answer.json()["error"]["detail"]
    assert (await http.delete(f"{TABLE}/{sys_id}")).status_code == 204


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ""), ("GET", "/1"), ("PATCH", "/1")])
async def test_a_table_that_is_none_is_refused(http: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await http.request(method, f"/api/now/table/no_table{path}", json={})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Invalid table")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"'])
async def test_a_body_that_cannot_be_read_changes_nothing(
    http: httpx.AsyncClient, running: RunningInstance, body: bytes
) -> None:
    assert (await http.post(TABLE, content=body)).status_code == 400
    assert running.records() == []
    sys_id = await _case(http, short_description="Pothole")
    assert (await http.patch(f"{TABLE}/{sys_id}", content=body)).status_code == 400
    assert running.only()["sys_mod_count"] == "0"


async def test_unknown_fields_are_ignored_and_asking_for_them_gives_nothing(http: httpx.AsyncClient) -> None:
    sys_id = await _case(http, short_description="Pothole", u_adress="4th St")
    answer = await http.get(f"{TABLE}/{sys_id}", params={"sysparm_fields": "number,u_adress"})
    assert answer.json()["result"] == {"number": "CS0001001"}


async def test_too_many_requests_are_told_when_to_come_again(
    http: httpx.AsyncClient, running: RunningInstance
) -> None:
    running.api.failing.statuses += [429, 503]
    running.api.failing.retry_after = "7"
    answers = [await http.get(TABLE) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 503, 200]
    assert answers[0].headers["retry-after"] == "7"


async def test_what_was_done_may_be_answered_by_nobody(
    http: httpx.AsyncClient, running: RunningInstance
) -> None:
    running.api.failing.lost_answers = 1
    assert (await http.post(TABLE, json={"short_description": "Pothole"})).status_code == 504
    assert running.only()["short_description"] == "Pothole"


async def test_a_long_list_comes_in_pages_with_its_whole_count(http: httpx.AsyncClient) -> None:
    for number in range(5):
        await _case(http, short_description=f"Pothole {number}")
    seen = []
    for offset in (0, 2, 4, 6):
        query = {"sysparm_query": "ORDERBYnumber", "sysparm_limit": 2, "sysparm_offset": offset}
        answer = await http.get(TABLE, params={**query, "sysparm_fields": "short_description"})
        assert answer.headers["x-total-count"] == "5"
        seen.append([row["short_description"][-1] for row in answer.json()["result"]])
    assert seen == [["0", "1"], ["2", "3"], ["4"], []]
    in_the_middle = await http.get(TABLE, params={"sysparm_limit": 2, "sysparm_offset": 2})
    starts = {
        name: httpx.URL(link["url"]).params["sysparm_offset"] for name, link in in_the_middle.links.items()
    }
    assert starts == {"first": "0", "prev": "0", "next": "4", "last": "4"}
    assert "link" not in (await http.get(TABLE)).headers


async def test_values_display_values_or_both_and_links_of_references(
    http: httpx.AsyncClient, running: RunningInstance
) -> None:
    sys_id = await _case(http, assignment_group="Public Works")
    group = running.instance.group_id("Public Works")
    link = f"{running.url}/api/now/table/sys_user_group/{group}"

    async def shown(**asked: str) -> object:
        params = {"sysparm_fields": "state,assignment_group,parent", **asked}
        return (await http.get(f"{TABLE}/{sys_id}", params=params)).json()["result"]

    assert await shown() == {"state": "1", "assignment_group": {"link": link, "value": group}, "parent": ""}
    assert await shown(sysparm_exclude_reference_link="true") == {
        "state": "1",
        "assignment_group": group,
        "parent": "",
    }
    assert await shown(sysparm_display_value="true", sysparm_exclude_reference_link="true") == {
        "state": "New",
        "assignment_group": "Public Works",
        "parent": "",
    }
    assert await shown(sysparm_display_value="all", sysparm_exclude_reference_link="true") == {
        "state": {"value": "1", "display_value": "New"},
        "assignment_group": {"value": group, "display_value": "Public Works"},
        "parent": {"value": "", "display_value": ""},
    }


async def test_files_are_put_at_a_record_listed_and_fetched(http: httpx.AsyncClient) -> None:
    sys_id = await _case(http)
    where = {"table_name": "sn_customerservice_case", "table_sys_id": sys_id, "file_name": "p.jpg"}
    put = await http.post(
        "/api/now/attachment/file", params=where, content=b"\xff\xd8x", headers={"Content-Type": "image/jpeg"}
    )
    assert put.status_code == 201
    listed = (
        await http.get("/api/now/attachment", params={"sysparm_query": f"table_sys_id={sys_id}"})
    ).json()["result"]
    assert [(one["file_name"], one["size_bytes"], one["content_type"]) for one in listed] == [
        ("p.jpg", "3", "image/jpeg")
    ]
    fetched = await http.get(f"/api/now/attachment/{listed[0]['sys_id']}/file")
    assert (fetched.content, fetched.headers["content-type"]) == (b"\xff\xd8x", "image/jpeg")
    assert (await http.get(f"/api/now/attachment/{'0' * 32}/file")).status_code == 404
    nowhere = {**where, "table_sys_id": "0" * 32}
    assert (await http.post("/api/now/attachment/file", params=nowhere, content=b"x")).status_code == 404


async def _token(http: httpx.AsyncClient, running: RunningInstance, **grant: str) -> httpx.Response:
    access = running.api.access
    client = {"client_id": access.client_id, "client_secret": access.client_secret}
    return await http.post("/oauth_token.do", data={**client, **grant}, auth=httpx.Auth())


async def test_a_token_ends_and_a_refresh_token_makes_another(
    http: httpx.AsyncClient, running: RunningInstance
) -> None:
    access = running.api.access
    by_password = {"grant_type": "password", "username": access.username, "password": access.password}
    access.token_seconds = 0.0
    first = (await _token(http, running, **by_password)).json()
    refused = await http.get(TABLE, headers={"Authorization": f"Bearer {first['access_token']}"}, auth=httpx.Auth())  # fmt: skip
    assert refused.status_code == 401
    access.token_seconds = 60.0
    again = await _token(http, running, grant_type="refresh_token", refresh_token=first["refresh_token"])
    token = again.json()["access_token"]
    answer = await http.get(TABLE, headers={"Authorization": f"Bearer {token}"}, auth=httpx.Auth())
    assert answer.status_code == 200
    assert again.json()["expires_in"] == 60


async def test_a_client_alone_gets_a_token_and_no_refresh(
    http: httpx.AsyncClient, running: RunningInstance
) -> None:
    given = (await _token(http, running, grant_type="client_credentials")).json()
    assert "refresh_token" not in given
    assert given["token_type"] == "Bearer"


@pytest.mark.parametrize(
    "grant",
    [
        {"grant_type": "password", "username": "cityline", "password": "wrong"},
        {"grant_type": "refresh_token", "refresh_token": "made up"},
        {"grant_type": "client_credentials", "client_secret": "wrong"},
        {"grant_type": "guessing"},
    ],
)
async def test_a_grant_that_is_none_gets_no_token(
    http: httpx.AsyncClient, running: RunningInstance, grant: dict[str, str]
) -> None:
    answer = await _token(http, running, **grant)
    assert (answer.status_code, answer.json()["error"]) == (401, "access_denied")
    assert running.api.access.tokens == {}
