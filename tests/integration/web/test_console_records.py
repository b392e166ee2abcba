"""Handing out a record and erasing a resident, from the console."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.photos import keep_photo
from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.cases.status import Status
from bot.cases.updates import Change, change_request
from bot.db.session import transaction
from bot.db.tables import Audit, Contact, Photo, ServiceRequest
from bot.photos.intake import take_in
from bot.web.media import current_store
from tests.console import PASSWORD, Browser, a_conversation, a_request
from tests.photos import jpeg

pytestmark = pytest.mark.integration
NUMBER = "+13105550123"
TEXT = "I am Rosalind, call (310) 555-0199. <script>alert(1)</script>"


@pytest.fixture
async def manager(browser: Browser) -> Browser:
    return await somebody(browser, Role.MANAGER)


@pytest.fixture
async def admin(browser: Browser) -> Browser:
    return await somebody(browser, Role.ADMIN)


async def somebody(browser: Browser, role: Role) -> Browser:
    async with transaction() as session:
        await create_staff(session, "mona", PASSWORD, name="Mona", role=role)
    await browser.log_in("mona")
    return browser


async def a_story() -> tuple[int, str]:
    """A resident with a name, a request with a photo, a note of staff and an answer to them."""
    conversation = await a_conversation(NUMBER, TEXT)
    async with transaction() as session:
        await session.execute(update(Contact).values(display_name="Rosalind Franklin"))
        photo = take_in(jpeg())
        current_store().put(photo)
        photo_id = (await keep_photo(session, photo)).id
    reference = await a_request("one", conversation, description=TEXT, photo_ids=(photo_id,))
    async with transaction() as session:
        words = {"public_text": "A crew comes.", "internal_note": "She is cross."}
        await change_request(session, Change(reference, Status.IN_PROGRESS, "staff:maria", **words))  # type: ignore[arg-type]
        await add_to_request(session, conversation, Said("still there, Rosalind"), reference)
    return conversation, reference


def opened(content: bytes) -> dict[str, bytes]:
    assert content[:2] == b"PK", content[:300]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def test_a_resident_gets_all_that_is_kept_of_them_with_photos_and_a_page(manager: Browser) -> None:
    conversation, reference = await a_story()
    page = (await manager.open(f"/console/conversations/{conversation}/record")).text
    assert "Erase" not in page
    answer = await manager.send(f"/console/conversations/{conversation}/record", {})
    assert answer.headers["content-disposition"] == f'attachment; filename="conversation-{conversation}.zip"'
    files = opened(answer.content)
    photos = [name for name in files if name.startswith("photos/")]
    assert len(photos) == 1
    assert files[photos[0]].startswith(b"\xff\xd8")
    data = json.loads(files["record.json"])
    assert data["contact"]["address"] == NUMBER
    read = files["record.html"].decode()
    assert reference in read
    assert photos[0] in read
    assert "<script>alert" not in read
    assert "&lt;script&gt;alert(1)" in read
    assert b"She is cross" not in files["record.json"] + files["record.html"]


async def test_a_request_is_handed_out_without_anybody_and_its_notes_only_where_that_was_said(
    manager: Browser,
) -> None:
    _, reference = await a_story()
    for notes in ("", "yes"):
        await manager.open(f"/console/requests/{reference}/record")
        answer = await manager.send(f"/console/requests/{reference}/record", {"notes": notes})
        files = opened(answer.content)
        everything = (files["record.json"] + files["record.html"]).decode()
        for private in ("Rosalind", "555-0199", NUMBER, "5550123"):
            assert private not in everything
        assert "A crew comes." in everything
        assert "still there, [removed]" in everything
        assert ("She is cross." in everything) is bool(notes)
        assert len([name for name in files if name.startswith("photos/")]) == 1


async def test_what_was_handed_out_is_in_the_trail_and_no_file_of_it_is_left(
    manager: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    conversation, reference = await a_story()
    await manager.open(f"/console/conversations/{conversation}/record")
    await manager.send(f"/console/conversations/{conversation}/record", {})
    await manager.open(f"/console/requests/{reference}/record")
    await manager.send(f"/console/requests/{reference}/record", {"notes": "yes"})
    async with transaction() as session:
        rows = await session.scalars(
            select(Audit).where(Audit.action.endswith(".exported")).order_by(Audit.id)
        )
        told = [(row.actor, row.action, row.subject_id) for row in rows]
    assert told == [
        ("staff:mona", "contact.exported", str(conversation)),
        ("staff:mona", "request.exported", reference),
    ]
    assert os.listdir(tmp_path) == []  # noqa: PTH208


async def test_a_photo_that_the_store_lost_keeps_nothing_else_back(manager: Browser) -> None:
    conversation, _ = await a_story()
    async with transaction() as session:
        await session.execute(update(Photo).values(sha256="0" * 64))
    await manager.open(f"/console/conversations/{conversation}/record")
    answer = await manager.send(f"/console/conversations/{conversation}/record", {})
    assert set(opened(answer.content)) == {"record.html", "record.json"}


async def test_only_an_admin_erases_and_only_with_the_word(manager: Browser) -> None:
    conversation, _ = await a_story()
    await manager.open(f"/console/conversations/{conversation}/record")
    assert (
        await manager.send(f"/console/conversations/{conversation}/erase", {"sure": "ERASE"})
    ).status_code == 403


async def test_the_word_erases_and_the_request_stays_without_the_person(admin: Browser) -> None:
    conversation, reference = await a_story()
    address = f"/console/conversations/{conversation}"
    await admin.open(f"{address}/record")
    assert (await admin.send(f"{address}/erase", {"sure": "yes"})).status_code == 422
    assert "Nothing was erased" in admin.page
    answer = await admin.send(f"{address}/erase", {"sure": "ERASE"})
    assert reference in answer.text
    async with transaction() as session:
        contact = (await session.scalars(select(Contact))).one()
        request = (await session.scalars(select(ServiceRequest))).one()
        actor = await session.scalar(select(Audit.actor).where(Audit.action == "contact.erased"))
    assert contact.erased_at is not None
    assert "Rosalind" not in request.description
    assert actor == "staff:mona"
    await admin.open(f"{address}/record")
    assert (await admin.send(f"{address}/erase", {"sure": "ERASE"})).status_code == 200


async def test_what_is_not_there_is_404(admin: Browser) -> None:
    for address in ("/console/conversations/999/record", "/console/requests/SM-NOSUCH/record"):
        assert (await admin.open(address)).status_code == 404
