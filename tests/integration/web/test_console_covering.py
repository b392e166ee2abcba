"""Faces and plates are covered in the console, and nobody but staff ever sees what lies below."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select

from bot.cases.covering import edit_photo
from bot.cases.lookup import find_request
from bot.cases.photos import keep_photo
from bot.cases.public_links import public_token
from bot.cases.showing import show_photo
from bot.cases.work_view import load_work_view
from bot.db.session import transaction
from bot.db.tables import Audit, Photo, RequestPhoto
from bot.keeping.photos import delete_orphans
from bot.keeping.record import record_of_request
from bot.photos.cover import Box, Edit
from bot.photos.intake import plain_jpeg, take_in
from bot.photos.signed import photo_token
from bot.settings import secret_key, settings
from bot.sync.ours import load_ours
from bot.web.media import current_store
from tests.console import Browser, a_request, fresh_client

pytestmark = pytest.mark.integration

PLATE = {"left": "0", "top": "0", "width": "50", "height": "50"}


async def a_photo() -> int:
    """Red in its upper left quarter: a plate."""
    pixels = Image.new("RGB", (640, 480), (0, 0, 255))
    pixels.paste((255, 0, 0), (0, 0, 320, 240))
    taken = take_in(plain_jpeg(pixels, 95))
    current_store().put(taken)
    async with transaction() as session:
        return (await keep_photo(session, taken)).id


async def a_report(key: str = "one") -> tuple[str, int]:
    photo_id = await a_photo()
    return await a_request(key, photo_ids=(photo_id,)), photo_id


def shows_the_plate(content: bytes) -> bool:
    pixels = Image.open(io.BytesIO(content)).convert("RGB")
    red, _, blue = pixels.getpixel((pixels.width // 4, pixels.height // 4))  # type: ignore[misc]
    return red > 200 and blue < 90


async def step(browser: Browser, reference: str, photo_id: int, **fields: str) -> int:
    address = f"/console/requests/{reference}/photos/{photo_id}"
    page = (await browser.open(address)).text
    turn = page.partition('name="turn" value="')[2].partition('"')[0]
    return (await browser.send(address, {"turn": turn, **fields})).status_code


async def test_what_is_covered_is_covered_wherever_others_see_it_and_kept_for_staff(maria: Browser) -> None:
    reference, photo_id = await a_report()
    async with transaction() as session:
        await show_photo(session, reference, photo_id, "staff:maria", shown=True)
        request = await find_request(session, reference)
    public = f"/r/{public_token(request.id)}/photos/{photo_id}"
    signed = "/media/photos/" + photo_token(photo_id, "full", secret=secret_key(settings()), ttl=60)
    async with fresh_client() as outside:
        assert shows_the_plate((await outside.get(public)).content)
        assert await step(maria, reference, photo_id, step="cover", **PLATE) == 303
        for address in (public, f"{public}?size=thumb", signed):
            answer = await outside.get(address)
            assert answer.status_code == 200
            assert not shows_the_plate(answer.content), address
    async with transaction() as session:
        request = await find_request(session, reference)
        seen = [
            (await load_work_view(session, request.id)).photos[0].sha256,
            (await load_ours(session, request.id, "servicenow")).pictures[0].sha256,
            *(await record_of_request(session, reference, notes=True)).photos,
        ]
    assert not any(shows_the_plate(current_store().get(one)) for one in seen)
    page = (await maria.open(f"/console/requests/{reference}")).text
    shown = page.partition(f'src="/console/photos/{photo_id}/thumb')[2].partition('"')[0]
    assert shown.startswith("?shown=")
    assert not shows_the_plate((await maria.open(f"/console/photos/{photo_id}/full{shown}")).content)
    assert shows_the_plate((await maria.open(f"/console/photos/{photo_id}/full")).content)
    assert "Covered or turned a photo" in page


async def test_each_step_can_be_taken_back_and_is_in_the_audit_trail(maria: Browser) -> None:
    reference, photo_id = await a_report()
    assert await step(maria, reference, photo_id, step="cover", **PLATE) == 303
    assert await step(maria, reference, photo_id, step="right") == 303
    assert await step(maria, reference, photo_id, step="uncover", box="0") == 303
    async with transaction() as session:
        photo = await session.get_one(Photo, photo_id)
        assert Edit.of(photo.edit) == Edit(turn=90)
        assert (photo.outside.width, photo.outside.height) == (480, 640)
    assert await step(maria, reference, photo_id, step="restore") == 303
    async with transaction() as session:
        photo = await session.get_one(Photo, photo_id)
        assert photo.outside.id == photo_id
        rows = (
            await session.scalars(
                select(Audit).where(Audit.action.like("request.photo_%cover%")).order_by(Audit.id)
            )
        ).all()
    told = [(row.action.rpartition(".")[2], row.detail["turn"], row.detail["boxes"]) for row in rows]
    assert told == [
        ("photo_covered", 0, 1),
        ("photo_covered", 90, 1),
        ("photo_covered", 90, 0),
        ("photo_uncovered", 0, 0),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {**PLATE, "width": "0"},
        {**PLATE, "left": "nan"},
        {**PLATE, "top": "1e999"},
        {"left": "", "top": "", "width": "", "height": ""},
    ],
)
async def test_a_box_that_is_none_is_told_and_changes_nothing(maria: Browser, fields: dict[str, str]) -> None:
    reference, photo_id = await a_report()
    assert await step(maria, reference, photo_id, step="cover", **fields) == 422
    assert "Not saved" in maria.page
    async with transaction() as session:
        assert (await session.get_one(Photo, photo_id)).edit is None


async def test_a_box_drawn_on_a_picture_that_was_turned_meanwhile_is_not_laid_elsewhere(
    maria: Browser,
) -> None:
    reference, photo_id = await a_report()
    address = f"/console/requests/{reference}/photos/{photo_id}"
    await maria.open(address)
    async with transaction() as session:
        await edit_photo(session, current_store(), reference, photo_id, Edit(turn=90), "staff:sam")
    answer = await maria.send(address, {"turn": "0", "step": "cover", **PLATE})
    assert answer.status_code == 409
    assert "Somebody turned the photo" in answer.text


async def test_only_photos_of_the_request_and_only_those_who_may_change_it(maria: Browser) -> None:
    reference, photo_id = await a_report()
    other, _ = await a_report("two")
    assert (await maria.open(f"/console/requests/{other}/photos/{photo_id}")).status_code == 404
    await maria.open(f"/console/requests/{reference}/photos/{photo_id}")
    answer = await maria.send(f"/console/requests/{other}/photos/{photo_id}", {"step": "left"})
    assert answer.status_code == 404
    await maria.client.post("/console/logout", data={"csrf_token": maria.hidden("csrf_token")})
    await maria.log_in("vera")
    assert (await maria.open(f"/console/requests/{reference}/photos/{photo_id}")).status_code == 403


async def test_a_photo_that_goes_takes_along_what_was_made_of_it(maria: Browser) -> None:
    reference, photo_id = await a_report()
    async with transaction() as session:
        edit = Edit().covering(Box(0, 0, 50, 50))
        await edit_photo(session, current_store(), reference, photo_id, edit, "staff:maria")
    async with transaction() as session:
        covered = (await session.get_one(Photo, photo_id)).covered_by_id
        assert covered is not None
        assert await delete_orphans(session, [covered]) == (), "it is shown"
        row = (await session.scalars(select(RequestPhoto))).one()
        await session.delete(row)
        await session.flush()
        assert len(await delete_orphans(session, [photo_id])) == 2
        assert (await session.scalars(select(Photo))).all() == []
