"""What a page of insight is asked for, as its address says it. What makes no sense is passed over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from bot.insight.days import ONE, Days, today
from bot.insight.reading import Asked
from bot.web.language import mark

USUAL = 30  # days
LONGEST = 366 * 3  # days
GROUPS = {
    "service_code": mark("Service"),
    "neighborhood": mark("Neighborhood"),
    "department": mark("Department"),
}
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Choice:
    """A period, what of it is counted, and by what the work is told apart."""

    period: Days
    asked: Asked
    group: str = "service_code"

    @property
    def query(self) -> str:
        """The same as an address says it."""
        said = {
            "from": str(self.period.first),
            "to": str(self.period.last),
            "service": self.asked.service,
            "neighborhood": self.asked.neighborhood,
            "department": self.asked.department,
            "channel": self.asked.channel,
            "language": self.asked.language,
            "by": "" if self.group == "service_code" else self.group,
        }
        return urlencode({name: value for name, value in said.items() if value})

    def of(self, period: Days) -> Choice:
        return replace(self, period=period)

    def only(self, names: Collection[str]) -> Choice:
        """The same with these filters only."""
        others = {one.name: "" for one in fields(Asked) if one.name not in names}
        return replace(self, asked=replace(self.asked, **others))

    def by(self, group: str) -> Choice:
        return replace(self, group=group)


def choice_of(query: Mapping[str, str], now: datetime) -> Choice:
    """What is asked for; without days the last `USUAL` that are over. `now` is aware."""
    yesterday = today(now) - ONE
    last = _day(query.get("to", "")) or yesterday
    first = _day(query.get("from", "")) or last - ONE * (USUAL - 1)
    first, last = min(first, last), min(max(first, last), today(now))
    first = min(max(first, last - ONE * (LONGEST - 1)), last)
    names = ("service", "neighborhood", "department", "channel", "language")
    asked = Asked(**{name: query.get(name, "").replace("\x00", "")[:120] for name in names})
    group = query.get("by", "")
    return Choice(Days(first, last), asked, group if group in GROUPS else "service_code")


def shortcuts(now: datetime) -> dict[str, Days]:
    """Periods that are asked for most, by their names."""
    yesterday = today(now) - ONE
    this_month = today(now).replace(day=1)
    last_month = (this_month - ONE).replace(day=1)
    return {
        mark("Today"): Days(today(now), today(now)),
        mark("7 days"): Days(yesterday - ONE * 6, yesterday),
        mark("30 days"): Days(yesterday - ONE * 29, yesterday),
        mark("90 days"): Days(yesterday - ONE * 89, yesterday),
        mark("12 months"): Days(yesterday - timedelta(days=364), yesterday),
        mark("Last month"): Days(last_month, this_month - ONE),
        mark("This month"): Days(this_month, today(now)),
    }


def _day(written: str) -> date | None:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if _FIRST <= found <= _LAST else None
