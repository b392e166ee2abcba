"""What holds for every page, told from its template."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.login_throttle import FREE_TRIES, LONGEST_WAIT, Bucket, wait_after
from bot.cases.password_rules import MIN_PASSWORD
from bot.cases.staff import new_password
from bot.cases.status import Status
from bot.channels.messages import Channel, ReceiptState
from bot.conversation.states import OutboundState
from bot.conversation.worded import OF_A_REQUEST, OF_THE_CITY, fields_of
from bot.conversation.wordings import RESPONSES, words_built_in
from bot.db.tables import Contact
from bot.photos.refusal import Refusal
from bot.web.access import safe_next
from bot.web.console.people import contact_address, contact_name
from bot.web.templating import STATIC, age, asset, environment, local_moment, local_time, service_name

TEMPLATES = sorted((STATIC.parent / "templates").rglob("*.html"))
# Handed out as a file that is read on any machine: its style has to be in it.
FILE = STATIC.parent / "templates" / "records" / "_layout.html"
NOON = datetime(2026, 11, 22, 20, 5, tzinfo=UTC)  # 12:05 in Santa Monica


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_script_or_style_of_its_own(path: Path) -> None:
    source = path.read_text()
    if path == FILE:
        source = re.sub(r"<style>.*?</style>", "", source, flags=re.DOTALL)
    assert not re.search(r"<style|style=|javascript:|\son\w+=|hx-on|hx-vals=.js", source)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))
    assert "| safe" not in source
    assert not re.search(r'(?:src|href)="https?://', source)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_picture_says_what_it_shows_and_every_field_what_it_wants(path: Path) -> None:
    source = path.read_text()
    assert all("alt=" in tag or tag == '<img alt="">' for tag in re.findall(r"<img[^>]*>", source))
    labelled = set(re.findall(r'for="([^"]+)"', source))
    fields = re.findall(r"<(?:input|textarea|select)\b[^>]*>", source)
    for tag in fields:
        if re.search(r'type="(hidden|radio|checkbox)"|aria-label="(?:\w|{{ _)', tag):
            continue  # hidden, inside its label, or says it itself
        if 'type="image"' in tag:
            assert 'alt="{{' in tag
            continue  # a button, which says in its alternative text what it does
        found = re.search(r'\bid="([^"]+)"', tag)
        assert found, tag
        assert found[1] in labelled, tag


@pytest.mark.parametrize("script", sorted(one.name for one in (STATIC / "vendor").glob("*.js")))
def test_a_vendored_script_is_the_one_that_is_written_down(script: str) -> None:
    digest = hashlib.sha256((STATIC / "vendor" / script).read_bytes()).hexdigest()
    assert digest in (STATIC / "vendor" / "README.md").read_text()


def test_there_are_words_for_every_code_the_pages_can_meet() -> None:
    words = environment().get_template("_words.html").module
    assert set(Status) <= set(words.STATUS)  # type: ignore[attr-defined]
    assert set(Channel) <= set(words.CHANNEL)  # type: ignore[attr-defined]
    assert set(Refusal) <= set(words.REFUSAL)  # type: ignore[attr-defined]
    assert set(ReceiptState) <= set(words.RECEIPT)  # type: ignore[attr-defined]
    assert set(RESPONSES) == set(words.WORDING)  # type: ignore[attr-defined]
    named = {field for key in RESPONSES for field in fields_of(words_built_in(key, "en"))}
    assert named | OF_THE_CITY | OF_A_REQUEST == set(words.FIELD)  # type: ignore[attr-defined]
    shown = (STATIC.parent / "templates" / "_transcript.html").read_text()
    for state in set(OutboundState) - {OutboundState.QUEUED}:
        assert f'state == "{state}"' in shown


def test_static_files_are_addressed_by_their_content() -> None:
    assert re.fullmatch(r"/static/console\.css\?v=[0-9a-f]{12}", asset("console.css"))


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=3, minutes=59), "3 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2, hours=5), "2 d"),
        (timedelta(days=30), "4 wk"),
    ],
)
def test_ages_are_one_short_unit(ago: timedelta, said: str) -> None:
    assert age(NOON - ago, NOON) == said


def test_times_are_the_citys_own() -> None:
    assert local_time(NOON) == "12:05 pm"
    assert local_moment(NOON, NOON) == "Nov 22, 12:05 pm"
    assert local_moment(datetime(2025, 7, 1, 7, 30, tzinfo=UTC), NOON) == "Jul 1 2025, 12:30 am"


def test_a_service_the_city_gave_up_is_still_named() -> None:
    assert service_name("horse_trough") == "horse_trough"


@given(st.text() | st.text(alphabet="/\\console.:@?#%evil").map(lambda tail: "/console/" + tail))
def test_the_login_leads_into_the_console_whatever_is_asked(path: str) -> None:
    wanted = safe_next(path)
    assert wanted.startswith("/console/")
    assert "\\" not in wanted
    assert "//" not in wanted


@given(st.integers(0, 10_000))
def test_waits_grow_and_end_at_an_hour(failures: int) -> None:
    place = Bucket(b"", FREE_TRIES, LONGEST_WAIT, personal=True)
    assert timedelta() <= wait_after(failures, place) <= wait_after(failures + 1, place) <= LONGEST_WAIT
    assert bool(wait_after(failures, place)) == (failures >= FREE_TRIES)


def test_made_up_passwords_are_long_and_never_alike() -> None:
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password) > 2 * MIN_PASSWORD - 1 for password in made)


@pytest.mark.parametrize(
    ("channel", "address", "name", "shown"),
    [
        ("sms", "+13105550123", None, "(310) 555-0123"),
        ("sms", "+525512345678", None, "+52 55 1234 5678"),
        ("sms", "311", None, "311"),
        ("telegram", "700001", "Ana Rivera", "Ana Rivera"),
        ("telegram", "700001", None, "Someone on Telegram"),
    ],
)
def test_people_are_shown_as_staff_know_them(
    channel: str, address: str, name: str | None, shown: str
) -> None:
    contact = Contact(channel=channel, address=address, display_name=name)
    assert contact_name(contact) == shown
    assert (contact_address(contact) == "") == (channel == "telegram")
