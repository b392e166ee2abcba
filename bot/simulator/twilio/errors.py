"""Twilio's error bodies, with the codes Cityline can meet: https://www.twilio.com/docs/api/errors"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Response
from fastapi.responses import JSONResponse


@dataclass(frozen=True, slots=True)
class TwilioError:
    """Code, HTTP status and wording of one refusal."""

    code: int
    status: int
    message: str


AUTHENTICATE = TwilioError(20003, 401, "Authenticate")
NOT_FOUND = TwilioError(20404, 404, "The requested resource was not found")
TOO_MANY_REQUESTS = TwilioError(20429, 429, "Too Many Requests")
INTERNAL = TwilioError(20500, 500, "An internal server error has occurred")
INVALID_DATE = TwilioError(20001, 400, "Invalid date in a filter")
NO_TO = TwilioError(21604, 400, "A 'To' phone number is required.")
INVALID_TO = TwilioError(21211, 400, "The 'To' number is not a valid phone number.")
NO_FROM = TwilioError(21603, 400, "A 'From' phone number is required.")
INVALID_FROM = TwilioError(
    21212, 400, "The 'From' number is not a valid phone number, shortcode, or alphanumeric sender ID."
)
FOREIGN_FROM = TwilioError(
    21606,
    400,
    "The 'From' phone number provided is not a valid message-capable Twilio phone number for this account.",
)
NO_SERVICE = TwilioError(21703, 404, "The Messaging Service does not exist.")
OPTED_OUT = TwilioError(21610, 400, "Attempt to send to unsubscribed recipient")
TOO_LONG = TwilioError(21617, 400, "The concatenated message body exceeds the 1600 character limit.")
NOTHING_TO_SAY = TwilioError(21619, 400, "A text message body or media urls must be specified.")
INVALID_MEDIA_URL = TwilioError(21620, 400, "Invalid media URL(s)")
TOO_MANY_MEDIA = TwilioError(21623, 400, "Number of media files exceeds allowed limit")
INVALID_CALLBACK = TwilioError(21609, 400, "The 'StatusCallback' URL is not a valid URL.")


def error_response(error: TwilioError, headers: dict[str, str] | None = None) -> Response:
    """The body every Twilio client knows how to read."""
    body = {
        "code": error.code,
        "message": error.message,
        "more_info": f"https://www.twilio.com/docs/errors/{error.code}",
        "status": error.status,
    }
    return JSONResponse(body, error.status, headers)
