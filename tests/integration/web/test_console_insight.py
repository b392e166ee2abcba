"""Insight: figures of a period beside the one before, each with its table and its file, and no word about anybody."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime

import pytest

from bot.cases.feedback import Verdict, record_feedback
from bot.cases.staff import StaffMember, create_staff
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change, change_request
from bot.db.session import transaction
from bot.insight.days import today
from bot.settings import settings
from bot.web.console.insight import texts as insight_texts
from bot.web.console.insight.router import PAGES
from tests.console import PASSWORD, Browser, a_conversation, a_request

pytestmark = pytest.mark.integration

PRIVATE = ("pothole at", "555-0123", "5550123", "Pico Blvd", "thanks a lot")


def so_far() -> str:
    day = today(datetime.now(UTC))
    return f"from={day}&to={day}"


def cell(page: str, chart: str, row: str, column: int) -> str:
    """What the table of a chart says."""
    section = page.split(f'id="chart-{chart}"')[1].split("</section>")[0]
    line = re.search(rf'<th scope="row">{re.escape(row)}</th>(.*?)</tr>', section, re.S)
    assert line, row
    return re.findall(r"<td[^>]*>(.*?)</td>", line[1])[column]


async def table(browser: Browser, page: str, chart: str, more: str = "") -> list[list[str]]:
    answer = await browser.open(f"/console/insight/{page}/{chart}.csv?{so_far()}{more}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def a_rated_request() -> str:
    conversation_id = await a_conversation()
    reference = await a_request(f"draft:{conversation_id}:1", conversation_id)
    async with transaction() as session:
        await change_request(
            session,
            Change(reference, Status.RESOLVED, "staff:ana", "Filled.", resolution=Resolution.FIXED),
        )
        await record_feedback(session, conversation_id, reference, Verdict.FIXED, 4, "thanks a lot")
    return reference


@pytest.mark.parametrize("name", PAGES)
async def test_every_page_says_so_where_there_is_nothing_yet(maria: Browser, name: str) -> None:
    answer = await maria.open(f"/console/insight/{name}".rstrip("/"))
    assert answer.status_code == 200
    assert "Nothing" in answer.text


@pytest.mark.parametrize("name", PAGES)
async def test_every_chart_has_its_definition_and_its_file(maria: Browser, name: str) -> None:
    await a_rated_request()
    page = (await maria.open(f"/console/insight/{name}?{so_far()}".replace("/?", "?"))).text
    files = re.findall(r'href="(/console/insight/[^"]+\.csv[^"]*)"', page)
    sections = re.findall(r'<section class="card chart".*?</section>', page, re.S)
    assert len(files) == sum("<table>" in one or "<svg class" in one for one in sections) > 0
    assert page.count("What this counts") == sum('id="comments"' not in one for one in sections)
    for file in files:
        answer = await maria.open(file.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert len(answer.text.splitlines()) > 1


async def test_what_was_filed_and_done_today_is_there_at_once(maria: Browser) -> None:
    await a_rated_request()
    page = (await maria.open(f"/console/insight?{so_far()}")).text
    assert cell(page, "services", "Pothole or damaged road", 0) == "1"
    page = (await maria.open(f"/console/insight/work?{so_far()}&by=neighborhood")).text
    assert [cell(page, "work", "Pico", column) for column in (0, 1, 2)] == ["1", "1", "within 1 h (of 1)"]
    assert cell(page, "work", "Pico", 7) == "4.0 (1)"


async def test_of_few_it_is_said_of_how_few(maria: Browser) -> None:
    await a_rated_request()
    page = (await maria.open(f"/console/insight/ratings?{so_far()}")).text
    assert cell(page, "verdicts", "It is fixed", 1) == "1 of 1"


async def test_a_filter_leaves_the_others_out(maria: Browser) -> None:
    await a_rated_request()
    assert ["Pothole or damaged road", "1", "0"] in await table(maria, "overview", "services", "&channel=sms")
    assert len(await table(maria, "overview", "services", "&channel=telegram")) == 1
    assert len(await table(maria, "overview", "services", "&service=graffiti")) == 1


@pytest.mark.parametrize("name", PAGES)
async def test_no_figure_and_no_file_holds_a_word_of_anybody(maria: Browser, name: str) -> None:
    reference = await a_rated_request()
    page = (await maria.open(f"/console/insight/{name}?{so_far()}".replace("/?", "?"))).text
    figures = re.sub(
        r"<svg.*?</svg>", "", page.split('id="comments"')[0], flags=re.S
    )  # a map has names of streets
    assert not [private for private in (*PRIVATE, reference) if private in figures]
    for file in re.findall(r'href="(/console/insight/[^"]+\.csv[^"]*)"', page):
        told = (await maria.open(file.replace("&amp;", "&"))).text
        assert not [private for private in (*PRIVATE, reference) if private in told]


async def test_comments_are_for_who_may_read_conversations(
    maria: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await a_rated_request()
    page = (await maria.open(f"/console/insight/ratings?{so_far()}")).text
    assert "thanks a lot" in page
    assert f'href="/console/requests/{reference}"' in page
    monkeypatch.setattr(StaffMember, "may_converse", property(lambda _: False))
    page = (await maria.open(f"/console/insight/ratings?{so_far()}")).text
    assert "thanks a lot" not in page
    assert cell(page, "ratings", "4 stars", 0) == "1"


async def test_many_comments_are_on_several_pages(maria: Browser) -> None:
    conversation_id = await a_conversation()
    reference = await a_request("one", conversation_id)
    async with transaction() as session:
        for number in range(60):
            await record_feedback(
                session,
                conversation_id,
                reference,
                None,
                3,
                f"word {number:02d}",
                idempotency_key=f"k{number}",
            )
    said: list[str] = []
    address = f"/console/insight/ratings?{so_far()}"
    while address:
        page = (await maria.open(address)).text
        said += re.findall(r"word \d\d", page)
        more = re.search(r'href="([^"]+before=[^"]+)#comments"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert said == [f"word {number:02d}" for number in reversed(range(60))]


async def test_texts_cost_what_the_settings_say(maria: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_rated_request()
    page = (await maria.open(f"/console/insight/texts?{so_far()}")).text
    assert cell(page, "texts", "SMS", 5) == ""
    priced = settings().model_copy(update={"sms_price": 0.01})
    monkeypatch.setattr(insight_texts, "settings", lambda: priced)
    page = (await maria.open(f"/console/insight/texts?{so_far()}")).text
    assert cell(page, "texts", "SMS", 5) == "$0.00"


@pytest.mark.parametrize(
    "odd",
    [
        "from=nonsense&to=2026-13-40",
        "from=0001-01-01&to=9999-12-31",
        "from=2026-11-30&to=2026-01-01",
        "service=%00&language=%27%3B--&by=id",
        "channel=" + "x" * 5000,
        "before=0",
    ],
)
async def test_what_makes_no_sense_in_an_address_is_passed_over(maria: Browser, odd: str) -> None:
    for name in PAGES:
        answer = await maria.open(f"/console/insight/{name}?{odd}".replace("/?", "?"))
        assert answer.status_code in (200, 422)
    assert (await maria.open("/console/insight/nothing")).status_code == 404
    assert (await maria.open("/console/insight/work/nothing.csv")).status_code == 404


async def test_insight_is_for_who_is_logged_in(browser: Browser) -> None:
    for path in ("", "/work", "/work/work.csv"):
        assert (await browser.open(f"/console/insight{path}")).status_code == 303


async def test_who_sees_one_department_reads_no_comments_on_anothers_requests(browser: Browser) -> None:
    await a_rated_request()
    async with transaction() as session:
        await create_staff(session, "pol", PASSWORD, department="Police", own_department_only=True)
    await browser.log_in("pol")
    page = (await browser.open(f"/console/insight/ratings?{so_far()}")).text
    assert cell(page, "ratings", "4 stars", 0) == "1"
    assert "thanks a lot" not in page
    assert "Nobody wrote anything" in page
