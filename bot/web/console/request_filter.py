"""What the list of requests is narrowed to, and in which order it stands."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from sqlalchemy import Select, func, or_

from bot.cases.assignment import is_with, needs_somebody
from bot.cases.list_order import Order
from bot.cases.promises import Standing, is_due_soon, is_overdue
from bot.cases.resident_news import News, has_news
from bot.cases.status import ACTIVE, Status
from bot.city.current import catalogue, city
from bot.db.tables import ServiceRequest

UNFINISHED = "unfinished"


class Who(StrEnum):
    """Whose requests."""

    MINE = "mine"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What the list shows; "" for all, or for what needs doing first. `status` is a status or "unfinished"."""

    status: str = ""
    service: str = ""
    q: str = ""  # of a reference or a place
    who: str = ""
    department: str = ""
    due: str = ""  # a `Standing`
    news: str = ""  # a `News`
    sort: str = ""  # an `Order`

    @classmethod
    def read(cls, **parts: str) -> RequestFilter:
        """From an address: what does not exist is left out, so that old bookmarks still work."""
        known: dict[str, set[str]] = {
            "status": {UNFINISHED, *Status},
            "service": set(catalogue().services),
            "who": set(Who),
            "department": set(city().departments),
            "due": set(Standing),
            "news": set(News),
            "sort": set(Order),
        }
        valid = {name: value for name, value in parts.items() if value in known.get(name, ())}
        return cls(**valid, q=parts.get("q", "").replace("\x00", "").strip()[:80])

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return replace(self, sort="") != RequestFilter()

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

    def applied_to(
        self, query: Select[ServiceRequest], username: str, now: datetime
    ) -> Select[ServiceRequest]:
        """The query narrowed. `username`: of who looks at the list; `now` is aware."""
        if self.status == UNFINISHED:
            query = query.where(ServiceRequest.status.in_(sorted(ACTIVE)))
        elif self.status:
            query = query.where(ServiceRequest.status == self.status)
        if self.service:
            query = query.where(ServiceRequest.service_code == self.service)
        if self.department:
            query = query.where(ServiceRequest.department == self.department)
        if self.who:
            query = query.where(is_with(username) if self.who == Who.MINE else needs_somebody())
        if self.due:
            query = query.where(is_overdue(now) if self.due == Standing.OVERDUE else is_due_soon(now))
        if self.news:
            query = query.where(has_news(News(self.news)))
        return self._searched(query) if self.q else query

    def _searched(self, query: Select[ServiceRequest]) -> Select[ServiceRequest]:
        # A reference as it was read out, with or without its dash, or a part of the place.
        words = f"%{_literal(self.q)}%"
        code = f"%{_literal(''.join(self.q.split()).replace('-', ''))}%"
        return query.where(
            or_(
                func.replace(ServiceRequest.reference, "-", "").ilike(code),
                ServiceRequest.address.ilike(words),
            )
        )


def _literal(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
