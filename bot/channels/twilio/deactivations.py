"""The numbers that carriers deactivated on a day: given up, or taken to another carrier.

https://www.twilio.com/docs/messaging/api/deactivations-resource: `GET /v1/Deactivations?Date=…` on a host of its own answers 307
with the link of a text file, which is good for two minutes; the file has a number a line. It is free of charge.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date

import httpx

from bot.channels.download import AllowedHosts
from bot.channels.messages import ListProblem, NumberListError
from bot.channels.transport import retry_after_seconds
from bot.channels.twilio.client import TwilioClient

PATH = "/v1/Deactivations"
AT_ONCE = 1_000  # numbers
LONGEST_LINE = 64  # bytes
MAX_BYTES = 256 * 1024 * 1024  # a day of the whole country is a hundredth of it
MAX_REDIRECTS = 4
# The file is at Amazon's: a bucket of Twilio's own, whose link comes out of Twilio's own answer.
FILE_HOSTS = (".amazonaws.com",)
_HEADERS = {"Accept-Encoding": "identity"}  # a compressed answer could unfold without end
_NUMBER = re.compile(rb"\"?\+?1?([2-9][0-9]{9})\"?")  # the list is of the United States


async def given_up(client: TwilioClient, day: date) -> AsyncIterator[Sequence[str]]:
    """The numbers of a day's list, E.164, up to a thousand at once. Raises NumberListError, which holds no link and no number."""
    try:
        async for numbers in _read(client, httpx.URL(f"{client.messaging_base_url}{PATH}"), day):
            yield numbers
    except (httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise NumberListError(ListProblem.NO_LIST) from None
    except httpx.HTTPError:
        # `from None`, since httpx's errors carry the request and with it the signed link.
        raise NumberListError(ListProblem.AWAY) from None


async def _read(client: TwilioClient, target: httpx.URL, day: date) -> AsyncIterator[Sequence[str]]:
    target = target.copy_with(params={"Date": day.isoformat()})
    hosts = AllowedHosts(client.messaging_base_url, client.media_hosts + FILE_HOSTS)
    for _ in range(MAX_REDIRECTS + 1):
        if not hosts.allows(target):
            raise NumberListError(ListProblem.NO_LIST)
        ours = hosts.is_base(target)
        auth = httpx.BasicAuth(client.account_sid, client.auth_token) if ours else None
        async with client.http.stream(
            "GET", target, auth=auth, headers=_HEADERS, follow_redirects=False
        ) as answer:
            link = await _link(answer)
            if link is not None:
                target = target.join(link)
                continue
            _require_success(answer, ours=ours)
            async for numbers in _numbers(answer):
                yield numbers
            return
    raise NumberListError(ListProblem.NO_LIST)  # a circle of redirects


async def _link(answer: httpx.Response) -> str | None:
    """Where an answer leads: by its header, or by what it says of itself."""
    if answer.status_code >= 400 or answer.status_code == 204:
        return None
    if "location" in answer.headers:
        return answer.headers["location"]
    if "json" not in answer.headers.get("content-type", ""):
        return None
    await answer.aread()
    try:
        link = answer.json().get("redirect_to")
    except (ValueError, AttributeError):
        link = None
    if not isinstance(link, str):
        raise NumberListError(ListProblem.NO_LIST)
    return link


def _require_success(answer: httpx.Response, *, ours: bool) -> None:
    status = answer.status_code
    if status == 200:
        return
    if status in (401, 403) and ours:
        raise NumberListError(ListProblem.REFUSED)
    if status in (404, 410):
        raise NumberListError(ListProblem.MISSING)
    # The file refuses a link that is older than two minutes: the next try gets a fresh one.
    if status in (401, 403, 408, 425, 429) or status >= 500:
        raise NumberListError(ListProblem.AWAY, retry_after_seconds(answer.headers, time.time()))
    raise NumberListError(ListProblem.NO_LIST)


async def _numbers(answer: httpx.Response) -> AsyncIterator[Sequence[str]]:
    """The numbers of a file, read as it comes: of the whole only a piece is ever held."""
    rest, size, lines, found = b"", 0, 0, 0
    batch: list[str] = []
    async for piece in answer.aiter_raw(64 * 1024):
        size += len(piece)
        if size > MAX_BYTES:
            raise NumberListError(ListProblem.NO_LIST)
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise NumberListError(ListProblem.NO_LIST)
        lines += sum(bool(line.strip()) for line in whole)
        for number in _read_lines(whole):
            found += 1
            batch.append(number)
            if len(batch) == AT_ONCE:
                yield batch
                batch = []
    lines += bool(rest.strip())
    batch += _read_lines([rest])
    if lines and not found + len(batch):  # a page that says sorry, with a status that says well
        raise NumberListError(ListProblem.NO_LIST)
    if batch:
        yield batch


def _read_lines(lines: Sequence[bytes]) -> Iterator[str]:
    for line in lines:
        if match := _NUMBER.fullmatch(line.strip()):
            yield f"+1{match[1].decode()}"
