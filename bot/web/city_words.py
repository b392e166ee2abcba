"""What the city's page says of requests and days, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

import phonenumbers

from bot.cases.city_view import Figures, Listed
from bot.cases.status import FINISHED, Resolution
from bot.channels.telegram.start_links import chat_link
from bot.city.calendar_words import said
from bot.city.current import calendar, catalogue, city
from bot.city.working_days import WorkingDays
from bot.settings import settings
from bot.web.texts import page_texts


@dataclass(frozen=True, slots=True)
class ListedLine:
    """One request of the page."""

    service: str
    place: str  # "" for what happened nowhere
    tone: str  # done, hand, over: what its mark looks like
    standing: str  # how it stands, and since when


@dataclass(frozen=True, slots=True)
class PaceLine:
    """How long one service usually takes, and took lately."""

    service: str
    usual: str  # working days; "" where the city does not say
    lately: str  # the same, of what was done lately
    done: int


class CityWords:
    """The words of one page, on one day of the city."""

    def __init__(self, language: str, now: datetime) -> None:
        self._language = language
        self._texts = page_texts("city", language)
        self._statuses = page_texts("request", language)
        self._today = _local_day(now)
        self._working = WorkingDays(calendar())

    def line(self, one: Listed, place: str) -> ListedLine:
        fixed = one.resolution is Resolution.FIXED
        tone = "done" if fixed else "over" if one.status in FINISHED else "hand"
        return ListedLine(self._service(one.service_code), place, tone, self._standing(one))

    def headline(self, figures: Figures) -> str:
        """How much was done lately, and how fast; "" where too little was."""
        if not figures.done:
            return ""
        return self._texts["headline"].format(number=f"{figures.done:,}", days=self._counted(figures.days))

    def paces(self, figures: Figures) -> list[PaceLine]:
        return [
            PaceLine(
                self._service(pace.service_code),
                self._usual(pace.service_code),
                _figure(pace.days),
                pace.done,
            )
            for pace in figures.services
        ]

    def ways_to_us(self) -> tuple[tuple[str, str], ...]:
        """Links that open a message to us: what each says, and its address. None of them where we have no number and no bot to show."""
        ways = []
        if number := settings().texted_number:
            label = self._texts["text_us_at"].format(number=_readable(number))
            ways.append((label, f"sms:{quote(number, safe='+')}"))
        if bot := settings().shown_bot:
            ways.append((self._texts["telegram_us"], chat_link(bot)))
        return tuple(ways)

    def _service(self, code: str) -> str:
        service = catalogue().services.get(code)
        return service.names[self._language] if service else self._statuses["service"]

    def _usual(self, code: str) -> str:
        service = catalogue().services.get(code)
        if service is None or service.median_days is None:
            return ""
        return _figure(max(1, service.median_days))  # as it is promised: bot.cases.promises

    def _counted(self, days: int) -> str:
        name = "same_day" if days == 0 else "one_day" if days == 1 else "days"
        return self._texts[name].format(number=days)

    def _standing(self, one: Listed) -> str:
        if one.status in FINISHED and one.ended_at is not None:
            name = "was_done" if one.resolution is Resolution.FIXED else "was_closed"
            taken = self._counted(self._working.taken(one.received_at, one.ended_at))
            return self._texts[name].format(day=self._said(one.ended_at), days=taken)
        status = self._statuses[f"{one.status}_title"]
        return self._texts["was_reported"].format(status=status, day=self._said(one.received_at))

    def _said(self, at: datetime) -> str:
        return said(_local_day(at), self._language, self._today)


def _figure(days: int) -> str:
    """Days in a table, where words would not fit a phone."""
    return str(days) if days else "<1"


def _readable(number: str) -> str:
    """An E.164 number as people of this country write it."""
    parsed = phonenumbers.parse(number, None)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        parsed, form.NATIONAL if parsed.country_code == 1 else form.INTERNATIONAL
    )


def _local_day(at: datetime) -> date:
    return at.astimezone(city().time_zone).date()
