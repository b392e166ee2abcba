"""Why a file cannot be kept as a photo."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """The reason, for which the dialogue has a kind word each."""

    TOO_LARGE = "too_large"  # more than 20 MB
    TOO_MANY_PIXELS = "too_many_pixels"  # decoding it would take too much memory or time
    NOT_AN_IMAGE = "not_an_image"  # a PDF, a video, a text, whatever its name says
    UNSUPPORTED_FORMAT = "unsupported_format"  # an image, but no JPEG, PNG, WebP or HEIC
    BROKEN = "broken"  # cut off or damaged


class PhotoRefused(Exception):  # noqa: N818 - a refusal is an expected answer, not an error
    """A file is not kept; `reason` says why. Holds nothing of the file."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(f"photo refused: {reason.value}")
        self.reason = reason
