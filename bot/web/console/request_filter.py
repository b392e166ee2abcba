"""What the list of requests is narrowed to, and in which order it stands."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, and_, or_, select

from bot.cases.assignment import is_with, needs_somebody
from bot.cases.list_order import Order
from bot.cases.needs_doing import needs_somebody_now
from bot.cases.promises import Standing, is_due_soon, is_overdue
from bot.cases.resident_news import News, has_news
from bot.cases.searching import Sought, is_found
from bot.cases.status import ACTIVE, Status
from bot.city.current import catalogue, city
from bot.db.tables import Contact, Conversation, ServiceRequest
from bot.web.console.list_map import is_in_area, read_area

NEEDS = "needs"
UNFINISHED = "unfinished"
ALL = "all"
REOPENED = "reopened"
SHOWN = "1"
MOST_WORDS = 80  # characters that are searched for
MOST_NAME = 80  # characters of a neighborhood, a channel or a language

_AGES = {"day": 1, "week": 7, "month": 30, "quarter": 90}
_CODE = re.compile(r"[a-z0-9_-]{1,16}")


class Who(StrEnum):
    """Whose requests."""

    MINE = "mine"
    UNASSIGNED = "unassigned"


class Age(StrEnum):
    """When they were filed: within so long, or before."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    OVER_MONTH = "over_month"
    OVER_QUARTER = "over_quarter"


class Reach(StrEnum):
    """Whether their residents can be told anything."""

    NONE = "none"


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What the list shows; "" for all, or for what needs doing first. `status`: a status, "needs", "unfinished" or "all"."""

    status: str = ""
    service: str = ""
    q: str = ""  # any words: bot.cases.searching
    who: str = ""
    department: str = ""
    due: str = ""  # a `Standing`
    news: str = ""  # a `News`, or "reopened"
    neighborhood: str = ""
    channel: str = ""
    language: str = ""
    age: str = ""  # an `Age`
    reach: str = ""  # a `Reach`
    sort: str = ""  # an `Order`
    map: str = ""  # whether the map is shown beside the list
    area: str = ""  # of the map: bot.web.console.list_map

    @classmethod
    def read(cls, **parts: str) -> RequestFilter:
        """From an address: what does not exist is left out, so that old bookmarks still work."""
        known: dict[str, set[str]] = {
            "status": {NEEDS, UNFINISHED, ALL, *Status},
            "service": set(catalogue().services),
            "who": set(Who),
            "department": set(city().departments),
            "due": set(Standing),
            "news": {*News, REOPENED},
            "age": set(Age),
            "reach": set(Reach),
            "sort": set(Order),
            "map": {SHOWN},
        }
        valid = {name: value for name, value in parts.items() if value in known.get(name, ())}
        for name in ("channel", "language"):
            if _CODE.fullmatch(parts.get(name, "")):
                valid[name] = parts[name]
        for name, most in (("q", MOST_WORDS), ("neighborhood", MOST_NAME)):
            valid[name] = parts.get(name, "").replace("\x00", "").strip()[:most]
        valid["area"] = read_area(parts.get("area", "")) if "map" in valid else ""
        return cls(**valid)

    @classmethod
    def of_query(cls, query: str) -> RequestFilter:
        """From what stands behind the question mark of an address."""
        return cls.read(**dict(parse_qsl(query, max_num_fields=40)))

    @property
    def scope(self) -> str:
        """Of which requests it is one: those that need somebody, unless it looks for some by itself."""
        looks = self.q or self.due or self.news or self.who or self.reach
        return self.status or (ALL if looks else NEEDS)

    @property
    def narrows(self) -> bool:
        """Whether anything is left out, but for what is over or needs nobody."""
        return replace(self, sort="", status="", map="") != RequestFilter()

    @property
    def is_wide(self) -> bool:
        """Whether one of the choices that are folded away is made."""
        hidden = (self.who, self.due, self.news, self.channel, self.language, self.age, self.reach)
        return any((*hidden, self.neighborhood))

    @property
    def by_promise(self) -> bool:
        return self.order is Order.PROMISE

    @property
    def order(self) -> Order:
        return Order(self.sort)

    def but(self, **parts: str) -> RequestFilter:
        """The same, narrowed otherwise."""
        return replace(self, **parts)

    def query_string(self, **more: object) -> str:
        """As the address carries it, empty parts left out."""
        parts = {**asdict(self), **more}
        return urlencode({name: value for name, value in parts.items() if value not in ("", None)})

    def conditions(
        self, username: str, now: datetime, found: Sought | None
    ) -> tuple[ColumnElement[bool], ...]:
        """What it asks of a request beside its status. `username`: of who looks at the list; `now` is aware.

        `found`: what is meant by its words; None: nothing is.
        """
        equal = {
            ServiceRequest.service_code: self.service,
            ServiceRequest.department: self.department,
            ServiceRequest.neighborhood: self.neighborhood,
            ServiceRequest.channel: self.channel,
            ServiceRequest.language: self.language,
        }
        wanted = [column == value for column, value in equal.items() if value]
        if self.who:
            wanted.append(is_with(username) if self.who == Who.MINE else needs_somebody())
        if self.due:
            wanted.append(is_overdue(now) if self.due == Standing.OVERDUE else is_due_soon(now))
        if self.news:
            wanted.append(_is_reopened() if self.news == REOPENED else has_news(News(self.news)))
        if self.age:
            wanted.append(_is_of_age(Age(self.age), now))
        if self.reach:
            wanted.append(_cannot_be_told())
        if found is not None:
            wanted.append(is_found(found))
        if self.area:
            wanted.append(is_in_area(self.area))
        return tuple(wanted)


def is_in(scope: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions for requests of a status, or of "needs", "unfinished" or "all". `now` is aware."""
    if scope == ALL:
        return ()
    if scope == NEEDS:
        return (needs_somebody_now(now),)
    if scope == UNFINISHED:
        return (ServiceRequest.status.in_(sorted(ACTIVE)),)
    return (ServiceRequest.status == scope,)


def _is_reopened() -> ColumnElement[bool]:
    return and_(ServiceRequest.status.in_(sorted(ACTIVE)), ServiceRequest.reopened)


def _is_of_age(age: Age, now: datetime) -> ColumnElement[bool]:
    before = now - timedelta(days=_AGES[age.removeprefix("over_")])
    return (
        ServiceRequest.created_at < before if age.startswith("over_") else ServiceRequest.created_at >= before
    )


def _cannot_be_told() -> ColumnElement[bool]:
    """Of requests that go on: whoever filed it stopped, gave the number up, or cannot be reached."""
    gone = or_(
        Contact.opted_out_at.is_not(None),
        Contact.given_up_at.is_not(None),
        Contact.unreachable_at.is_not(None),
    )
    theirs = select(Conversation.id).join(Contact, Contact.id == Conversation.contact_id).where(gone)
    return and_(ServiceRequest.status.in_(sorted(ACTIVE)), ServiceRequest.conversation_id.in_(theirs))
