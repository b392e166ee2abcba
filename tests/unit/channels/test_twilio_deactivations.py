"""The list of the numbers that were given up: found, streamed, and never taken for something it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.channels.messages import ListProblem, NumberListError
from bot.channels.twilio import client as twilio_client
from bot.channels.twilio import deactivations
from bot.channels.twilio.client import TwilioClient
from bot.settings import Settings, load_settings
from tests.standin import Fault, Reply, Standin

DAY = date(2026, 11, 20)
PATH = deactivations.PATH


async def read(client: TwilioClient) -> list[str]:
    return [number async for numbers in deactivations.given_up(client, DAY) for number in numbers]


async def problem_of(client: TwilioClient) -> NumberListError:
    with pytest.raises(NumberListError) as raised:
        await read(client)
    return raised.value


def answers_with_a_link(standin: Standin, to: str) -> None:
    """As Twilio does: https://www.twilio.com/docs/messaging/api/deactivations-resource."""
    standin.on(PATH, Reply(307, {"redirect_to": to}))


async def test_a_list_is_asked_for_by_its_day_and_read_from_where_it_leads(
    standin: Standin, twilio: TwilioClient
) -> None:
    async with Standin() as files:
        answers_with_a_link(standin, f"{files.url}/list.txt?X-Amz-Signature=abc")
        files.on("/list.txt", Reply(200, b"+13105550123\n+13105550124\n", {"Content-Type": "text/plain"}))
        client = replace(twilio, media_hosts=(f"127.0.0.1:{files.port}",))
        assert await read(client) == ["+13105550123", "+13105550124"]
        (asked,), (fetched,) = standin.requests, files.requests
    assert asked.query == {"Date": ["2026-11-20"]}
    assert asked.headers["authorization"].startswith("Basic ")
    assert "authorization" not in fetched.headers, "the link is signed, and its host is another's"
    assert fetched.query == {"X-Amz-Signature": ["abc"]}


@pytest.mark.parametrize(
    "answer",
    [
        Reply(307, b"", {"Location": "/list"}),
        Reply(302, {"redirect_to": "/elsewhere"}, {"Location": "/list"}),
        Reply(200, {"redirect_to": "/list"}),
    ],
)
async def test_the_link_may_be_told_in_any_of_the_ways_it_has_been(
    standin: Standin, twilio: TwilioClient, answer: Reply
) -> None:
    standin.on(PATH, answer)
    standin.on("/list", Reply(200, b"+13105550123"))
    assert await read(twilio) == ["+13105550123"]


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        (b"", []),  # a day on which nobody gave up anything
        (b"\n\n", []),
        (b"13105550123\r\n3105550124\r\n", ["+13105550123", "+13105550124"]),
        (b'number\n"+13105550123"\n+442071838750\n+1310555\n', ["+13105550123"]),
        (b"  +13105550123  \n", ["+13105550123"]),
    ],
)
async def test_lines_that_are_no_number_of_the_country_are_passed_over(
    standin: Standin, twilio: TwilioClient, body: bytes, numbers: list[str]
) -> None:
    answers_with_a_link(standin, "/list")
    standin.on("/list", Reply(200, body))
    assert await read(twilio) == numbers


async def test_a_long_list_comes_in_pieces(standin: Standin, twilio: TwilioClient) -> None:
    everybody = [f"+1310{number:07}" for number in range(25_000)]
    answers_with_a_link(standin, "/list")
    standin.on("/list", Reply(200, "\n".join(everybody).encode(), {"Transfer-Encoding": "chunked"}))
    pieces = [numbers async for numbers in deactivations.given_up(twilio, DAY)]
    assert max(len(piece) for piece in pieces) <= deactivations.AT_ONCE
    assert [number for piece in pieces for number in piece] == everybody


@pytest.mark.parametrize(
    ("answer", "problem", "retry_after"),
    [
        (Reply(404, {"code": 20404}), ListProblem.MISSING, None),
        (Reply(410), ListProblem.MISSING, None),
        (Reply(401, {"code": 20003}), ListProblem.REFUSED, None),
        (Reply(403, {"code": 20006}), ListProblem.REFUSED, None),
        (Reply(429, {"code": 20429}, {"Retry-After": "90"}), ListProblem.AWAY, 90.0),
        (Reply(503), ListProblem.AWAY, None),
        (Fault.RESET, ListProblem.AWAY, None),
        (Fault.CLOSE, ListProblem.AWAY, None),
        (Fault.HANG, ListProblem.AWAY, None),
        (Reply(400, {"code": 20001}), ListProblem.NO_LIST, None),
        (Reply(200, {"sorry": True}), ListProblem.NO_LIST, None),
        (Reply(200, b"{", {"Content-Type": "application/json"}), ListProblem.NO_LIST, None),
        (Reply(307, {"redirect_to": 12}), ListProblem.NO_LIST, None),
        (Reply(307, {"redirect_to": "http://169.254.169.254/secrets"}), ListProblem.NO_LIST, None),
        (Reply(307, {"redirect_to": "ftp://127.0.0.1/list"}), ListProblem.NO_LIST, None),
        (Reply(307, {"redirect_to": PATH}), ListProblem.NO_LIST, None),
    ],
)
async def test_what_twilio_says_instead_of_a_list(
    standin: Standin,
    twilio: TwilioClient,
    answer: Reply | Fault,
    problem: ListProblem,
    retry_after: float | None,
) -> None:
    standin.on(PATH, answer)
    error = await problem_of(twilio)
    assert (error.problem, error.retry_after) == (problem, retry_after)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Reply(403, b"<Error><Code>AccessDenied</Code></Error>"), ListProblem.AWAY),  # two minutes were over
        (Reply(404, b"<Error/>"), ListProblem.MISSING),
        (Reply(200, b"<html>\n<p>Sorry</p>\n</html>"), ListProblem.NO_LIST),
        (Reply(200, b"x" * 200_000), ListProblem.NO_LIST),
        (Fault.HALF, ListProblem.AWAY),
    ],
)
async def test_what_the_file_is_instead_of_a_list(
    standin: Standin, twilio: TwilioClient, answer: Reply | Fault, problem: ListProblem
) -> None:
    async with Standin() as files:
        answers_with_a_link(standin, f"{files.url}/list")
        files.on("/list", answer)
        error = await problem_of(replace(twilio, media_hosts=(f"127.0.0.1:{files.port}",)))
    assert error.problem is problem
    assert "127.0.0.1" not in str(error)
    assert error.__cause__ is None


@pytest.mark.parametrize(
    ("base", "messaging"),
    [
        ("https://api.twilio.com", "https://messaging.twilio.com"),
        ("https://api.dublin.ie1.twilio.com/", "https://messaging.dublin.ie1.twilio.com"),
        ("http://127.0.0.1:8312", "http://127.0.0.1:8312"),
    ],
)
async def test_the_lists_are_on_a_host_of_their_own_but_for_a_stand_in(
    provider_settings: Settings, base: str, messaging: str
) -> None:
    settings = load_settings(
        twilio_account_sid=provider_settings.twilio_account_sid,
        twilio_auth_token="f" * 32,
        twilio_from="+13105550100",
        twilio_api_base_url=base,
    )
    client = twilio_client.open_client(settings)
    assert client.messaging_base_url == messaging
    await client.aclose()
