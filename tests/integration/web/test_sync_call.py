"""The call of their business rule: signed, or refused; and what staff see of a request's record over there."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import func, select

from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import ServiceRequest, SyncLink, SyncSystem
from bot.settings import settings
from tests.console import Browser, fresh_client
from tests.integration.test_cases import a_conversation, file

pytestmark = pytest.mark.integration
SECRET = "a-secret-of-thirty-two-characters"
RECORD = "4f" * 16


@pytest.fixture(autouse=True)
def servicenow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "CITYLINE_SYNC": "servicenow",
        "SERVICENOW_URL": "http://127.0.0.1:9",
        "SERVICENOW_USERNAME": "cityline",
        "SERVICENOW_PASSWORD": "x",
        "CITYLINE_SYNC_SECRET": SECRET,
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield
    settings.cache_clear()


async def a_linked_request(**changes: object) -> str:
    reference = (await file(await a_conversation())).reference
    async with transaction() as session:
        link = (await session.scalars(select(SyncLink))).one()
        link.remote_id, link.remote_number, link.pending_since = RECORD, "CS0001001", None
        for name, value in changes.items():
            setattr(link, name, value)
    return reference


async def post(client: httpx.AsyncClient, body: bytes, signature: str | None = None) -> int:
    signed = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    given = signed if signature is None else signature
    headers = {b"X-Cityline-Signature": given.encode("latin-1")}
    return (await client.post("/sync/servicenow", content=body, headers=headers)).status_code


async def waiting() -> int:
    async with transaction() as session:
        query = select(func.count()).select_from(SyncLink).where(SyncLink.pending_since.is_not(None))
        return await session.scalar(query) or 0


async def test_a_signed_call_has_the_request_exchanged_at_once(database: EmbeddedDatabase) -> None:
    await a_linked_request()
    async with fresh_client() as client:
        assert await post(client, f'{{"sys_id": "{RECORD}", "state": "6"}}'.encode()) == 204
        assert await waiting() == 1
        code = hmac.new(SECRET.encode(), b'{"sys_id": "0b"}', hashlib.sha256).digest()
        in_base64 = f"sha256={base64.b64encode(code).decode()}"
        assert await post(client, b'{"sys_id": "0b"}', in_base64) == 204
        # A record that is not ours is no mistake of theirs.
        assert await post(client, b'{"sys_id": "0a0a"}') == 204


@pytest.mark.parametrize(
    ("body", "signature", "status"),
    [
        (b'{"sys_id": "4f4f"}', "", 403),
        (b'{"sys_id": "4f4f"}', "sha256=" + "0" * 64, 403),
        (b'{"sys_id": "4f4f"}', "sha256=\xe9", 403),
        (b"no json", None, 400),
        (b'{"sys_id": 7}', None, 400),
        (b'{"sys_id": "4f; DROP"}', None, 400),
        (b"[]", None, 400),
        (b"\xff\x00", None, 400),
        (b" " * 100_001, None, 413),
    ],
)
async def test_any_other_call_changes_nothing(
    database: EmbeddedDatabase, body: bytes, signature: str | None, status: int
) -> None:
    await a_linked_request()
    async with fresh_client() as client:
        assert await post(client, body, signature) == status
    assert await waiting() == 0


async def test_without_a_secret_nobody_can_call(
    database: EmbeddedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CITYLINE_SYNC_SECRET")
    settings.cache_clear()
    async with fresh_client() as client:
        assert await post(client, b'{"sys_id": "4f4f"}') == 404


async def test_staff_see_the_record_and_when_both_agreed(maria: Browser) -> None:
    reference = await a_linked_request()
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert "In ServiceNow" in page
    assert f'href="http://127.0.0.1:9/sn_customerservice_case.do?sys_id={RECORD}"' in page
    assert "Send again" not in page


async def test_what_was_refused_is_told_and_sent_again_in_one_click(maria: Browser) -> None:
    reference = await a_linked_request(problem="The record is not there any more.", failure="deterministic")
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert "The record is not there any more." in page
    answer = await maria.send(f"/console/requests/{reference}/send-again", {})
    assert answer.headers["location"].endswith(f"{reference}#elsewhere")
    assert await waiting() == 1
    async with transaction() as session:
        link = (await session.scalars(select(SyncLink))).one()
        assert (link.problem, link.failure) == ("", None)


async def test_who_is_not_let_in_is_told_above_the_list(maria: Browser) -> None:
    await a_linked_request()
    async with transaction() as session:
        session.add(
            SyncSystem(
                name="servicenow", failures=1, failure="misconfigured", problem="The password is wrong."
            )
        )
    page = (await maria.open("/console/requests")).text
    assert "ServiceNow does not let us in." in page
    assert "The password is wrong." in page


async def test_a_city_without_another_system_reads_nothing_of_it(
    maria: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITYLINE_SYNC", "none")
    settings.cache_clear()
    reference = (await file(await a_conversation())).reference
    async with transaction() as session:
        assert await session.scalar(select(func.count()).select_from(SyncLink)) == 0
        assert await session.scalar(select(func.count()).select_from(ServiceRequest)) == 1
    assert "ServiceNow" not in (await maria.open(f"/console/requests/{reference}")).text
    assert (await maria.send(f"/console/requests/{reference}/send-again", {})).status_code == 404
