"""Bodies of the control API: what a resident can be told to do, and what can be made to fail."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.simulator.faults import FaultKind


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SayPin(_Strict):
    """A position, degrees WGS 84; with a name it is a venue (Telegram)."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    name: str | None = None
    address: str | None = None
    live: bool = False


class SayFile(_Strict):
    """A file: one of the built-in samples by name, or its content in base64."""

    sample: str | None = None
    base64: str | None = None
    content_type: str = "image/jpeg"
    name: str | None = None

    @field_validator("base64")
    @classmethod
    def _decodes(cls, value: str | None) -> str | None:
        try:
            base64.b64decode(value or "", validate=True)
        except binascii.Error as error:
            raise ValueError("should be base64") from error
        return value

    @property
    def content(self) -> bytes:
        return base64.b64decode(self.base64 or "")


class SayEdit(_Strict):
    """Change an own message (Telegram)."""

    id: str
    text: str


class Say(_Strict):
    """One thing a resident does. `text` goes with `files` as their caption; everything else stands alone."""

    text: str = ""
    files: list[SayFile] = []
    as_document: bool = False  # Telegram: send pictures as files, which keeps their EXIF data
    album_pause: Annotated[float, Field(ge=0, le=60)] = 0.0  # Telegram: seconds between siblings of an album
    pin: SayPin | None = None
    button: str | None = None  # its payload or its words; on SMS the words are sent
    message_id: str | None = None  # on which message to press; without it the latest that has the button
    edit: SayEdit | None = None
    sticker: bool = False
    special: str | None = None  # Telegram: sticker, voice, video, video_note, audio, animation, contact, dice
    group: bool = False  # Telegram: say `text` in a group the bot has been put into
    block: bool | None = None  # Telegram: block or unblock the bot; SMS: out of reach, or back
    give_up: date | None = None  # SMS: the number is given up on that day; its next words are a stranger's
    name: str | None = None  # of the resident, from now on
    language: str | None = None  # of the resident's app, from now on


class NewFault(_Strict):
    """What shall go wrong. Without `count` and `probability`: always, until deleted."""

    kind: FaultKind
    provider: Literal["sms", "telegram", "*"] = "*"
    method: str = "*"
    count: Annotated[int, Field(ge=1)] | None = None
    probability: Annotated[float, Field(ge=0, le=1)] | None = None
    seed: int | None = None
    retry_after: Annotated[int, Field(ge=0)] = 1
    delay: Annotated[float, Field(ge=0, le=600)] = 3.0
    hang: Annotated[float, Field(ge=0, le=600)] | None = None


class Attach(_Strict):
    """Numbers to take up again, e.g. after the page was loaded anew."""

    sms: str | None = None
    telegram: str | None = None
    language: str = "en"
