"""What phones, carriers and people really send that once fell short, through the real webhooks with everything running.

Each test is a kind out of public bug reports, with samples of its own. Kinds of files are in `test_odd_files.py`; those that
only the gateway settles in `tests/integration` (`test_sms_oddities.py`, `test_telegram_oddities.py`, `test_reactions.py`,
`test_edits.py`, `test_numbered_parts.py`, `test_automatic.py`).
"""

from __future__ import annotations

import itertools
import json
import re
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests import reports
from tests.journeys.posts import open_phone, post_receipt, post_sms, post_telegram
from tests.journeys.stack import Said, Stack, eventually
from tests.journeys.test_main_job import REFERENCE, cityline, send_photo
from tests.photos import jpeg

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

# Of `tests.reports`, from the first streetlight on: other journeys on the same stack report potholes.
_matters = itertools.count(len(reports.corners()))
GONE_QUIET = 3.0  # seconds without a word of ours, after which none comes


def rows(stack: Stack, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(stack.database_url) as connection:
        return connection.execute(query, values).fetchall()


async def hear(stack: Stack, channel: str, address: str, expected: str, after: int = 0) -> str:
    """Wait for words of ours in one of the messages that come after the first `after`; gives that message."""
    pattern = re.compile(expected, re.DOTALL)

    def found(said: Said) -> list[str]:
        return [one["text"] for one in said[after:] if pattern.search(one["text"])]

    try:
        said = await stack.until_said(channel, address, lambda said: bool(found(said)), expected, 30)
    except AssertionError:
        texts = [one["text"] for one in (await stack.from_city(channel, address))[after:]]
        raise AssertionError(f"expected {expected!r}, heard {texts}") from None
    return found(said)[0]


async def say(stack: Stack, channel: str, address: str, text: str, expected: str) -> str:
    """Say something and wait for words in the answer."""
    seen = len(await stack.from_city(channel, address))
    await stack.say(channel, address, text)
    return await hear(stack, channel, address, expected, seen)


async def quiet(stack: Stack, channel: str, address: str, text: str) -> None:
    """Say something that is not answered."""
    seen = len(await stack.from_city(channel, address))
    await stack.say(channel, address, text)
    assert len(await stack.from_city(channel, address, more_than=seen, wait=GONE_QUIET)) == seen


async def filed(stack: Stack, channel: str, address: str) -> str:
    """Report a matter that nobody else has reported, and send it; gives the reference."""
    await say(stack, channel, address, reports.report(next(_matters)), "Usually done")
    told = await say(stack, channel, address, "1", REFERENCE.pattern)
    found = REFERENCE.search(told)
    assert found
    return found.group()


async def followed(stack: Stack, channel: str, address: str) -> str:
    """The same, and say yes to updates: without it nothing would be told of the next change anyway."""
    reference = await filed(stack, channel, address)
    if channel == "sms":  # on Telegram nobody is asked
        await say(stack, channel, address, "1", ".")
        assert rows(stack, "SELECT wants_updates FROM contacts WHERE address = %s", address) == [(True,)]
    return reference


def resolve(stack: Stack, reference: str) -> None:
    cityline(stack, "request", "update", reference, "--status", "resolved", "--public", "All done.")


# Digits that are none of 0 to 9 (d1)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("pothole ❷ Pico and 6th", "Pico Blvd & 6th St"),
        ("bache grande en la calle ⑥ y Pico", "6th St y Pico Blvd"),
        ("graffiti at ７th and Colorado", "7th St & Colorado Ave"),
        ("streetlight out at 𝟏𝟒th and Santa Monica Blvd", "14th St & Santa Monica Blvd"),
    ],
)
async def test_a_number_in_unusual_digits_is_understood(
    stack: Stack, number: str, words: str, place: str
) -> None:
    await say(stack, "sms", number, words, re.escape(place))


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize(
    "words", ["³7th", "2٣ rd st", "½ of ٧ ❾❿ Ⅻ", "pothole ①⓪⓪ ⓪⓪ ٠٠", "\u202e4th \u2066❷\u2069 \ud83d"]
)
async def test_digits_that_mean_nothing_are_asked_about_and_the_conversation_goes_on(
    stack: Stack, number: str, chat: str, channel: str, words: str
) -> None:
    address = number if channel == "sms" else chat
    seen = await open_phone(stack, channel, address)
    if channel == "sms":
        as_carried = words.replace("\ud83d", "\ufffd")  # UTF-8 has no way of saying half a pair
        assert await post_sms(stack, address, as_carried) == 204
    else:
        assert await post_telegram(stack, address, text=words) == 200
    answer = await hear(stack, channel, address, ".", seen)
    assert "could not deal with" not in answer
    await say(stack, channel, address, "start over", ".")
    await filed(stack, channel, address)
    assert not rows(
        stack,
        "SELECT t.id FROM turns t JOIN conversations c ON c.id = t.conversation_id JOIN contacts k ON k.id = c.contact_id"
        " WHERE k.address = %s AND t.parked_at IS NOT NULL",
        address,
    )


# Words that stop, and the same words as an answer (3, 16)


async def at_which_kind(stack: Stack, channel: str, address: str, report: str, kinds: str) -> None:
    """Report a sign and send it: then the bot asks which kind. Who texts is asked about updates before."""
    await say(stack, channel, address, report, "Usually done|Suele")
    told = await say(stack, channel, address, "1", REFERENCE.pattern)
    if "2 No" in told:
        await say(stack, channel, address, "1", kinds)
    else:
        await hear(stack, channel, address, kinds)


@pytest.mark.parametrize(
    ("channel", "report", "answer"),
    [
        ("telegram", "a sign is knocked down at {}", "Stop"),
        ("telegram", "se cayó un letrero en {}", "alto"),
        ("sms", "se cayó un letrero en {}", "Alto"),
        ("sms", "a sign is knocked down at {}", "Yield"),
    ],
)
async def test_a_word_that_names_the_sign_is_the_answer_and_no_stop(
    stack: Stack, number: str, chat: str, channel: str, report: str, answer: str
) -> None:
    address = number if channel == "sms" else chat
    place = reports.corner(next(_matters))
    await at_which_kind(stack, channel, address, report.format(place), "Which kind|De que tipo|De qué tipo")
    said = await say(stack, channel, address, answer, ".")
    assert re.search(r"helps|ayuda", said)
    (kept,) = rows(
        stack,
        "SELECT r.answers::text, k.opted_out_at, k.wants_updates IS FALSE FROM service_requests r"
        " JOIN conversations c ON c.id = r.conversation_id JOIN contacts k ON k.id = c.contact_id WHERE k.address = %s",
        address,
    )
    assert "stop" in kept[0]
    assert kept[1:] == (None, False)


@pytest.mark.parametrize(
    ("channel", "wish"),
    [
        ("sms", "PARAR"),
        ("sms", "quit texting me please"),
        ("sms", "no me escriban más por favor"),
        ("sms", "please take me off your list"),
        ("sms", "STOP\n\nMaria Lopez\nSent from my Galaxy"),
        ("sms", "no further messages please"),
        ("sms", "ya no deseo recibir mensajes"),
        ("telegram", "unsubscribe please"),
        ("telegram", "ya no quiero recibir mensajes"),
    ],
)
async def test_a_wish_to_stop_in_any_words_is_confirmed_once_and_obeyed(
    stack: Stack, number: str, chat: str, channel: str, wish: str
) -> None:
    address = number if channel == "sms" else chat
    reference = await followed(stack, channel, address)
    await say(stack, channel, address, wish, "START|/start")
    if channel == "sms":
        await quiet(stack, channel, address, wish)
    seen = len(await stack.from_city(channel, address))
    resolve(stack, reference)
    assert len(await stack.from_city(channel, address, more_than=seen, wait=GONE_QUIET)) == seen


@pytest.mark.parametrize("complaint", ["you never text me back", "no me mandaron ningún aviso"])
async def test_who_complains_that_nobody_texts_is_told_of_the_next_change(
    stack: Stack, number: str, complaint: str
) -> None:
    reference = await followed(stack, "sms", number)
    await say(stack, "sms", number, complaint, ".")
    assert rows(stack, "SELECT opted_out_at FROM contacts WHERE address = %s", number) == [(None,)]
    seen = len(await stack.from_city("sms", number))
    resolve(stack, reference)
    await hear(stack, "sms", number, "All done", seen)


# A photo without words (7)


@pytest.mark.parametrize(
    ("report", "service"),
    [
        ("someone dumped a couch at {}", "illegal_dumping"),
        ("streetlight out at {}", "streetlight"),
        ("graffiti at {}", "graffiti"),
    ],
)
async def test_a_photo_alone_after_an_old_request_belongs_to_what_is_said_next(
    stack: Stack, number: str, report: str, service: str
) -> None:
    old = await filed(stack, "sms", number)
    seen = len(await stack.from_city("sms", number))
    resolve(stack, old)
    await hear(stack, "sms", number, "Is it fixed", seen)
    long_ago(stack, number)
    seen = len(await stack.from_city("sms", number))
    await send_photo(stack, "sms", number, "", jpeg())
    await hear(stack, "sms", number, "Is this photo about", seen)
    await say(stack, "sms", number, report.format(reports.corner(next(_matters))), "Photos: 1")
    new = REFERENCE.search(await say(stack, "sms", number, "1", REFERENCE.pattern))
    assert new
    kept = cityline(stack, "request", "show", new.group())
    assert (kept["service_code"], kept["photos"]) == (service, 1)
    before = cityline(stack, "request", "show", old)
    assert (before["status"], before["photos"]) == ("resolved", 0)


LATER = timedelta(hours=72)
MOMENT = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^" ]*)"')


def long_ago(stack: Stack, address: str) -> None:
    """As if all that was said with this resident so far had been said three days earlier: here, and in the engine's memory."""

    def earlier(found: re.Match[str]) -> str:
        return f'"{(datetime.fromisoformat(found[1]) - LATER).isoformat()}"'

    with psycopg.connect(stack.database_url) as connection:
        connection.execute(
            "UPDATE messages m SET created_at = m.created_at - %s FROM conversations c"
            " JOIN contacts k ON k.id = c.contact_id WHERE c.id = m.conversation_id AND k.address = %s",
            (LATER, address),
        )
        events = connection.execute(
            "SELECT e.id, e.data FROM events e JOIN conversations c ON 'conversation-' || c.id = e.sender_id"
            " JOIN contacts k ON k.id = c.contact_id WHERE k.address = %s",
            (address,),
        ).fetchall()
        for event_id, data in events:
            aged = json.loads(MOMENT.sub(earlier, data))
            aged["timestamp"] -= LATER.total_seconds()
            connection.execute("UPDATE events SET data = %s WHERE id = %s", (json.dumps(aged), event_id))


# A file that its server does not have yet (9)


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("fault", ["media_missing", "media_cut"])
async def test_a_photo_that_is_not_there_at_first_is_fetched(
    stack: Stack, number: str, chat: str, channel: str, fault: str
) -> None:
    address = number if channel == "sms" else chat
    body = {"kind": fault, "provider": channel, "count": 2}
    (await stack.http.post(f"{stack.simulator}/simulator/faults", json=body)).raise_for_status()
    await send_photo(stack, channel, address, reports.report(next(_matters)), jpeg())
    await hear(stack, channel, address, "Photos: 1")


# A receipt that tells of an opt-out (13)


@pytest.mark.parametrize(
    "status",
    [
        {"MessageStatus": "failed"},
        {"MessageStatus": "undelivered"},
        {"SmsStatus": "undelivered"},
    ],
)
async def test_an_opt_out_told_by_a_receipt_is_obeyed_and_staff_see_it(
    stack: Stack, number: str, status: dict[str, str]
) -> None:
    reference = await filed(stack, "sms", number)

    def sent() -> list[tuple[str, int]]:  # the phone has it a moment before we know what it is called
        return rows(
            stack,
            "SELECT m.provider_id, m.id FROM messages m JOIN conversations c ON c.id = m.conversation_id"
            " JOIN contacts k ON k.id = c.contact_id WHERE k.address = %s AND m.provider_id IS NOT NULL"
            " AND m.direction = 'out' AND position(%s in m.body) > 0",
            number,
            reference,
        )

    await eventually(sent, "the text has a name")
    ((sid, message_id),) = sent()
    fields = {"MessageSid": sid, "ErrorCode": "21610", "To": number, **status}
    assert await post_receipt(stack, f"?message={message_id}", **fields) == 204
    seen = len(await stack.from_city("sms", number))
    resolve(stack, reference)
    assert len(await stack.from_city("sms", number, more_than=seen, wait=GONE_QUIET)) == seen
    (untold,) = cityline(stack, "message", "list", "--request", reference)
    assert (untold["state"], untold["why"]) == ("suppressed", "refused")
    (barrier,) = rows(stack, "SELECT opted_out_why FROM contacts WHERE address = %s", number)
    assert barrier == ("refused",)


# Answers with something below them (18), and signs for yes and no (40)


@pytest.mark.parametrize(
    "answer",
    ["1\n\nSent from my Samsung device", "1.\n--\nDr. Ana Ruiz", "1\n\nGet Outlook for iOS", "one\n\nEnviado desde mi iPhone", "👍🏾", "👌🏿", "✅", "🙏🏼"],
)  # fmt: skip
async def test_an_answer_with_a_signature_or_by_a_sign_sends_the_report(
    stack: Stack, number: str, answer: str
) -> None:
    await say(stack, "sms", number, reports.report(next(_matters)), "Usually done")
    await say(stack, "sms", number, answer, REFERENCE.pattern)


@pytest.mark.parametrize("sign", ["👎", "👎🏾", "❌"])
@pytest.mark.parametrize("report", ["hay un bache enorme en {}", "huge pothole at {}"])
async def test_a_sign_for_no_at_the_summary_changes_something(
    stack: Stack, chat: str, report: str, sign: str
) -> None:
    await say(stack, "telegram", chat, report.format(reports.corner(next(_matters))), "Usually done|Suele")
    await say(stack, "telegram", chat, sign, "What should I change|Qué cambio|What shall I change|change")


# Plus codes (22)


@pytest.mark.parametrize(
    "words",
    ["pothole at 85632GC5+2C", "graffiti, 2G65+W8 Santa Monica", "https://plus.codes/85632G76+4Q a couch was dumped here"],
)  # fmt: skip
async def test_a_plus_code_is_a_place(stack: Stack, number: str, words: str) -> None:
    said = await say(stack, "sms", number, words, "Usually done")
    assert re.search(r"Where: (near )?\d+ \w+", said)


# Not theirs (34)


@pytest.mark.parametrize(
    "words", ["you have the wrong number", "se equivocó de número", "who is this?", "I never reported this"]
)
async def test_whose_number_it_is_not_is_taken_off_the_request_and_told_so_once(
    stack: Stack, number: str, words: str
) -> None:
    reference = await filed(stack, "sms", number)
    seen = len(await stack.from_city("sms", number))
    resolve(stack, reference)
    await hear(stack, "sms", number, "Is it fixed", seen)
    await say(stack, "sms", number, words, "no more|no le|not yours|off")
    assert cityline(stack, "request", "show", reference)["status"] == "resolved"
    seen = len(await stack.from_city("sms", number))
    cityline(stack, "request", "update", reference, "--status", "open", "--public", "Once more.")
    assert len(await stack.from_city("sms", number, more_than=seen, wait=GONE_QUIET)) == seen


# Files we cannot see or take (2, 20), and several at once


@pytest.mark.parametrize(
    "file",
    [
        {"document": {"file_name": "IMG_1.HEIC", "mime_type": "image/heic", "file_size": 3_221_225_472}},
        {"document": {"file_name": "scan.png", "mime_type": "image/png", "file_size": 2**53}},
        {"document": {"file_name": "a.jpg", "mime_type": "image/jpeg", "file_size": 50_000_000}},
    ],
)
async def test_a_huge_file_is_too_large_kindly_and_others_are_served(
    stack: Stack, number: str, chat: str, file: dict[str, Any]
) -> None:
    seen = await open_phone(stack, "telegram", chat)
    ids = {"file_id": "BQACAgEAAx", "file_unique_id": "AgAD"}
    content = {kind: {**ids, **what} for kind, what in file.items()}
    words = reports.report(next(_matters))
    assert await post_telegram(stack, chat, caption=words, **content) == 200
    await hear(stack, "telegram", chat, "too large|too big", seen)
    await filed(stack, "sms", number)


@pytest.mark.parametrize("kind", ["video", "video_note", "animation"])
async def test_words_with_a_video_on_telegram_are_taken_and_it_is_said_that_it_is_not_seen(
    stack: Stack, chat: str, kind: str
) -> None:
    seen = await open_phone(stack, "telegram", chat)
    film = {
        "file_id": "BAACAgEAAx",
        "file_unique_id": "AgADx",
        "duration": 9,
        "width": 640,
        "height": 360,
        "length": 360,
    }
    words = reports.report(next(_matters))
    assert await post_telegram(stack, chat, caption=words, **{kind: film}) == 200
    said = await hear(stack, "telegram", chat, "Usually done", seen)
    assert "watch" in said


async def test_an_album_with_words_below_one_picture_is_one_report_with_all_of_them(
    stack: Stack, chat: str
) -> None:
    shades = (jpeg(shade=10), jpeg(shade=60), jpeg(shade=120))
    await send_photo(stack, "telegram", chat, reports.report(next(_matters)), *shades)
    said = await hear(stack, "telegram", chat, "Photos: 3")
    assert "Usually done" in said


# Danger (x1)


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize(
    ("words", "call"),
    [
        ("me quiero morir, ya no aguanto", "988"),
        ("i am going to kill myself tonight", "988"),
        ("there is no reason for me to go on living", "988"),
        ("there is a man in my garage who broke in, still there", "911"),
        ("hay un hombre con cuchillo dentro de mi casa", "911"),
        ("what is the least painful way to die", "988"),
        ("que me pasa si me tomo el cloro", "988"),
    ],
)
async def test_who_is_in_danger_reads_whom_to_call_first(
    stack: Stack, number: str, chat: str, channel: str, words: str, call: str
) -> None:
    address = number if channel == "sms" else chat
    assert call in (await say(stack, channel, address, words, "."))
