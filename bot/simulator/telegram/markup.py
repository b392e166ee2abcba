"""Keyboards: checked as the Bot API checks them, and turned into what a phone shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.simulator.telegram.errors import bad_request

CALLBACK_LIMIT = 64  # bytes


@dataclass(frozen=True, slots=True)
class Markup:
    """What `reply_markup` asked for; at most one field is set."""

    inline: list[list[dict[str, Any]]] | None = None
    keyboard: dict[str, Any] | None = None
    remove: bool = False

    @property
    def buttons(self) -> list[list[dict[str, str]]]:
        """The inline keyboard as the phone page reads it."""
        return [
            [
                {"text": key["text"], "data": key.get("callback_data", ""), "url": key.get("url", "")}
                for key in row
            ]
            for row in self.inline or []
        ]


def read_markup(value: Any, *, private: bool) -> Markup:
    """Raises the Bot API's own refusals."""
    if value is None:
        return Markup()
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in value:
        return Markup(inline=_inline(value["inline_keyboard"]))
    if "keyboard" in value:
        rows = [[_key(key, private=private) for key in row] for row in value["keyboard"]]
        return Markup(keyboard={"rows": rows, "one_time": bool(value.get("one_time_keyboard"))})
    return Markup(remove=bool(value.get("remove_keyboard")))


def _inline(rows: Any) -> list[list[dict[str, Any]]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(
            'can\'t parse inline keyboard button: Field "inline_keyboard" must be an Array of Arrays'
        )
    for key in (key for row in rows for key in row):
        if not str(key.get("text", "")).strip():
            raise bad_request(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
            )
        data = key.get("callback_data")
        if data is None and "url" not in key:
            raise bad_request(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
            )
        if data is not None and not 1 <= len(str(data).encode()) <= CALLBACK_LIMIT:
            raise bad_request("BUTTON_DATA_INVALID")
    return rows


def _key(key: Any, *, private: bool) -> dict[str, Any]:
    if isinstance(key, str):
        return {"text": key, "request_location": False}
    wants_location = bool(key.get("request_location"))
    if wants_location and not private:
        raise bad_request("location can be requested in private chats only")
    return {"text": str(key.get("text", "")), "request_location": wants_location}
