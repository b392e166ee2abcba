"""What other systems send and get, byte by byte: fields, moments, and both forms of an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import Request

from bot.cases.reported import hash_of
from bot.city.catalogue import Choice, Question, QuestionKind, Service
from bot.city.current import catalogue
from bot.web.open311.attributes import answers_of
from bot.web.open311.errors import ProtocolError
from bot.web.open311.formats import Format, answer, as_xml, format_of, w3, without_ending
from bot.web.open311.params import Params, query_of
from bot.web.open311.requests import SPAN, span_of

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def asked(path: str = "/open311/v2/services", query: bytes = b"", accept: str = "") -> Request:
    headers = [(b"accept", accept.encode())] if accept else []
    return Request({"type": "http", "method": "GET", "path": path, "query_string": query, "headers": headers})


@pytest.mark.parametrize(
    ("path", "accept", "form"),
    [
        ("/services.json", "text/xml", Format.JSON),
        ("/services.xml", "application/json", Format.XML),
        ("/services", "application/json", Format.JSON),
        ("/services", "*/*", Format.XML),
        ("/services", "", Format.XML),
        ("/services/pothole.html", "", Format.XML),
    ],
)
def test_the_ending_counts_before_what_is_accepted(path: str, accept: str, form: Format) -> None:
    assert format_of(asked(path, accept=accept)) is form


def test_only_an_ending_of_ours_is_taken_off() -> None:
    assert [without_ending(name) for name in ("a.xml", "a.json", "a.b", "a", ".xml", "a.json.xml")] == [
        "a",
        "a",
        "a.b",
        "a",
        "",
        "a.json",
    ]


@given(st.text())
@example("\x00\x0b\ud800\ufffe]]>&<")
def test_any_words_make_xml_that_can_be_read(words: str) -> None:
    root = ElementTree.fromstring(as_xml("errors", [{"code": 400, "description": words}]))  # noqa: S314 - our own
    told = root.findtext("error/description") or ""
    # A reader makes one line end of each kind (XML 1.0, 2.11).
    kept = [
        one
        for one in words
        if one in "\t\n\r" or 0x20 <= ord(one) <= 0xD7FF or 0xE000 <= ord(one) <= 0xFFFD or ord(one) > 0xFFFF
    ]
    assert told == "".join(kept).replace("\r\n", "\n").replace("\r", "\n")


def test_both_forms_say_the_same() -> None:
    value = [
        {
            "service_request_id": "SM-1",
            "lat": 34.5,
            "description": None,
            "notes": [{"type": "open"}],
            "x": True,
        }
    ]
    in_json = answer(asked("/x.json"), "service_requests", value)
    assert orjson.loads(bytes(in_json.body)) == value
    in_xml = bytes(answer(asked("/x.xml"), "service_requests", value).body)
    assert in_xml == (
        b"<?xml version='1.0' encoding='utf-8'?>\n<service_requests><request><service_request_id>SM-1</service_request_id>"
        b"<lat>34.5</lat><description /><notes><note><type>open</type></note></notes><x>true</x></request></service_requests>"
    )


@given(st.binary(max_size=300))
@example(b"service_code=%00&lat=%c3%28")
def test_whatever_bytes_come_are_fields_or_a_kind_error(raw: bytes) -> None:
    refusals: list[int] = []

    def ask(read: Callable[[], object]) -> object:
        try:
            return read()
        except ProtocolError as error:
            refusals.append(error.status)
            return None

    sent = ask(lambda: query_of(asked(query=raw)))
    if isinstance(sent, Params):
        hash_of(sent.pairs)
        for name in {name for name, _ in sent.pairs}:
            for read in (sent.texts, sent.listed, sent.number, sent.moment):
                ask(partial(read, name))
            ask(partial(sent.whole, name, 1, 9))
    assert set(refusals) <= {400}


def params(**fields: str) -> Params:
    return Params(tuple(fields.items()))


def test_a_blank_field_is_as_good_as_none() -> None:
    blank = params(lat=" ", start_date="", page="\t", status=" , ,")
    assert blank.number("lat") is None
    assert blank.moment("start_date") is None
    assert blank.whole("page", 7, 9) == 7
    assert blank.listed("status") == ()
    assert blank.text("nothing") == ""


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-30T12:00:00Z", NOW),
        ("2026-11-30T04:00:00-08:00", NOW),
        ("2026-11-30T13:00:00+01:00", NOW),
        ("2026-11-30T13:00:00 01:00", NOW),  # the plus was not percent-encoded
        ("2026-11-30T12:00Z", NOW),
        ("2026-11-30T12:00:00.000Z", NOW),
    ],
)
def test_moments_are_read_in_every_form_of_the_note(written: str, moment: datetime) -> None:
    assert params(at=written).moment("at") == moment


@pytest.mark.parametrize(
    "written",
    ["2026-11-30", "2026-11-30T12:00:00", "noon", "0001-01-01T00:00:00+01:00", "99999-01-01T00:00:00Z"],
)
def test_what_is_no_moment_is_refused(written: str) -> None:
    with pytest.raises(ProtocolError):
        params(at=written).moment("at")


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-8))])))
def test_a_moment_that_is_told_is_read_as_the_same(moment: datetime) -> None:
    try:
        told = w3(moment)
    except OverflowError:
        return  # on the last day of the calendar there is no other zone
    read = params(at=told).moment("at")
    assert read == moment.replace(microsecond=0)


moments = st.none() | st.datetimes(timezones=st.just(UTC))


@given(moments, moments)
def test_a_span_is_never_longer_than_the_specification_has_it(
    since: datetime | None, until: datetime | None
) -> None:
    try:
        first, last = span_of(since, until, NOW)
    except ProtocolError:
        return
    assert last - first <= SPAN
    assert first == since or since is None
    assert last == until or until is None


def test_a_hash_is_of_what_was_sent_in_any_order_and_of_nothing_less() -> None:
    fields = [("lat", "34"), ("description", "a"), ("media_url", "x"), ("media_url", "y")]
    assert hash_of(fields) == hash_of(reversed(fields))
    assert hash_of(fields) != hash_of(fields[:-1])
    assert hash_of([("a", "bc")]) != hash_of([("ab", "c")])


def service_with(*questions: Question) -> Service:
    return replace(catalogue().services["pothole"], questions=questions)


def question(
    code: str, kind: QuestionKind, *, required: bool = False, choices: tuple[Choice, ...] = ()
) -> Question:
    return Question(code, kind, {"en": code, "es": code}, required, choices)


def choice(code: str, *, settles: bool = False) -> Choice:
    return Choice(code, {"en": code, "es": code}, {"en": (), "es": ()}, settles=settles)


SERVICE = service_with(
    question("kind", QuestionKind.CHOICE, choices=(choice("sound", settles=True), choice("light"))),
    question("side", QuestionKind.TEXT, required=True),
    question("count", QuestionKind.NUMBER),
    question("day", QuestionKind.DATE),
)


def answered(**fields: str) -> Any:
    return answers_of(Params(tuple((f"attribute[{code}]", value) for code, value in fields.items())), SERVICE)


def test_answers_are_read_by_their_kind() -> None:
    read = answered(kind="light", side="left", count="2.5", day="2026-11-30T23:00:00-08:00")
    assert read == {"kind": "light", "side": "left", "count": "2.5", "day": "2026-11-30"}


def test_a_choice_that_settles_makes_the_others_needless() -> None:
    assert answered(kind="sound") == {"kind": "sound"}
    with pytest.raises(ProtocolError):
        answered(kind="light")


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({}, ["missing_attribute"]),
        ({"side": "x" * 300}, ["long_answer"]),
        ({"side": "x", "count": "two", "day": "monday"}, ["no_number_of", "no_day"]),
        ({"side": "x", "count": "9" * 12}, ["no_number_of"]),
        ({"side": "x", "kind": "Light", "hat": "y"}, ["unknown_attribute", "no_choice"]),
    ],
)
def test_all_that_is_wrong_is_told(fields: dict[str, str], problems: list[str]) -> None:
    with pytest.raises(ProtocolError) as told:
        answered(**fields)
    assert [name for name, _ in told.value.problems] == problems
