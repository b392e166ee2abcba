"""Nobody is found in what other systems read; and who reported by one is erased, handed their data, and forgotten in time."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import String, cast, select, update

from bot.cases.lookup import find_request
from bot.cases.merging import merge_requests
from bot.cases.showing import show_photo, write_summary
from bot.cases.status import Status
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Open311Report, ServiceRequest, Table
from bot.keeping.reporters import erase_reports, export_reports, find_reports
from bot.keeping.sweep import sweep
from bot.photos.store import PhotoStore
from bot.settings import settings
from tests.commands import run_command
from tests.console import Browser, a_request
from tests.open311 import V2, PhotoOf, Sender, change, offered, show

pytestmark = pytest.mark.integration

WHO = {
    "first_name": "Xochitl",
    "last_name": "Quintanilla",
    "email": "Xochi.Q@example.org",
    "phone": "(310) 555-0187",
    "device_id": "device-4711",
    "account_id": "account-4712",
}
WORDS = "I am Xochitl, call 310-555-0187 or xochi.q@example.org, the hole is at my gate."
# However they are written, in any answer.
PERSONAL = re.compile(
    r"xochi|quintanilla|555.?0187|device-4711|account-4712|my gate|maria@|ana knows", re.IGNORECASE
)
EVERY_PATH = ("requests", "servicerequestupdates", "requests/{0}", "tokens/{0}", "services", "discovery")


async def tables_with(pattern: str) -> list[str]:
    """Names of the tables in any row of which it stands."""
    async with transaction() as session:
        return [
            table.name
            for table in Table.metadata.sorted_tables
            if any(
                re.search(pattern, row or "", re.IGNORECASE)
                for row in await session.scalars(select(cast(table.table_valued(), String)))
            )
        ]


async def reported(sender: Sender, **fields: str) -> str:
    """A report with all that may be known of a person, worked on by staff who wrote a note."""
    reference = await sender.files(description=WORDS, address_string="my gate, 1437 11th St", **WHO, **fields)
    await sender.updates(reference, update_id="1", description=WORDS, **WHO)
    await change(reference, Status.IN_PROGRESS, "A crew comes.", internal_note="Ana knows Xochitl.")
    return reference


@pytest.mark.parametrize("shown", ["listed", "all"])
async def test_nobody_is_in_any_answer(
    stranger: Sender, sender: Sender, monkeypatch: pytest.MonkeyPatch, shown: str
) -> None:
    texted = await a_request(description=WORDS, place_text="my gate")
    for reference in (first := await reported(sender), texted):
        await show(reference)
    answers = [await sender.post(service_code="pothole", lat="0", long="0", description=WORDS, **WHO)]
    with offered(monkeypatch, CITYLINE_OPEN311=shown):
        for reader in (stranger, sender):
            for form in ("json", "xml"):
                for path in EVERY_PATH:
                    for reference in (first, texted):
                        answers.append(
                            await reader.get(f"{path.format(reference)}.{form}", extensions="true")
                        )
    assert len(answers) == 49
    for answer in answers:
        assert not PERSONAL.search(answer.text), answer.url
        # Nor does an answer to a stranger hold the house.
    for answer in [one for one in answers if "api_key" not in str(one.url)]:
        assert "1437" not in answer.text


async def test_a_summary_of_staff_is_the_only_thing_said_of_what_it_is_about(
    stranger: Sender, sender: Sender
) -> None:
    filed = await reported(sender)
    await show(filed)
    async with transaction() as session:
        await write_summary(session, filed, "A hole in the road.", "staff:ana")
    (told,) = await stranger.reads("requests.json", "Requests")
    assert told["description"] == "A hole in the road."


async def test_no_word_number_or_key_of_a_sender_is_in_the_log(
    sender: Sender, capsys: pytest.CaptureFixture[str]
) -> None:
    await reported(sender)
    await sender.get("requests.json", service_code="xochitl", api_key=sender.key)
    await sender.client.post(f"{V2}/requests.json", content=urlencode(WHO).encode() + b"&x=%ff")
    said = "".join(capsys.readouterr())
    assert "web.request" in said
    assert not PERSONAL.search(said)
    assert sender.key not in said


async def test_device_and_account_are_not_kept_and_the_rest_is_for_staff(
    sender: Sender, maria: Browser
) -> None:
    filed = await reported(sender)
    async with transaction() as session:
        (row,) = await session.scalars(select(Open311Report))
        assert (row.name, row.email, row.phone) == (
            "Xochitl Quintanilla",
            "xochi.q@example.org",
            "+13105550187",
        )
    assert await tables_with("device-4711|account-4712") == []
    await maria.open(f"/console/requests/{filed}")
    for shown in (
        "Xochitl Quintanilla",
        "xochi.q@example.org",
        "+13105550187",
        "FixMyStreet filed this by Open311",
    ):
        assert shown in maria.page, shown
    assert "FixMyStreet (Open311)" in maria.page
    assert "FixMyStreet reads what you write by Open311; nobody is texted" in maria.page


async def test_who_is_erased_is_in_no_row_any_more(
    stranger: Sender, sender: Sender, photo_of: PhotoOf
) -> None:
    filed, other = await reported(sender), await a_request()
    photo_id = await photo_of(filed)
    await show(filed)
    async with transaction() as session:
        await write_summary(session, filed, "At a gate.", "staff:ana")
        await show_photo(session, filed, photo_id, "staff:ana", shown=True)
        await merge_requests(session, filed, other, "staff:ana")
    async with transaction() as session:
        assert {"open311_reports", "service_requests", "additions"} <= set(await tables_with("xochi"))
        found = await find_reports(session, " XOCHI.Q@example.org ")
        assert found == await find_reports(session, "3105550187") != []
        references, deleted = await erase_reports(session, found, actor="cli")
        assert (references, deleted) == ((filed,), ())
    assert await tables_with("xochi|quintanilla|5550187") == []
    async with transaction() as session:
        for reference in (filed, other):
            row = await find_request(session, reference)
            assert not [photo for photo in row.photos if photo.cleared]
        assert (await find_request(session, filed)).public_summary == ""
        assert await find_reports(session, "xochi.q@example.org") == []
    assert (await stranger.get(f"requests/{filed}.json")).status_code == 200


async def test_what_is_kept_is_handed_out(sender: Sender) -> None:
    filed = await reported(sender)
    async with transaction() as session:
        (exported,) = await export_reports(session, await find_reports(session, "xochi.q@example.org"))
    assert (exported["name"], exported["passed_on_by"]) == ("Xochitl Quintanilla", "FixMyStreet")
    assert exported["request"]["reference"] == filed
    assert exported["request"]["description"] == WORDS


async def test_the_commands_find_who_reported_by_number_or_address(
    sender: Sender, database: EmbeddedDatabase, tmp_path: Path
) -> None:
    filed = await reported(sender)

    def run(*arguments: str) -> str:
        environment = {
            **os.environ,
            "DATABASE_URL": database.url(),
            "CITYLINE_PHOTO_STORE": f"file://{tmp_path}",
        }
        result = run_command("contact", *arguments, environment=environment)
        assert result.returncode == 0, result.stderr
        return result.stdout

    assert json.loads(run("export", "xochi.q@example.org"))["reports"][0]["request"]["reference"] == filed
    assert filed in run("erase", "(310) 555-0187", "--yes")
    gone = run_command(
        "contact", "export", "xochi.q@example.org", environment={**os.environ, "DATABASE_URL": database.url()}
    )
    assert gone.returncode == 1
    assert "xochi" not in gone.stderr


async def test_a_number_of_a_contact_and_of_a_report_is_erased_in_both(
    sender: Sender, database: EmbeddedDatabase, tmp_path: Path
) -> None:
    filed, texted = await sender.files(phone="+13105550123"), await a_request()
    environment = {**os.environ, "DATABASE_URL": database.url(), "CITYLINE_PHOTO_STORE": f"file://{tmp_path}"}
    said = run_command("contact", "erase", "+13105550123", "--yes", environment=environment).stdout
    assert filed in said
    assert texted in said


async def test_who_reported_is_forgotten_when_the_work_is_long_over(sender: Sender, tmp_path: Path) -> None:
    old, open_still = await reported(sender), await sender.files(description="2", **WHO)
    await change(old, Status.RESOLVED, "Filled.")
    days = timedelta(days=settings().keep_numbers_days)

    async def names() -> list[tuple[str | None, bool]]:
        async with transaction() as session:
            rows = await session.scalars(select(Open311Report).order_by(Open311Report.id))
            return [(row.name, row.content_hash is not None) for row in rows]

    store = PhotoStore(f"file://{tmp_path}")
    now = datetime.now(UTC)
    await sweep(settings(), store, now + timedelta(hours=1))
    assert await names() == [("Xochitl Quintanilla", True)] * 2
    await sweep(settings(), store, now + timedelta(days=3))
    assert await names() == [("Xochitl Quintanilla", False)] * 2
    async with transaction() as session:
        ago = now - days - timedelta(days=1)
        await session.execute(update(ServiceRequest).values(updated_at=ago, created_at=ago))
    await sweep(settings(), store, now)
    assert await names() == [(None, False), ("Xochitl Quintanilla", False)]
    async with transaction() as session:
        assert (await find_request(session, open_still)).description == "2"
