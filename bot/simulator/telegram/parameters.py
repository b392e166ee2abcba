"""Parameters of a method call: query string, form, multipart or JSON, all alike."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile

from bot.simulator.telegram.errors import bad_request

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent along with a call."""

    content: bytes
    content_type: str
    name: str


@dataclass(slots=True)
class Parameters:
    """Values by name. Nested ones may come as JSON text, numbers as digits."""

    values: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        return default if value is None else str(value)

    def whole(self, name: str, default: int) -> int:
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f"field {name} must be a number") from None

    def degrees(self, name: str) -> float:
        try:
            return float(self.values[name])
        except (KeyError, TypeError, ValueError):
            raise bad_request(f"parameter {name} must be a valid number") from None

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "1")

    def nested(self, name: str) -> Any:
        """A JSON value, whether it came as text or already read."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None


def words(parameters: Parameters, name: str, limit: int, too_long: str) -> str:
    """A text or caption, trimmed as Telegram trims it. Raises the Bot API's own refusals."""
    if parameters.text("parse_mode"):
        raise bad_request("can't parse entities: this stand-in takes plain text only")
    text = parameters.text(name).strip()
    if len(text) > limit:
        raise bad_request(too_long)
    return text


async def read_parameters(request: Request) -> Parameters:
    """Read a call in any of the four forms the Bot API takes."""
    parameters = Parameters(dict(request.query_params))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(body, dict):
            raise bad_request("object expected")
        parameters.values.update(body)
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form(max_part_size=4 * 1024 * 1024) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    parameters.uploads[name] = Upload(
                        await value.read(),
                        value.content_type or "application/octet-stream",
                        value.filename or name,
                    )
                else:
                    parameters.values[name] = value
    return parameters
