"""How a request stands, in the words and steps of its public page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from bot.cases.public_view import News, PublicView
from bot.cases.status import ACTIVE, FINISHED, Resolution, Status
from bot.channels.telegram.start_links import Saying, start_link
from bot.city.calendar_words import said
from bot.city.current import catalogue, city
from bot.settings import settings
from bot.web.texts import page_texts

# What the page looks like: begun or not, waiting, done, over without work.
_TONES = {
    Status.OPEN: "busy",
    Status.IN_PROGRESS: "busy",
    Status.WAITING: "waits",
    Status.ON_HOLD: "waits",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way of a request. `day` is "" where nobody wrote it down, or it is to come."""

    name: str
    day: str
    state: str  # passed, now, ahead


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of news and its day."""

    day: str
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How the request stands, as the page says it."""

    title: str
    words: str
    tone: str  # busy, waits, good, over
    promise: str  # "" where there is none
    late: bool
    steps: tuple[Step, ...]
    latest: Told | None
    earlier: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class WayToUs:
    """A link that opens a message to us with its words written: what it says, where it leads, what it does."""

    label: str
    address: str
    hint: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What whoever reads the page may tell us: why they would, and how."""

    why: str
    ways: tuple[WayToUs, ...]


class PublicWords:
    """The words of one page, in one language, on one day of the city."""

    def __init__(self, view: PublicView, language: str, now: datetime) -> None:
        self._view, self._language = view, language
        self._texts = page_texts("request", language)
        self._today = _local_day(now)

    def service(self) -> str:
        """What it is about. A service that the city no longer offers has no name we could tell."""
        service = catalogue().services.get(self._view.service_code)
        return service.names[self._language] if service else self._texts["service"]

    def standing(self) -> Standing:
        state = self._state()
        promise, late = self._promise()
        return Standing(
            title=self._texts.get(f"{state}_title", self._texts["closed_title"]),
            words=self._texts[state].format(whose=self._view.referred_to),
            tone=self._tone(),
            promise=promise,
            late=late,
            steps=self._steps(),
            latest=self._told(self._view.latest) if self._view.latest else None,
            earlier=tuple(map(self._told, self._view.earlier)),
        )

    def followers(self) -> str:
        """How many follow it, where it is more than the one who reported it."""
        number = self._view.followers
        return self._texts["followers"].format(number=number) if number >= 2 else ""

    def joined(self) -> str:
        """What became of the request that the link was of."""
        view = self._view
        return (
            self._texts["joined"].format(joined=view.joined, reference=view.reference) if view.joined else ""
        )

    def photo(self, of_work: bool, at: datetime) -> tuple[str, str]:
        """What a photo shows, and its day."""
        return self._texts["photo_of_work" if of_work else "photo_of_problem"], self._day(at)

    def offer(self) -> Offer | None:
        """What this page offers to tell us. None where nothing can be added, or where there is no number and no bot to write to."""
        view = self._view
        if view.resolution is Resolution.NOT_OURS:
            return None
        ended = view.status in FINISHED
        if not ended and not view.address:
            return None  # what is nowhere, nobody else sees
        ways = (
            self._ways("not_fixed", Saying.NOT_FIXED)
            if ended
            else self._ways("see_it_too", Saying.SEE_IT_TOO)
        )
        return Offer(self._texts["not_fixed_why" if ended else "see_it_too_why"], ways) if ways else None

    def _ways(self, name: str, saying: Saying) -> tuple[WayToUs, ...]:
        texts, reference = self._texts, self._view.reference
        ways = []
        if number := settings().texted_number:
            body = quote(texts[f"{name}_message"].format(reference=reference), safe="")
            # iPhones want "&body", Android "?body": both take this.
            ways.append(WayToUs(texts[name], f"sms:{number}?&body={body}", texts["message_hint"]))
        if bot := settings().shown_bot:
            label = texts["on_telegram"].format(words=texts[name])
            address = start_link(bot, saying, self._language, reference)
            ways.append(WayToUs(label, address, texts["telegram_hint"]))
        return tuple(ways)

    def _state(self) -> str:
        view = self._view
        if view.resolution is Resolution.NOT_OURS and view.referred_to:
            return "not_ours_named"
        if view.resolution is not None:
            return view.resolution
        return "reopened" if view.reopened else view.status

    def _tone(self) -> str:
        if self._view.status in FINISHED:
            return "good" if self._is_fixed() else "over"
        return _TONES[self._view.status]

    def _is_fixed(self) -> bool:
        return self._view.resolution is Resolution.FIXED

    def _promise(self) -> tuple[str, bool]:
        """By when it is to be done, and whether that day has passed."""
        view = self._view
        if view.due_on is None or view.status not in ACTIVE:
            return "", False
        late = view.due_on < self._today
        waits = view.status in (Status.WAITING, Status.ON_HOLD)
        name = "late" if late else "may_take_longer" if waits else "usually_by"
        return self._texts[name].format(day=self._said(view.due_on)), late

    def _steps(self) -> tuple[Step, ...]:
        view, texts = self._view, self._texts
        ended = view.status in FINISHED
        begun = view.begun_at is not None
        received = Step(
            texts["step_received"], self._day(view.received_at), "passed" if ended or begun else "now"
        )
        progress = Step(
            texts["step_in_progress"],
            self._day(view.begun_at) if view.begun_at else "",
            "passed" if ended else "now" if begun else "ahead",
        )
        end = Step(
            texts["step_closed" if ended and not self._is_fixed() else "step_done"],
            self._day(view.ended_at) if ended and view.ended_at else "",
            "now" if ended else "ahead",
        )
        # Where no work was done, none is claimed.
        return (
            (received, end) if end.name == texts["step_closed"] and not begun else (received, progress, end)
        )

    def _told(self, news: News) -> Told:
        return Told(self._day(news.at), news.text)

    def _day(self, at: datetime) -> str:
        """A day as a line of its own begins."""
        day = self._said(_local_day(at))
        return day[:1].upper() + day[1:]

    def _said(self, day: date) -> str:
        return said(day, self._language, self._today)


def language_names(chosen: str) -> Mapping[str, str]:
    """The other languages of the page, by code, each by its own name."""
    return {code: page_texts("request", code)["language"] for code in city().languages if code != chosen}


def _local_day(at: datetime) -> date:
    return at.astimezone(city().time_zone).date()
