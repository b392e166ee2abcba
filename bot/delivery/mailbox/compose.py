"""What a mail to a mailbox says at the moment it goes out: nothing of it is kept before or after."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.mailbox import Reason
from bot.cases.status import ACTIVE
from bot.cases.work_links import work_url
from bot.cases.work_view import WorkView, load_work_view
from bot.city.calendar_words import said
from bot.city.current import city
from bot.db.tables import MailboxMail
from bot.delivery.mailbox.pictures import MOST_BYTES, chosen, map_of, photos_of
from bot.mail.message import Mail
from bot.photos.store import PhotoStore
from bot.settings import Settings

LANGUAGE = "en"  # of staff
_HERE = Path(__file__).parent


async def compose(session: AsyncSession, config: Settings, row: MailboxMail, now: datetime) -> Mail | None:
    """The mail; None where the department needs it no more, or another one follows that says it all. `now` is aware."""
    later = exists().where(MailboxMail.request_id == row.request_id, MailboxMail.id > row.id)
    address = city().mailboxes.get(row.department)
    if address is None or await session.scalar(select(later)):
        return None
    view = await load_work_view(session, row.request_id)
    if view.department != row.department or view.status not in ACTIVE or view.joined:
        return None
    return await asyncio.to_thread(_write, row, view, address, PhotoStore(config.photo_store_url), now)


def _write(row: MailboxMail, view: WorkView, address: str, store: PhotoStore, now: datetime) -> Mail:
    """Draws, reads and scales pictures: not in the event loop."""
    reason = Reason(row.reason)
    drawn = map_of(view)
    wanted = chosen(view, reason)
    photos = photos_of(wanted, store, MOST_BYTES - (len(drawn.content) if drawn else 0))
    place = view.address or _text("nowhere")
    about = f"{view.service(LANGUAGE)}, {place}"
    subject = _text(f"{reason}_subject", reference=view.reference, about=about)
    pictures = [(one.name, _text("photo", number=number)) for number, one in enumerate(photos, 1)]
    if drawn:
        pictures.insert(0, (drawn.name, _text("map", place=place)))
    context = {
        "subject": subject,
        "opening": _text(f"{reason}_opening", department=view.department),
        "facts": list(_facts(view, now)),
        "words": list(_words(view)),
        "answers": list(view.answers_in(LANGUAGE)),
        "photos": _photos_said(len(photos), len(view.photos)),
        "pictures": pictures,
        "link": work_url(row.id),
        "hint": _text("page_hint", day=_day(row.link_until, now)),
        "closing": _text("closing", city=city().names[LANGUAGE]),
        "texts": texts(),
    }
    return Mail(
        key=f"cityline.mailbox.{row.id}",
        to=address,
        subject=subject,
        text=_templates().get_template("mail.txt").render(context),
        language=LANGUAGE,
        written_at=now,
        html=_templates().get_template("mail.html").render(context),
        pictures=(*([drawn] if drawn else []), *photos),
        about=f"cityline.request.{view.reference}",
    )


def _facts(view: WorkView, now: datetime) -> Iterator[tuple[str, str]]:
    yield _text("reference"), view.reference
    yield _text("service"), view.service(LANGUAGE)
    yield _text("place"), view.address or _text("nowhere")
    if view.place_text:
        yield _text("place_text"), view.place_text
    if view.point:
        yield _text("coordinates"), f"{view.point.lat:.6f}, {view.point.lon:.6f}"
    yield _text("filed"), _day(view.created_at, now)
    if view.due_on:
        yield _text("due"), said(view.due_on, LANGUAGE, _local(now))


def _words(view: WorkView) -> Iterator[tuple[str, str]]:
    if view.about:
        yield _text("about"), view.about
    for one in view.words:
        yield _text(one.said_as), one.text
    if view.told:
        yield _text("told"), view.told[0].text


def _photos_said(mailed: int, all_of_them: int) -> str:
    told = [_text("one_photo") if mailed == 1 else _text("photos", count=mailed)] if mailed else []
    if all_of_them > mailed:
        told.append(_text("more_photos", count=all_of_them - mailed))
    return " ".join(told)


def _day(at: datetime, now: datetime) -> str:
    return said(_local(at), LANGUAGE, _local(now))


def _local(at: datetime) -> date:
    return at.astimezone(city().time_zone).date()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@lru_cache(maxsize=1)
def texts() -> Mapping[str, str]:
    """All texts of the mail."""
    found: dict[str, str] = yaml.safe_load((_HERE / "texts.yml").read_text(encoding="utf-8"))
    return found


def _text(name: str, **parts: Any) -> str:
    return texts()[name].format(**parts)
