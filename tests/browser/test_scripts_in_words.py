"""What residents and staff write is text on every page, whatever it looks like: nothing of it runs, loads, or becomes an element.

The corpus is sent by signed webhooks of Twilio and Telegram; then every page of the console is opened in a real browser, those that will be
added included: the addresses are those of `bot.web.permissions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Page
from sqlalchemy import select, update

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.alerts import NewAlert, add_alert
from bot.cases.lookup import find_request
from bot.cases.public_links import public_token
from bot.cases.roles import Role
from bot.cases.status import Status
from bot.conversation.wordings import set_words
from bot.db.session import transaction
from bot.db.tables import Conversation, Message, ServiceRequest, Staff
from bot.delivery.batches import Wish, begin_batch, change_one
from bot.web.permissions import ROUTES
from tests.browser.conftest import open_console
from tests.browser.test_accessibility import SIZES
from tests.browser.test_public_page_shown import a_photo, change
from tests.console import PICO, a_request
from tests.gateway import CHAT, Gateway, configured, message, open_client

pytestmark = pytest.mark.browser

CORPUS = (Path(__file__).parent / "xss.txt").read_text(encoding="utf-8").splitlines()
ALL = "\n".join(CORPUS)

# What a page must not have, whatever the browser would have made of it: code, frames, addresses that run.
FOUND = """() => [...document.querySelectorAll("*")].flatMap((one) => {
    const tag = one.localName;
    const wrong = [...one.attributes].filter((it) =>
        /^on|^hx-on/i.test(it.name) || (/^(href|src|action|formaction|data|xlink:href)$/i.test(it.name)
            && /^[\\s\\u0000-\\u0020]*(javascript|vbscript|data:text)/i.test(it.value)));
    const odd = ["iframe", "object", "embed", "base", "math", "marquee", "style"].includes(tag)
        || (tag === "script" && !one.src) || one.hasAttribute("srcdoc") || one.hasAttribute("style");
    return odd || wrong.length ? [one.outerHTML.slice(0, 120)] : [];
})"""
LISTEN = """window.refused = [];
addEventListener("securitypolicyviolation", (one) => window.refused.push(one.violatedDirective + " " + one.blockedURI));"""


async def said_by_residents(gateway: Gateway) -> tuple[int, int]:
    """One text of each from a number of its own; all of them in one chat, whose owner is called by one. Gives two conversations."""
    for number, words in enumerate(CORPUS):
        assert await gateway.post_sms(words, From=f"+131055502{number:02d}") == 204
    person = {
        "id": CHAT,
        "is_bot": False,
        "first_name": CORPUS[1],
        "last_name": CORPUS[10],
        "language_code": "en",
    }
    for number, words in enumerate([*CORPUS, ALL]):
        update_ = message(1000 + number, text=words) | {"from": person}
        assert await gateway.post_telegram(message=update_) == 200
    async with transaction() as session:
        chat = await session.scalar(select(Conversation.id).order_by(Conversation.id.desc()))
        phone = await session.scalar(select(Conversation.id).order_by(Conversation.id))
    assert chat is not None
    assert phone is not None
    return phone, chat


async def filed_and_worked(chat: int) -> list[str]:
    """Requests whose every word is one of the corpus; the first is worked by staff who write such things, too."""
    references = [
        await a_request(
            f"xss-{number}", chat, description=words, place_text=words, answers={"what": words, words: ALL}
        )
        for number, words in enumerate(CORPUS)
    ]
    worked = references[0]
    more = {"internal_note": ALL[:1900], "photo_ids": (await a_photo(640),)}
    await change(worked, Status.IN_PROGRESS, CORPUS[10], **more)
    async with transaction() as session:
        await add_to_request(session, chat, Said(ALL), worked)
        await session.execute(
            update(ServiceRequest).values(
                address=CORPUS[1], crew=CORPUS[4], staff_description=ALL, public_summary=ALL
            )
        )
        await session.execute(update(Staff).values(role=Role.ADMIN, name=CORPUS[1], department=CORPUS[10]))
        for language in ("en", "es"):
            await set_words(
                session, "resolved", language, f"{{reference}} {{about}} {CORPUS[0]}", "staff:maria"
            )
        now = datetime.now(UTC)
        await add_alert(
            session,
            NewAlert(
                {"en": CORPUS[0], "es": CORPUS[10]},
                now + timedelta(days=1),
                "staff:maria",
                middle=PICO,
                radius=300,
            ),
            now,
        )
        batch_id, _ = await begin_batch(session, "key", "staff:maria", [1, 2], now)
    noted = Wish(internal_note=ALL[:1900])
    await change_one(batch_id, 2, 0, noted, "staff:maria", now)
    return references


# A stream that does not end, and files that no browser shows.
NO_PAGES = {
    "/console/live",
    "/console/requests-export/{form}",
    "/console/conversations/{conversation_id}/dialogue.yml",
    "/console/insight/{name}/{chart}.csv",
}


def every_page(references: list[str], conversations: tuple[int, int], message_id: int) -> Iterator[str]:
    """Each page of the console, with what it is about, and with the corpus in whatever can be asked of it."""
    fixed = {
        "photo_id": "1",
        "variant": "full",
        "message_id": str(message_id),
        "key": "resolved",
        "code": "services",
        "username": "maria",
        "token": "x",
        "subject": "r1",
        "name": "ratings",
        "batch_id": "1",
    }
    for route in ROUTES:
        method, _, path = route.partition(" ")
        if method != "GET" or path in NO_PAGES:
            continue
        for reference, conversation in (
            (references[0], conversations[0]),
            (references[-1], conversations[1]),
        ):
            yield path.format(**fixed, reference=reference, conversation_id=conversation)
    asked = quote(CORPUS[1])
    for name in (
        "requests?q",
        "many?chosen=1&chosen=2&back",
        "audit?who",
        "audit?about",
        "accounts?q",
        "login?next",
        "week?of",
        "conversations?before",
    ):
        yield f"/console/{name}={asked}"


async def opened_quietly(page: Page, address: str) -> list[str]:
    """What went wrong on one page."""
    answer = await page.goto(address, wait_until="load")
    assert answer is not None
    if answer.headers.get("content-type", "").startswith("image/"):
        return []  # the browser shows it in a page of its own making
    found: list[str] = await page.evaluate(FOUND)
    refused: list[str] = await page.evaluate("window.refused || []")
    return [f"{address}: {one}" for one in (*found, *refused)]


async def test_no_word_of_anybody_runs_loads_or_becomes_an_element(
    chromium: Browser, console: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with configured(monkeypatch):
        async with open_client() as client:
            conversations = await said_by_residents(Gateway(client))
    references = await filed_and_worked(conversations[1])
    async with transaction() as session:
        message_id = await session.scalar(select(Message.id))
        public = public_token((await find_request(session, references[0])).id)
    page, _ = await open_console(chromium, console, SIZES["desk"])
    await page.add_init_script(LISTEN)
    ran: list[str] = []

    async def close(dialog: object) -> None:
        ran.append(page.url)
        await dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", close)
    page.on(
        "request",
        lambda one: ran.append(one.url) if not one.url.startswith((console, "data:", "blob:")) else None,
    )
    wrong = []
    addresses = list(dict.fromkeys(every_page(references, conversations, message_id or 1)))
    assert len(addresses) > 40
    for address in [*addresses, f"/r/{public}", f"/r/{public}?lang=es"]:
        wrong += await opened_quietly(page, address)
    assert wrong == []
    assert ran == []
    await page.context.close()


async def test_a_word_that_did_run_would_be_noticed(chromium: Browser) -> None:
    """The same look at a page that does what it must not."""
    page = await chromium.new_page()
    ran = []

    async def close(dialog: object) -> None:
        ran.append(True)
        await dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", close)
    for words in CORPUS[0], CORPUS[10], CORPUS[16]:
        await page.set_content(f"<!doctype html><body>{words}</body>")
        assert await page.evaluate(FOUND) != []
    assert ran
    await page.context.close()
