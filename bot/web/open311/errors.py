"""What was wrong, as the specification tells it: a list of code and description, the code being that of HTTP.

403 for a key that is missing or wrong, 404 for what does not exist, 400 for whatever else is wrong with what was sent; beyond it 413, 429
and 500 where HTTP has a word of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from bot.web.open311.formats import answer
from bot.web.texts import page_texts, spoken

PREFIX = "/open311/"
_KNOWN = frozenset({400, 403, 404, 405, 411, 413, 429, 500})


class ProtocolError(Exception):
    """What was sent cannot be answered: each of `problems` is a name among the texts of `open311`, with what fills it in."""

    def __init__(self, status: int, *problems: tuple[str, Mapping[str, str]], retry_after: int = 0) -> None:
        super().__init__(status)
        self.status = status
        self.problems = problems
        self.retry_after = retry_after


def refused(status: int, problem: str, **fields: str) -> ProtocolError:
    """One problem, told by the text of that name."""
    return ProtocolError(status, (problem, fields))


def language_of(request: Request) -> str:
    """What the sender reads: `?lang=`, else what it accepts, else English."""
    return spoken(request.query_params.get("lang"), request.headers.get("accept-language", ""))


def told(request: Request, error: ProtocolError) -> Response:
    """The answer that tells of an error."""
    texts = page_texts("open311", language_of(request))
    errors = [
        {"code": error.status, "description": texts[name].format(**fields)} for name, fields in error.problems
    ]
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return answer(request, "errors", errors, status=error.status, headers=headers)


def told_status(request: Request, status: int, headers: Mapping[str, str]) -> Response:
    """The answer to what failed before anybody looked at it, or in our own code."""
    texts = page_texts("open311", language_of(request))
    status = status if status in _KNOWN else 400
    errors = [{"code": status, "description": texts[f"status_{status}"]}]
    return answer(request, "errors", errors, status=status, headers=headers)
