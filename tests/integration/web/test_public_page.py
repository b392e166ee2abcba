"""The public page of a request: where it stands, in both languages, and nothing of anybody who lives there."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from bot.cases.feedback import Verdict, record_feedback
from bot.cases.following import Following, follow_request
from bot.cases.lookup import find_request
from bot.cases.merging import merge_requests
from bot.cases.photos import keep_photo
from bot.cases.public_links import public_token
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change, change_request
from bot.city.calendar_words import said
from bot.city.current import city
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Contact, RequestPhoto, ServiceRequest, Update
from bot.keeping.erasing import erase_contact
from bot.keeping.request_words import forget_request_words
from bot.photos.intake import take_in
from bot.settings import load_settings
from bot.web import map_svg, public_words
from bot.web.media import current_store
from tests.console import PICO, a_conversation, a_request, fresh_client
from tests.photos import jpeg

pytestmark = pytest.mark.integration

SECRET = "Zanzibar"  # in everything that is nobody's business
LARGEST = 60_000  # bytes of the page with all it loads, photos aside
TWILIO = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "t"}


@dataclass
class Neighbor:
    """Somebody who got the link, with a phone that runs no scripts."""

    client: httpx.AsyncClient

    async def opens(self, reference: str, lang: str | None = None, **headers: str) -> httpx.Response:
        query = {"lang": lang} if lang else {}
        return await self.client.get(await path_of(reference), params=query, headers=headers)

    async def reads(self, reference: str, lang: str | None = None) -> str:
        """The page's words, as one reads them, without the head."""
        answer = await self.opens(reference, lang)
        assert answer.status_code == 200
        body = re.sub(r"<svg.*?</svg>", " ", answer.text.partition("</head>")[2], flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture
async def neighbor(database: EmbeddedDatabase) -> AsyncIterator[Neighbor]:
    async with fresh_client() as client:
        yield Neighbor(client)


async def id_of(reference: str) -> int:
    async with transaction() as session:
        found = await session.scalar(select(ServiceRequest.id).where(ServiceRequest.reference == reference))
    assert found is not None
    return found


async def path_of(reference: str) -> str:
    return f"/r/{public_token(await id_of(reference))}"


async def change(reference: str, status: Status, text: str = "", **more: object) -> None:
    async with transaction() as session:
        await change_request(session, Change(reference, status, "staff:ana", text, **more))  # type: ignore[arg-type]


async def promise(reference: str, days: int) -> date:
    """Due so many days from today, in the city."""
    day = today() + timedelta(days)
    async with transaction() as session:
        await session.execute(
            update(ServiceRequest).where(ServiceRequest.reference == reference).values(due_on=day)
        )
    return day


def today() -> date:
    return datetime.now(city().time_zone).date()


async def a_photo(shade: int = 640) -> int:
    taken = take_in(jpeg(shade))
    current_store().put(taken)
    async with transaction() as session:
        return (await keep_photo(session, taken)).id


def steps(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<li class="(\w+)"[^>]*><span class="step">([^<]+)</span>', page)
    return [(name, state) for state, name in found]


async def test_a_new_request_shows_what_where_and_that_we_have_it(neighbor: Neighbor) -> None:
    reference = await a_request()
    english, spanish = await neighbor.reads(reference), await neighbor.reads(reference, "es")
    for words in ("Pothole or damaged road", "Pico Blvd & 4th St", reference, "We have this report", "Today"):
        assert words in english, words
    for words in (
        "Bache o calle en mal estado",
        "Pico Blvd y 4th St",
        reference,
        "Ya tenemos este reporte",
        "Hoy",
    ):
        assert words in spanish, words
    page = (await neighbor.opens(reference)).text
    assert 'aria-label="Map of the streets around Pico Blvd &amp; 4th St"' in page
    assert 'class="pin"' in page
    assert steps(page) == [("Received", "now"), ("In progress", "ahead"), ("Done", "ahead")]


@pytest.mark.parametrize(
    ("status", "english", "spanish", "passed"),
    [
        (
            Status.IN_PROGRESS,
            "In progress We are working on it.",
            "En proceso Estamos trabajando en esto.",
            1,
        ),
        (
            Status.WAITING,
            "Waiting for an answer We asked a question",
            "En espera de una respuesta Hicimos",
            0,
        ),
        (Status.ON_HOLD, "On hold This has to wait a little.", "En pausa Esto tiene que esperar un poco.", 0),
        (Status.RESOLVED, "Done The work is done.", "Terminado El trabajo está terminado.", 2),
    ],
)
async def test_each_status_is_told_with_its_words_and_its_step(
    neighbor: Neighbor, status: Status, english: str, spanish: str, passed: int
) -> None:
    reference = await a_request()
    await change(reference, status, "The asphalt comes on Friday.")
    assert english in await neighbor.reads(reference)
    assert spanish in await neighbor.reads(reference, "es")
    assert "Today The asphalt comes on Friday." in await neighbor.reads(reference)
    page = (await neighbor.opens(reference)).text
    assert [state for _, state in steps(page)] == ["passed"] * passed + ["now"] + ["ahead"] * (2 - passed)
    assert page.count('aria-current="step"') == 1


@pytest.mark.parametrize(
    ("resolution", "english", "spanish"),
    [
        (Resolution.FIXED, "Done The work is done.", "Terminado El trabajo está terminado."),
        (
            Resolution.DUPLICATE,
            "Closed We already had a report",
            "Cerrado Ya teníamos un reporte de lo mismo",
        ),
        (
            Resolution.NOTHING_FOUND,
            "Closed We looked and found nothing",
            "Cerrado Fuimos a ver y no encontramos",
        ),
        (
            Resolution.NOT_OURS,
            "Closed This is not the City's to fix. It is for: Caltrans",
            "Le toca a: Caltrans",
        ),
        (Resolution.WILL_NOT_DO, "Closed This was closed without work.", "Cerrado Esto se cerró sin hacer"),
        (
            Resolution.WITHDRAWN,
            "Closed Who reported it took it back",
            "Cerrado La persona del reporte lo retiró",
        ),
        (
            Resolution.NO_ANSWER,
            "Closed We asked a question and could not go on",
            "Cerrado Hicimos una pregunta",
        ),
    ],
)
async def test_each_end_is_told_with_why(
    neighbor: Neighbor, resolution: Resolution, english: str, spanish: str
) -> None:
    reference = await a_request()
    whose = "Caltrans" if resolution is Resolution.NOT_OURS else ""
    if (
        resolution is Resolution.DUPLICATE
    ):  # of before there were joins: today it has the page of the other one
        await change(reference, Status.CLOSED, "Here is why.", resolution=Resolution.NOTHING_FOUND)
        async with transaction() as session:
            ended = await find_request(session, reference)
            ended.resolution = ended.updates[-1].resolution = resolution
    else:
        if resolution is Resolution.FIXED:
            await change(reference, Status.RESOLVED)
        await change(reference, Status.CLOSED, "Here is why.", resolution=resolution, referred_to=whose)
    words = await neighbor.reads(reference)
    assert english in words
    assert "Here is why." in words
    assert spanish in await neighbor.reads(reference, "es")
    shown = steps((await neighbor.opens(reference)).text)
    done = [("Received", "passed"), ("In progress", "passed"), ("Done", "now")]
    closed = [("Received", "passed"), ("Closed", "now")]
    assert shown == (done if resolution is Resolution.FIXED else closed)


async def test_what_was_said_before_the_last_move_is_not_told_as_the_present(neighbor: Neighbor) -> None:
    reference = await a_request()
    await change(reference, Status.IN_PROGRESS, "A crew comes on Tuesday.")
    await change(reference, Status.IN_PROGRESS, internal_note="called them")
    assert "We are working on it. Today A crew comes on Tuesday." in await neighbor.reads(reference)
    await change(reference, Status.RESOLVED)
    assert "Earlier news Today A crew comes on Tuesday." in await neighbor.reads(reference)


async def test_whose_it_is_may_be_told_in_the_words_alone(neighbor: Neighbor) -> None:
    reference = await a_request()
    await change(reference, Status.CLOSED, "Ask the state.", resolution=Resolution.NOT_OURS)
    assert "This is not the City's to fix. Today Ask the state." in await neighbor.reads(reference)


async def test_what_was_said_of_an_end_that_was_taken_back_is_history(neighbor: Neighbor) -> None:
    conversation_id = await a_conversation()
    reference = await a_request(conversation_id=conversation_id)
    await change(reference, Status.IN_PROGRESS)
    await change(reference, Status.RESOLVED, "We filled it.")
    async with transaction() as session:
        await record_feedback(session, conversation_id, reference, Verdict.NOT_FIXED, comment=SECRET)
    words = await neighbor.reads(reference)
    assert "Open again It was not right yet" in words
    assert "Earlier news Today We filled it." in words
    assert SECRET not in words
    shown = steps((await neighbor.opens(reference)).text)
    assert shown == [("Received", "now"), ("In progress", "ahead"), ("Done", "ahead")]
    async with transaction() as session:
        await record_feedback(session, conversation_id, reference, Verdict.FIXED)
    again = await neighbor.reads(reference)
    assert "Done The work is done." in again
    assert again.count("We filled it.") == 1


@pytest.mark.parametrize("lang", ["en", "es"])
async def test_the_day_that_was_promised_and_what_became_of_it(neighbor: Neighbor, lang: str) -> None:
    def has(day: date, english: str, spanish: str) -> str:
        return (english if lang == "en" else spanish).format(day=said(day, lang, today()))

    reference = await a_request()
    assert has(today(), "Usually", "Por lo general") in await neighbor.reads(
        reference, lang
    )  # since the filing
    day = await promise(reference, 9)
    usual = has(day, "Usually done by {day}.", "Por lo general queda listo a más tardar {day}.")
    assert usual in await neighbor.reads(reference, lang)
    await change(reference, Status.ON_HOLD, "Rain.")
    longer = has(day, "It may take longer now.", "Ahora puede tardar más.")
    assert longer in await neighbor.reads(reference, lang)
    await change(reference, Status.IN_PROGRESS)
    late = has(today(), "This is running late", "Vamos con retraso")
    await promise(reference, 0)
    assert late not in await neighbor.reads(reference, lang)
    day = await promise(reference, -1)
    words = await neighbor.reads(reference, lang)
    assert late in words
    assert has(day, "We wanted to be done by {day}.", "terminar a más tardar {day}.") in words
    await change(reference, Status.RESOLVED)
    assert late not in await neighbor.reads(reference, lang)


async def everything_private(reference: str, conversation_id: int) -> None:
    """Secrets wherever the database keeps words."""
    follower = await a_conversation("+13105550177", f"{SECRET} too")
    async with transaction() as session:
        request = await find_request(session, reference)
        request.description, request.place_text = f"{SECRET} hole", f"by {SECRET}"
        request.answers, request.crew = {"where": SECRET}, SECRET
        await session.execute(update(Contact).values(display_name=SECRET))
        words = Following(follower, reference, f"{SECRET} here too", f"near {SECRET}", PICO)
        await follow_request(session, words)
    await change(reference, Status.OPEN, "", internal_note=f"{SECRET} is known to us")
    async with transaction() as session:
        session.add(
            Update(
                request_id=await id_of(reference),
                from_status="open",
                to_status="open",
                public_text=f"{SECRET} said so",
                author="resident",
                created_at=datetime.now(UTC),
            )
        )
        await record_feedback(session, conversation_id, reference, rating=1, comment=SECRET)


@pytest.mark.parametrize("status", [Status.OPEN, Status.IN_PROGRESS, Status.RESOLVED])
async def test_nothing_of_residents_or_staff_is_on_the_page(neighbor: Neighbor, status: Status) -> None:
    conversation_id = await a_conversation()
    reference = await a_request(conversation_id=conversation_id)
    await everything_private(reference, conversation_id)
    await change(reference, status, "We are on it.", internal_note=SECRET)
    for lang in ("en", "es"):
        answer = await neighbor.opens(reference, lang)
        assert "We are on it." in answer.text
        for private in (SECRET, "5550123", "555-0123", "5550177", "ana", f"/conversations/{conversation_id}"):
            assert not re.search(rf"\b{private}\b", answer.text), private
    assert "2 people follow this report." in await neighbor.reads(reference)
    assert "2 personas siguen este reporte." in await neighbor.reads(reference, "es")


async def test_one_follower_alone_is_not_told(neighbor: Neighbor) -> None:
    assert "follow this report" not in await neighbor.reads(await a_request())


async def test_residents_photos_are_shown_only_when_staff_cleared_them(neighbor: Neighbor) -> None:
    theirs, others, work = await a_photo(640), await a_photo(660), await a_photo(680)
    reference = await a_request(photo_ids=(theirs,))
    other = await a_request("two", photo_ids=(others,))
    await change(reference, Status.RESOLVED, photo_ids=(work,))
    path = await path_of(reference)
    page = (await neighbor.opens(reference)).text
    assert f"{path}/photos/{work}" in page
    assert f"{path}/photos/{theirs}" not in page
    picture = await neighbor.client.get(f"{path}/photos/{work}")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["cache-control"] == "private, max-age=300"
    assert picture.headers["referrer-policy"] == "no-referrer"
    small = await neighbor.client.get(f"{path}/photos/{work}?size=thumb")
    assert 0 < len(small.content) < len(picture.content)
    known = {"if-none-match": picture.headers["etag"]}
    assert (await neighbor.client.get(f"{path}/photos/{work}", headers=known)).status_code == 304
    for hidden in (
        f"{path}/photos/{theirs}",
        f"{path}/photos/{others}",
        f"{await path_of(other)}/photos/{work}",
    ):
        assert (await neighbor.client.get(hidden)).status_code == 404
    async with transaction() as session:
        await session.execute(
            update(RequestPhoto).where(RequestPhoto.photo_id == theirs).values(cleared=True)
        )
    words = await neighbor.reads(reference)
    assert "Photos After the work Today As it was reported Today" in words
    assert "Fotos Después del trabajo Hoy Como se reportó Hoy" in await neighbor.reads(reference, "es")
    assert (await neighbor.client.get(f"{path}/photos/{theirs}")).status_code == 200


async def test_a_cleared_photo_stays_cleared_when_its_request_is_joined(neighbor: Neighbor) -> None:
    photo, hidden = await a_photo(640), await a_photo(660)
    first, second = await a_request(), await a_request("two", photo_ids=(photo, hidden))
    async with transaction() as session:
        await session.execute(update(RequestPhoto).where(RequestPhoto.photo_id == photo).values(cleared=True))
        await merge_requests(session, second, first, "staff:ana")
    page = (await neighbor.opens(first)).text
    assert f"/photos/{photo}" in page
    assert f"/photos/{hidden}" not in page


async def test_a_joined_request_shows_the_one_it_was_joined_with(neighbor: Neighbor) -> None:
    first, second = await a_request(), await a_request("two", await a_conversation("+13105550188"))
    async with transaction() as session:
        await merge_requests(session, second, first, "staff:ana")
    await change(first, Status.IN_PROGRESS, "The crew is there.")
    words = await neighbor.reads(second)
    assert f"{second} is about the same thing, so we joined the two. This is how {first} is going." in words
    assert "In progress We are working on it. Today The crew is there." in words
    assert f"{second} es lo mismo, así que juntamos los dos. Así va {first}." in await neighbor.reads(
        second, "es"
    )
    assert await path_of(second) in words  # passed on is the address that was opened
    assert second not in await neighbor.reads(first)


async def test_a_request_without_a_place_has_no_map_and_nobody_else_sees_it(
    neighbor: Neighbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = load_settings(**TWILIO, TWILIO_FROM="+13105550100")
    monkeypatch.setattr(public_words, "settings", lambda: ours)
    reference = await a_request(service_code="public_records", location=None, place_text="")
    page = (await neighbor.opens(reference)).text
    assert "<svg" not in page
    assert "sms:" not in page
    assert 'class="place"' not in page
    assert "We have this report" in page


async def test_a_service_that_is_no_longer_offered_has_a_plain_name(neighbor: Neighbor) -> None:
    reference = await a_request()
    async with transaction() as session:
        await session.execute(update(ServiceRequest).values(service_code="horse_parking"))
    assert "Report to the city" in await neighbor.reads(reference)
    assert "Reporte a la Ciudad" in await neighbor.reads(reference, "es")


async def test_erased_and_forgotten_requests_go_on_without_words(neighbor: Neighbor) -> None:
    reference = await a_request()
    await change(reference, Status.CLOSED, "Nobody was there.", resolution=Resolution.NOTHING_FOUND)
    async with transaction() as session:
        contact = await session.scalar(select(Contact.id))
        assert contact is not None
        await erase_contact(session, contact, actor="staff:ana")
    assert "Nobody was there." in await neighbor.reads(reference)
    async with transaction() as session:
        assert await forget_request_words(session, datetime.now(UTC) + timedelta(days=1), 10) == 1
    words = await neighbor.reads(reference)
    assert "We looked and found nothing there." in words
    assert "Nobody was there." not in words


async def test_the_language_is_the_one_asked_for_else_the_browsers(neighbor: Neighbor) -> None:
    reference = await a_request()
    for lang, accepted, expected in (
        (None, "es-MX,en;q=0.5", "es"),
        (None, "fr", "en"),
        (None, "", "en"),
        ("es", "en", "es"),
        ("en", "es", "en"),
        ("fr", "es", "es"),
    ):
        page = (await neighbor.opens(reference, lang, **{"accept-language": accepted})).text
        other = "es" if expected == "en" else "en"
        assert f'<html lang="{expected}">' in page
        assert f'href="?lang={other}" lang="{other}" hreflang="{other}"' in page


@pytest.mark.parametrize("token", ["AAAAAAAAAAAAAAAAAAAAAA", "A" * 21, "A" * 500, "%00%FF", "<b>", "ñ"])
async def test_a_wrong_token_gets_a_kind_page_in_both_languages(neighbor: Neighbor, token: str) -> None:
    answer = await neighbor.client.get(f"/r/{token}", headers={"accept-language": "es"})
    assert answer.status_code == 404
    assert '<html lang="es">' in answer.text
    assert answer.text.index("No conocemos este enlace") < answer.text.index("We do not know this link")
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert (await neighbor.client.get(f"/r/{token}/photos/1")).status_code == 404


async def test_nobody_lists_the_page_or_learns_its_address(neighbor: Neighbor) -> None:
    answer = await neighbor.opens(await a_request())
    headers = answer.headers
    assert headers["cache-control"] == "private, max-age=30"
    assert headers["vary"] == "Accept-Language"
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "set-cookie" not in headers
    assert '<meta name="robots" content="noindex">' in answer.text
    loaded = re.findall(r'(?:src|srcset)="([^"]+)"|<link[^>]+href="([^"]+)"', answer.text)
    assert loaded
    assert all("".join(address).startswith("/") for address in loaded)
    assert " style=" not in answer.text


async def test_the_page_is_light_enough_for_a_slow_network(neighbor: Neighbor) -> None:
    reference = await a_request()
    for number in range(12):
        await change(reference, Status.IN_PROGRESS, f"{number} " + "x" * 590)
    answer = await neighbor.opens(reference, "es")
    assets = re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text)
    assert len(assets) == 3
    sizes = [len((await neighbor.client.get(address)).content) for address in assets]
    assert len(answer.content) + sum(sizes) < LARGEST


async def test_a_map_service_of_the_console_is_not_asked(
    neighbor: Neighbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiles = load_settings(CITYLINE_TILE_URL="https://tiles.example.org/{z}/{x}/{y}.png")
    monkeypatch.setattr(map_svg, "settings", lambda: tiles)
    page = (await neighbor.opens(await a_request())).text
    assert "example.org" not in page
    assert 'class="road street"' in page


async def test_a_link_opens_a_text_to_the_city_that_the_neighbor_sends(
    neighbor: Neighbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = load_settings(**TWILIO, TWILIO_FROM="+13105550100")
    monkeypatch.setattr(public_words, "settings", lambda: ours)
    reference = await a_request()
    page = html.unescape((await neighbor.opens(reference)).text)
    assert f'href="sms:+13105550100?&body=I%20see%20it%20too%3A%20{reference}">I see it too<' in page
    await change(reference, Status.RESOLVED)
    page = html.unescape((await neighbor.opens(reference)).text)
    assert f'href="sms:+13105550100?&body=Still%20not%20fixed%3A%20{reference}">Still not fixed<' in page
    spanish = html.unescape((await neighbor.opens(reference, "es")).text)
    assert f'body=No%20qued%C3%B3%20bien%3A%20{reference}">No quedó bien<' in spanish
    await change(reference, Status.CLOSED, resolution=Resolution.NOT_OURS, referred_to="Caltrans")
    assert "sms:" not in (await neighbor.opens(reference)).text


async def test_where_texts_come_from_a_service_the_page_offers_the_public_number(
    neighbor: Neighbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = load_settings(**TWILIO, TWILIO_FROM="MG" + "0" * 32, CITYLINE_PUBLIC_NUMBER="+13105550111")
    monkeypatch.setattr(public_words, "settings", lambda: ours)
    assert 'href="sms:+13105550111?&body=' in html.unescape((await neighbor.opens(await a_request())).text)


async def test_on_telegram_alone_a_link_says_it_in_the_chat(
    neighbor: Neighbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = load_settings(TELEGRAM_BOT_TOKEN="123456:abc", TELEGRAM_BOT_NAME="@CityHallBot")
    monkeypatch.setattr(public_words, "settings", lambda: ours)
    reference = await a_request()
    page = (await neighbor.opens(reference)).text
    assert f'href="https://t.me/CityHallBot?start=see_en_{reference}">I see it too, on Telegram<' in page
    assert "until you press Start" in page
    assert "sms:" not in page
    await change(reference, Status.RESOLVED)
    page = (await neighbor.opens(reference, "es")).text
    assert f'href="https://t.me/CityHallBot?start=left_es_{reference}">No quedó bien, por Telegram<' in page


async def test_with_a_number_and_a_bot_there_are_both(
    neighbor: Neighbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = {"TELEGRAM_BOT_TOKEN": "123456:abc", "TELEGRAM_BOT_NAME": "CityHallBot"}
    ours = load_settings(**TWILIO, **bot, TWILIO_FROM="+13105550100")
    monkeypatch.setattr(public_words, "settings", lambda: ours)
    page = (await neighbor.opens(await a_request())).text
    assert ">I see it too<" in page
    assert ">I see it too, on Telegram<" in page


@pytest.mark.parametrize("sender", [None, "MG" + "0" * 32])
async def test_without_a_number_there_is_no_such_link(
    neighbor: Neighbor, monkeypatch: pytest.MonkeyPatch, sender: str | None
) -> None:
    ours = load_settings(**TWILIO, TWILIO_FROM=sender) if sender else load_settings()
    monkeypatch.setattr(public_words, "settings", lambda: ours)
    page = (await neighbor.opens(await a_request())).text
    assert "sms:" not in page
    assert "I see it too" not in page
    assert "Pass this page on" in page


async def test_words_of_staff_are_never_taken_for_markup(neighbor: Neighbor) -> None:
    reference = await a_request()
    await change(reference, Status.IN_PROGRESS, "<script>alert(1)</script> & more")
    page = (await neighbor.opens(reference)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page


async def test_opening_the_page_changes_nothing(neighbor: Neighbor) -> None:
    reference = await a_request()
    async with transaction() as session:
        before = (await find_request(session, reference)).updated_at
    await neighbor.opens(reference)
    assert (await neighbor.client.head(await path_of(reference))).status_code == 200
    assert (await neighbor.client.post(await path_of(reference))).status_code == 405
    async with transaction() as session:
        request = await find_request(session, reference)
    assert (request.updated_at, len(request.updates)) == (before, 1)


async def test_the_token_never_reaches_the_log(neighbor: Neighbor) -> None:
    photo = await a_photo()
    reference = await a_request()
    path = await path_of(reference)
    with capture_logs() as logs:
        await change(reference, Status.RESOLVED, photo_ids=(photo,))
        await neighbor.opens(reference)
        await neighbor.opens(reference, "es")
        await neighbor.client.get(f"{path}/photos/{photo}")
        await neighbor.client.get(f"{path}/photos/{photo}?size=huge")
        await neighbor.client.get(f"{path}/photos/999")
        await neighbor.client.get(f"{path}/nothing-here")
        await neighbor.client.get(f"{path}x")
    routes = {entry["route"] for entry in logs if entry["event"] == "web.request"}
    assert routes == {"/r/{token}", "/r/{token}/photos/{photo_id}", "unknown"}
    assert path.rpartition("/")[2] not in repr(logs)
