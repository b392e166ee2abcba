"""Filters and pages of Twilio's lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from bot.simulator.twilio.resources import Message

Query = list[tuple[str, str]]

PAGE_SIZE = 50
MAX_PAGE_SIZE = 1000


class InvalidFilterError(ValueError):
    """A filter is no date or time."""


def filter_messages(messages: list[Message], query: Query) -> list[Message]:
    """Those that match To, From, DateSent, DateSent<, DateSent>."""
    for name, value in query:
        match name:
            case "To":
                messages = [one for one in messages if one.to == value]
            case "From":
                messages = [one for one in messages if one.from_ == value]
            case "DateSent" | "DateSent<" | "DateSent>":
                messages = _by_date(messages, name[8:], value)
    return messages


def _by_date(messages: list[Message], comparison: str, value: str) -> list[Message]:
    """A day means the whole day, GMT; `<` and `>` include the moment itself, as Twilio's `<=` and `>=`."""
    start, end = _span(value)
    match comparison:
        case "<":
            return [one for one in messages if (one.sent or one.created) < end]
        case ">":
            return [one for one in messages if (one.sent or one.created) >= start]
        case _:
            return [one for one in messages if start <= (one.sent or one.created) < end]


def _span(value: str) -> tuple[datetime, datetime]:
    try:
        if len(value) == 10:
            day = datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
            return day, day + timedelta(days=1)
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise InvalidFilterError from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment, moment + timedelta(seconds=1)


def page_json(path: str, key: str, items: list[dict[str, Any]], query: Query) -> dict[str, Any]:
    """One page of a list with the addresses of its neighbours."""
    asked = dict(query)
    size = min(max(_whole(asked.get("PageSize"), PAGE_SIZE), 1), MAX_PAGE_SIZE)
    page = max(_whole(asked.get("Page"), 0), 0)
    start = page * size
    shown = items[start : start + size]
    kept = [(name, value) for name, value in query if name not in ("Page", "PageSize", "PageToken")]

    def address(number: int) -> str:
        token = [("PageToken", f"PA{number}")] if number else []
        return f"{path}?{urlencode([*kept, ('PageSize', str(size)), ('Page', str(number)), *token])}"

    return {
        "first_page_uri": address(0),
        "end": start + len(shown) - 1 if shown else start,
        "previous_page_uri": address(page - 1) if page else None,
        key: shown,
        "uri": address(page),
        "page_size": size,
        "start": start,
        "next_page_uri": address(page + 1) if start + size < len(items) else None,
        "page": page,
    }


def _whole(value: str | None, default: int) -> int:
    return int(value) if value is not None and value.isdigit() else default
