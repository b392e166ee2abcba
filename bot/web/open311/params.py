"""What another system sends: the fields of an address or of a form, whatever bytes they are made of."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.text.own_words import legible
from bot.web.open311.errors import refused

MAX_BODY = 256 * 1024  # bytes: 4,000 characters of any script, percent-encoded, several times
MAX_FIELDS = 200
MAX_LENGTH = 1_000  # characters of a field that is no description
_FORM = "application/x-www-form-urlencoded"
_WHOLE = re.compile(r"\d{1,6}")
# A "+" that was not percent-encoded comes as a blank: 2026-11-30T12:00:00 01:00.
_LOST_PLUS = re.compile(r"(?<=\d) (?=\d\d:?\d\d$)")


@dataclass(frozen=True, slots=True)
class Params:
    """Fields and their values in the order in which they came. A blank one is as good as none: the specification says so."""

    pairs: tuple[tuple[str, str], ...]

    def text(self, name: str, most: int = MAX_LENGTH) -> str:
        """A field as a person reads it, its last value; "" where there is none. Raises 400 for more than `most` characters."""
        values = self.texts(name, most)
        return values[-1] if values else ""

    def texts(self, name: str, most: int = MAX_LENGTH) -> list[str]:
        """All values of a field that are not blank."""
        values = [legible(value).strip() for key, value in self.pairs if key == name]
        if any(len(value) > most for value in values):
            raise refused(400, "too_long", field=_shown(name), most=f"{most:,}")
        return [value for value in values if value]

    def listed(self, name: str, most: int = 20_000) -> tuple[str, ...]:
        """The values of a field that holds several, separated by commas."""
        parts = (part.strip() for value in self.texts(name, most) for part in value.split(","))
        return tuple(dict.fromkeys(filter(None, parts)))

    def number(self, name: str) -> float | None:
        """Raises 400 for what is no number."""
        value = self.text(name)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise refused(400, "no_number", field=name)
        return number

    def whole(self, name: str, default: int, most: int) -> int:
        """A number from 1 to `most`. Raises 400."""
        value = self.text(name)
        if not value:
            return default
        if not (_WHOLE.fullmatch(value) and value.isascii() and 1 <= int(value) <= most):
            raise refused(400, "no_whole", field=name, most=str(most))
        return int(value)

    def moment(self, name: str) -> datetime | None:
        """A moment with its time zone, as aware UTC. Raises 400."""
        value = _LOST_PLUS.sub("+", self.text(name))
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value)
            # Beyond the calendar, on either side, there is no UTC of it.
            return moment.astimezone(UTC) if moment.tzinfo is not None else _no_moment(name)
        except (ValueError, OverflowError):
            return _no_moment(name)

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "1", "yes")


def query_of(request: Request) -> Params:
    """The fields of the address. Raises 400."""
    query: bytes = request.scope.get("query_string", b"")
    return Params(_pairs(query))


async def form_of(request: Request) -> Params:
    """The fields of a form and of its address, those of the form counting. Raises 400 or 413."""
    content_type = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if content_type != _FORM:
        raise refused(400, "form_encoded")
    body = await _body(request)
    return Params((*query_of(request).pairs, *_pairs(body)))


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared) > MAX_BODY:
        raise refused(413, "status_413")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise refused(413, "status_413")
    return bytes(body)


def _pairs(raw: bytes) -> tuple[tuple[str, str], ...]:
    if raw.count(b"&") >= MAX_FIELDS:
        raise refused(400, "too_many_fields", most=str(MAX_FIELDS))
    try:
        return tuple(parse_qsl(raw.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise refused(400, "not_utf8") from None


def _no_moment(name: str) -> datetime:
    raise refused(400, "no_moment", field=name)


def _shown(name: str) -> str:
    """A field's name, as far as it is worth repeating."""
    return legible(name)[:80]
