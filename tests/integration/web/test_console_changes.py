"""Changing a request from its page: saved once, told once, and nothing typed is ever lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, update

from bot.cases.assignment import Assignment, assignment_of
from bot.cases.lookup import find_request
from bot.cases.staff import disable_staff
from bot.cases.status import Status
from bot.cases.updates import MAX_PUBLIC_TEXT, Change
from bot.conversation.wordings import set_words
from bot.db.session import transaction
from bot.db.tables import Contact, Notice, Photo, RequestPhoto, Turn, Update
from bot.delivery.push import update_request
from bot.photos.store import PhotoStore, PhotoStoreAwayError
from bot.web.templating import local_moment
from tests.console import Browser, a_request
from tests.integration.telling import tell_everybody
from tests.photos import flat_png, jpeg, png, raw_exif, truncated, with_exif

pytestmark = pytest.mark.integration


async def change(browser: Browser, reference: str, files: object = None, **fields: object) -> httpx.Response:
    """Fill in the form of the page that is open and send it."""
    data = {
        "seen_update": browser.hidden("seen_update"),
        "from_status": browser.hidden("from_status"),
        "status": "open",
        "public_text": "",
        "internal_note": "",
        **fields,
    }
    return await browser.send(f"/console/requests/{reference}", data, files=files or {"photos": ("", b"")})


async def updates_of(reference: str) -> list[Update]:
    async with transaction() as session:
        return (await find_request(session, reference)).updates


async def turns() -> int:
    async with transaction() as session:
        query = select(func.count()).select_from(Turn).where(Turn.update_id.is_not(None))
        return await session.scalar(query) or 0


async def test_a_status_with_words_note_and_photos_is_saved_and_goes_to_the_resident(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    files = [("photos", ("done.jpg", jpeg())), ("photos", ("done.png", png()))]
    answer = await change(
        maria,
        reference,
        files=files,
        status="resolved",
        public_text="Filled.\r\nThank you!",
        internal_note="Crew 7",
    )
    assert answer.status_code == 303
    _, update = await updates_of(reference)
    assert (update.to_status, update.author) == (Status.RESOLVED, "staff:maria")
    assert (update.public_text, update.internal_note) == ("Filled.\nThank you!", "Crew 7")
    async with transaction() as session:
        photos = list(await session.scalars(select(RequestPhoto).where(RequestPhoto.update_id == update.id)))
    assert [photo.kind for photo in photos] == ["completion", "completion"]
    assert await tell_everybody() == 1
    page = (await maria.open(answer.headers["location"])).text
    assert "Saved." in page
    picture = await maria.open(f"/console/photos/{photos[0].photo_id}/full")
    assert picture.headers["content-type"] == "image/jpeg"


async def test_only_transitions_that_are_allowed_are_offered(maria: Browser) -> None:
    reference = await a_request()
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Done."))
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert re.findall(r'name="status" value="(\w+)"', page) == ["resolved", "open", "closed"]


async def test_a_status_that_is_not_offered_is_refused_and_the_words_stay(maria: Browser) -> None:
    reference = await a_request()
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Done."))
    await maria.open(f"/console/requests/{reference}")
    answer = await change(maria, reference, status="on_hold", public_text="Waits for a part")
    assert answer.status_code == 409
    assert "Waits for a part" in answer.text
    assert len(await updates_of(reference)) == 2


async def test_nothing_to_save_is_said_so(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    answer = await change(maria, reference)
    assert answer.status_code == 422
    assert "There is nothing to save" in answer.text
    assert len(await updates_of(reference)) == 1


async def test_closing_without_a_word_why_is_not_done(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    answer = await change(maria, reference, status="closed", internal_note="not ours")
    assert answer.status_code == 422
    assert "why this is closed" in answer.text
    assert "not ours" in answer.text
    answer = await change(maria, reference, status="closed", public_text="This is a state road.")
    assert answer.status_code == 303


async def test_work_that_is_done_is_resolved_and_not_closed_past_its_resident(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    assert '<option value="fixed"' not in maria.page
    answer = await change(maria, reference, status="closed", resolution="fixed", public_text="Filled.")
    assert answer.status_code == 422
    assert "choose <b>Resolved</b>: the resident is asked whether it is fixed" in answer.text
    assert "Filled." in answer.text
    assert (await change(maria, reference, status="resolved", public_text="Filled.")).status_code == 303
    await maria.open(f"/console/requests/{reference}")
    assert '<option value="fixed"' in maria.page
    assert (await change(maria, reference, status="closed", resolution="fixed")).status_code == 303
    first, second = (await updates_of(reference))[1:]
    assert (first.to_status, second.to_status, second.resolution) == ("resolved", "closed", "fixed")
    await tell_everybody()
    assert await turns() == 1


async def test_work_that_needs_a_photo_is_saved_with_one_and_nothing_typed_is_lost(
    maria: Browser, photo_city: Path
) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    answer = await change(maria, reference, status="resolved", public_text="Filled.")
    assert answer.status_code == 422
    assert "This service needs a photo of the finished work." in answer.text
    assert ">Filled.</textarea>" in answer.text
    assert len(await updates_of(reference)) == 1
    files = [("photos", ("done.jpg", jpeg()))]
    answer = await change(maria, reference, files=files, status="resolved", public_text="Filled.")
    assert answer.status_code == 303


async def test_the_form_of_a_closed_request_shows_how_it_ended(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    fields = {"status": "closed", "resolution": "nothing_found", "public_text": "No hole there."}
    assert (await change(maria, reference, **fields)).status_code == 303
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert re.findall(r'<option value="(\w+)" selected', page.partition('name="resolution"')[2])[:1] == [
        "nothing_found"
    ]


async def test_a_duplicate_of_nothing_is_not_saved_and_the_way_to_join_is_shown(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    assert 'value="duplicate"' not in maria.page
    words = "We have this one already."
    answer = await change(maria, reference, status="closed", resolution="duplicate", public_text=words)
    assert answer.status_code == 422
    assert "A duplicate is joined with the report that it repeats" in answer.text
    assert words in answer.text
    assert len(await updates_of(reference)) == 1


async def test_a_text_that_is_too_long_comes_back_whole(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    words = "x" * (MAX_PUBLIC_TEXT + 1)
    answer = await change(maria, reference, public_text=words)
    assert answer.status_code == 422
    assert words in answer.text


async def test_a_bad_file_loses_neither_the_good_photos_nor_the_words(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    files = [("photos", ("good.jpg", jpeg())), ("photos", ("plan.pdf", b"%PDF-1.7 nothing to see"))]
    answer = await change(maria, reference, files=files, status="resolved", public_text="Done!")
    assert answer.status_code == 422
    assert "plan.pdf" in answer.text
    assert "it is not a picture" in answer.text
    assert "Done!" in answer.text
    kept = maria.hidden("kept_photos")
    assert await turns() == 0
    answer = await change(maria, reference, status="resolved", public_text="Done!", kept_photos=kept)
    assert answer.status_code == 303
    update = (await updates_of(reference))[-1]
    async with transaction() as session:
        photos = list(await session.scalars(select(RequestPhoto).where(RequestPhoto.update_id == update.id)))
    assert [str(photo.photo_id) for photo in photos] == [kept]


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("kind", [5, 10, 11, 12], ids=["RATIONAL", "SRATIONAL", "FLOAT", "DOUBLE"])
async def test_a_photo_of_the_work_with_odd_exif_is_kept_upright(
    maria: Browser, file_format: str, kind: int
) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    values = (1, 0) if kind in (5, 10) else (1.5,)
    main = [(tag, kind, values) for tag in (0x010F, 0x0110, 0x0131, 0x013B)] + [(0x0112, 3, (6,))]
    data = raw_exif(main, [(tag, kind, values) for tag in (1, 3, 16, 29)])
    files = [("photos", ("done", with_exif(file_format, data)))]
    answer = await change(maria, reference, files=files, status="resolved", public_text="Done!")
    assert answer.status_code == 303
    update = (await updates_of(reference))[-1]
    async with transaction() as session:
        photo = await session.scalar(
            select(Photo).join(RequestPhoto).where(RequestPhoto.update_id == update.id)
        )
    assert photo is not None
    assert (photo.width, photo.height) == (32, 64)
    assert update.public_text == "Done!"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (truncated(jpeg()), "the file is damaged"),
        (flat_png(9248, 6936), "it has more pixels than we can open"),
        (b"\xff\xd8\xff" + bytes(5_000), "the file is damaged"),
    ],
)
async def test_a_bad_photo_of_the_work_costs_no_typed_words(
    maria: Browser, content: bytes, words: str
) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    files = [("photos", ("done.jpg", content))]
    answer = await change(
        maria, reference, files=files, status="resolved", public_text="Filled it", internal_note="crew 4"
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert "Filled it" in answer.text
    assert "crew 4" in answer.text


async def test_a_photo_store_that_is_full_costs_no_typed_words(
    maria: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")

    def full(_: PhotoStore, __: object) -> None:
        raise PhotoStoreAwayError("OSError")

    monkeypatch.setattr(PhotoStore, "put", full)
    files = [("photos", ("done.jpg", jpeg()))]
    answer = await change(maria, reference, files=files, status="resolved", public_text="Filled it")
    assert answer.status_code == 422
    assert "choose it again" in answer.text
    assert "Filled it" in answer.text


async def test_a_change_by_somebody_else_meanwhile_is_shown_before_anything_is_saved(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    async with transaction() as session:
        await update_request(session, Change(reference, Status.ON_HOLD, "staff:sam", "Waits for a part."))
    answer = await change(maria, reference, status="resolved", public_text="All done")
    assert answer.status_code == 409
    assert "Somebody changed this request" in answer.text
    assert "All done" in answer.text
    theirs = answer.text.partition('class="meanwhile"')[2].partition("</blockquote>")[0]
    assert "<b>sam</b>" in theirs
    assert "<q>Waits for a part.</q>" in theirs
    answer = await change(maria, reference, status="resolved", public_text="All done")
    assert answer.status_code == 303
    assert (await updates_of(reference))[-1].to_status == Status.RESOLVED


def holding(browser: Browser, **changed: str) -> dict[str, str]:
    """The fields of who has it as a browser sends them: what they were, and what was chosen."""
    had = {name: browser.hidden(f"had_{name}") for name in ("department", "crew", "person")}
    return {**{f"had_{name}": value for name, value in had.items()}, **had, **changed}


async def test_who_has_it_is_chosen_on_the_page_and_no_news_to_the_resident(maria: Browser) -> None:
    reference = await a_request()
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert '<option value="maria">Maria Lopez</option>' in page
    wanted = holding(maria, department="Library", crew="Night crew 7", person="maria")
    assert (await change(maria, reference, **wanted)).status_code == 303
    assert (await change(maria, reference, **wanted)).status_code == 303, "a double click"
    assert len(await updates_of(reference)) == 2
    assert await tell_everybody() == 0
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert "with Library · Night crew 7 · Maria Lopez" in page
    assert "<b>Given</b>" in page
    assert "To Library · Night crew 7 · Maria Lopez" in page


async def test_a_form_that_was_opened_before_does_not_take_it_out_of_somebodys_hands(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    async with transaction() as session:
        given = Assignment("Library", "Crew 2")
        await update_request(session, Change(reference, Status.OPEN, "staff:sam", assignment=given))
    answer = await change(maria, reference, internal_note="looked at it", **holding(maria))
    assert answer.status_code == 409
    answer = await change(maria, reference, internal_note="looked at it", **holding(maria))
    assert answer.status_code == 303
    async with transaction() as session:
        assert await assignment_of(session, await find_request(session, reference)) == given


async def test_who_is_not_there_any_more_is_refused_and_the_rest_of_the_form_is_kept(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    for wrong in ({"department": "Parks"}, {"person": "nobody"}):
        answer = await change(maria, reference, internal_note="for Sam", **holding(maria, **wrong))
        assert answer.status_code == 422
        assert "is not there any more" in answer.text
        assert "for Sam" in answer.text
    answer = await change(maria, reference, **holding(maria, crew="7" * 61))
    assert "60 characters go in" in answer.text
    assert len(await updates_of(reference)) == 1


async def test_the_request_of_somebody_who_left_says_so(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    assert (await change(maria, reference, **holding(maria, person="vera"))).status_code == 303
    async with transaction() as session:
        await disable_staff(session, "vera")
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert "Vera Viewer, whose account is closed" in page
    assert '<option value="vera" selected>Vera Viewer (account closed)</option>' in page
    # A note leaves it with her, and is saved.
    assert (await change(maria, reference, internal_note="hm", **holding(maria))).status_code == 303
    assert "whose account is closed" in (await maria.open("/console/requests?who=unassigned")).text


async def test_an_impatient_double_click_saves_and_tells_once(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    first = await change(maria, reference, status="in_progress", public_text="On our way")
    second = await change(maria, reference, status="in_progress", public_text="On our way")
    assert first.headers["location"] == second.headers["location"]
    assert len(await updates_of(reference)) == 2
    assert await tell_everybody() == 1


async def test_a_viewer_sees_no_form_and_cannot_post_one(browser: Browser) -> None:
    reference = await a_request()
    await browser.log_in("vera")
    page = (await browser.open(f"/console/requests/{reference}")).text
    assert 'name="public_text"' not in page
    answer = await browser.send(f"/console/requests/{reference}", {"status": "closed", "public_text": "no"})
    assert answer.status_code == 403
    assert len(await updates_of(reference)) == 1


async def test_a_post_after_the_login_is_over_says_that_nothing_was_saved(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    maria.client.cookies.clear()
    answer = await change(maria, reference, status="resolved")
    assert answer.status_code == 401
    assert "Nothing was saved" in answer.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Nothing is written"),
        ("short", "1 SMS"),
        ("y" * 161, "2 SMS"),
        ("ñandú á" * 11, "1 SMS"),
        ("ñandú 🌳" * 11, "2 SMS"),
    ],
)
async def test_the_length_of_a_reply_is_counted_while_typing(maria: Browser, words: str, said: str) -> None:
    await maria.open(f"/console/requests/{await a_request()}")
    assert said in (await maria.send("/console/sms-length", {"text": words})).text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"status": "open"}, "Nothing is sent."),
        ({"status": "open", "internal_note": "for us"}, "Nothing is sent."),
        ({"status": "in_progress"}, "0 of 600 characters · 1 SMS"),
        ({"status": "open", "public_text": "y" * 80}, "80 of 600 characters · 1 SMS"),
        # The reference, what it is about and the question whether it is fixed, with its options, go with the words.
        ({"status": "open", "public_text": "y" * 130}, "130 of 600 characters · 2 SMS"),
        ({"status": "resolved", "public_text": "y" * 80}, "80 of 600 characters · 2 SMS"),
        ({"status": "open", "due_on": "2035-03-01"}, "1 SMS"),
        ({"status": "open", "due_on": "2020-03-01"}, "Nothing is sent."),
        ({"status": "nonsense", "resolution": "nonsense", "due_on": "soon"}, "Nothing is sent."),
    ],
)
async def test_the_length_of_an_update_is_that_of_all_that_is_read(
    maria: Browser, form: dict[str, object], said: str
) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    assert said in (await maria.send(f"/console/requests/{reference}/sms-length", form)).text
    assert len(await updates_of(reference)) == 1


async def test_the_length_is_that_of_the_words_of_staff_and_nothing_where_nobody_is_told_by_sms(
    maria: Browser,
) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    async with transaction() as session:
        await set_words(session, "in_progress", "en", "{reference} ({about}): " + "z" * 130, "staff:maria")
    address = f"/console/requests/{reference}/sms-length"
    assert "2 SMS" in (await maria.send(address, {"status": "in_progress"})).text
    async with transaction() as session:
        await session.execute(update(Contact).values(wants_updates=False))
    await maria.open(f"/console/requests/{reference}")
    assert "no SMS" in (await maria.send(address, {"status": "in_progress"})).text
    await maria.open(f"/console/requests/{reference}")
    assert (await maria.send("/console/requests/SM-NOBODY/sms-length", {})).status_code == 404


async def test_what_was_saved_says_whether_and_when_the_resident_reads_it(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")

    async def saved(**form: str) -> str:
        answer = await change(maria, reference, **form)
        return (await maria.open(answer.headers["location"])).text

    assert "Nothing is sent to the resident." in await saved(status="open", internal_note="for us")
    assert "as soon as it is on its way" in await saved(status="in_progress")
    morning = datetime(2035, 3, 1, 16, tzinfo=UTC)
    page = await saved(status="in_progress", public_text="A crew is there.")
    async with transaction() as session:
        newest = (await session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1))).one()
        newest.why, newest.due_at = "quiet", morning
    page = (await maria.open(f"/console/requests/{reference}?saved={newest.update_id}")).text
    assert f"It is night: the resident reads it {local_moment(morning)}." in page
    async with transaction() as session:
        await session.execute(update(Contact).values(wants_updates=False))
    assert "Nobody could be told: the history says why." in await saved(
        status="on_hold", public_text="A part."
    )


async def test_a_post_larger_than_ten_photos_is_refused_before_it_is_read(maria: Browser) -> None:
    reference = await a_request()
    answer = await maria.client.post(
        f"/console/requests/{reference}", content=b"", headers={"content-length": str(10**10)}
    )
    assert answer.status_code == 413
