"""Residents' files: fetched from the provider and from nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from bot.certificates import believed
from bot.channels import download
from bot.channels.download import AllowedHosts
from bot.channels.messages import MediaError, MediaProblem, MediaRef
from bot.channels.telegram import media as telegram_media
from bot.channels.telegram.client import TelegramClient
from bot.channels.twilio import client as twilio_client
from bot.channels.twilio import media as twilio_media
from bot.channels.twilio.client import TWILIO_MEDIA_HOSTS, TwilioClient
from bot.settings import load_settings
from bot.simulator.config import Retries, SimulatorConfig
from tests.simulation import SMS, Simulation, serving
from tests.standin import Fault, Reply, Standin

ACCOUNT = "AC" + "0a" * 16
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{'1' * 32}/Media/ME{'7' * 32}"
TOKEN = "123456:AAE-not-a-real-token"
JPEG = b"\xff\xd8\xff jpeg"


def ref(standin: Standin, path: str = PATH) -> MediaRef:
    return MediaRef(f"{standin.url}{path}")


async def test_a_file_is_fetched_with_our_credentials(standin: Standin, twilio: TwilioClient) -> None:
    standin.on(PATH, Reply(200, JPEG, {"Content-Type": "image/jpeg"}))
    fetched = await twilio_media.fetch(twilio, ref(standin))
    assert (fetched.content, fetched.content_type) == (JPEG, "image/jpeg")
    assert standin.requests[0].headers["authorization"].startswith("Basic ")


async def test_credentials_stay_behind_on_a_redirect_to_another_host(
    standin: Standin, twilio: TwilioClient
) -> None:
    async with Standin() as storage:
        storage.on("/kept", Reply(200, JPEG))
        standin.on(PATH, Reply(307, b"", {"Location": f"{storage.url}/kept"}))
        client = replace(twilio, media_hosts=(f"127.0.0.1:{storage.port}",))
        assert (await twilio_media.fetch(client, ref(standin))).content == JPEG
        assert "authorization" not in storage.requests[0].headers


async def test_a_redirect_within_the_api_keeps_them(standin: Standin, twilio: TwilioClient) -> None:
    standin.on(PATH, Reply(302, b"", {"Location": "/elsewhere"}))
    standin.on("/elsewhere", Reply(200, JPEG))
    assert (await twilio_media.fetch(twilio, ref(standin))).content == JPEG
    assert "authorization" in standin.requests[1].headers


async def problem_of(client: TwilioClient, reference: MediaRef, max_bytes: int = 1000) -> MediaError:
    with pytest.raises(MediaError) as error:
        await twilio_media.fetch(client, reference, max_bytes=max_bytes)
    assert reference.provider_ref not in repr(error.value)
    return error.value


async def test_a_redirect_to_any_other_host_is_not_followed(standin: Standin, twilio: TwilioClient) -> None:
    async with Standin() as stranger:
        standin.on(PATH, Reply(307, b"", {"Location": f"{stranger.url}/kept"}))
        assert (await problem_of(twilio, ref(standin))).problem is MediaProblem.FORBIDDEN_HOST
        assert stranger.requests == []


async def test_a_stand_in_on_this_machine_may_redirect_to_itself_by_another_name(
    standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(PATH, Reply(307, b"", {"Location": f"http://localhost:{standin.port}/kept"}))
    standin.on("/kept", Reply(200, JPEG))
    assert (await twilio_media.fetch(twilio, ref(standin))).content == JPEG
    first, second = standin.requests
    assert "authorization" in first.headers
    assert "authorization" not in second.headers


async def test_a_picture_is_fetched_from_the_simulator_whose_media_are_on_another_host() -> None:
    with serving(SimulatorConfig(telegram_webhook=None, sms_retries=Retries(1))) as config:
        client = twilio_client.open_client(
            load_settings(
                **{k.lower(): v for k, v in config.credentials.environment(config.base_url).items()}
            )
        )
        async with httpx.AsyncClient(base_url=config.base_url, timeout=10, verify=believed()) as http:
            await Simulation(config, http).say("sms", SMS, files=[{"sample": "pothole"}])
        (message,) = await client.rest.api.v2010.account.messages.list_async(from_=SMS)
        (medium,) = await message.media.list_async()
        reference = MediaRef(f"{config.base_url}{medium.uri.removesuffix('.json')}")
        redirect = await client.http.get(
            reference.provider_ref, auth=(client.account_sid, client.auth_token), follow_redirects=False
        )
        assert urlsplit(redirect.headers["location"]).hostname == "localhost"
        fetched = await twilio_media.fetch(client, reference)
        assert fetched.content_type == "image/jpeg"
        assert fetched.content.startswith(b"\xff\xd8")
        assert await twilio_media.delete(client, reference)
        with pytest.raises(MediaError) as error:
            await twilio_media.fetch(client, reference)
        assert error.value.problem is MediaProblem.GONE
        await client.aclose()


async def test_a_circle_of_redirects_ends(standin: Standin, twilio: TwilioClient) -> None:
    standin.on(PATH, Reply(307, b"", {"Location": PATH}))
    assert (await problem_of(twilio, ref(standin))).problem is MediaProblem.FORBIDDEN_HOST
    assert len(standin.requests) == 5


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data/",
        "https://example.com/a.jpg",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "//127.0.0.1/",
        "not a link",
        "",
        "http://[::1",
    ],
)
async def test_a_link_to_anywhere_else_is_not_fetched(link: str, twilio: TwilioClient) -> None:
    with pytest.raises(MediaError) as error:
        await twilio_media.fetch(twilio, MediaRef(link))
    assert error.value.problem is MediaProblem.FORBIDDEN_HOST


async def test_a_link_in_disguise_is_not_fetched(standin: Standin, twilio: TwilioClient) -> None:
    link = f"http://127.0.0.1:{standin.port}@example.com/"
    assert (await problem_of(twilio, MediaRef(link))).problem is MediaProblem.FORBIDDEN_HOST


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://api.twilio.com/x", True),
        ("https://media.twiliocdn.com/x", True),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/x", True),
        ("http://media.twiliocdn.com/x", False),
        ("https://media.twiliocdn.com:8443/x", False),
        ("https://eviltwiliocdn.com/x", False),
        ("https://twiliocdn.com.evil.example/x", False),
        ("https://bucket.s3.amazonaws.com/x", False),
    ],
)
def test_twilio_s_own_hosts_are_allowed_and_their_look_alikes_are_not(url: str, allowed: bool) -> None:
    hosts = AllowedHosts("https://api.twilio.com", TWILIO_MEDIA_HOSTS)
    assert hosts.allows(httpx.URL(url)) is allowed
    assert hosts.is_base(httpx.URL(url)) is url.startswith("https://api.twilio.com/")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, bytes(1001)),
        Reply(200, bytes(5_000_000), {"Transfer-Encoding": "chunked"}),
        Reply(413),
    ],
)
async def test_a_file_that_is_too_large_is_dropped(
    reply: Reply, standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(PATH, reply)
    assert (await problem_of(twilio, ref(standin))).problem is MediaProblem.TOO_LARGE


async def test_a_file_of_exactly_the_limit_is_taken(standin: Standin, twilio: TwilioClient) -> None:
    standin.on(PATH, Reply(200, bytes(1000), {"Transfer-Encoding": "chunked"}))
    assert len((await twilio_media.fetch(twilio, ref(standin), max_bytes=1000)).content) == 1000


@pytest.mark.parametrize(
    ("reply", "problem", "retryable"),
    [
        (Reply(404), MediaProblem.GONE, False),
        (Reply(410), MediaProblem.GONE, False),
        (Reply(401), MediaProblem.MISCONFIGURED, True),
        (Reply(429, b"", {"Retry-After": "4"}), MediaProblem.UNAVAILABLE, True),
        (Reply(500), MediaProblem.UNAVAILABLE, True),
        (Fault.HANG, MediaProblem.UNAVAILABLE, True),
        (Fault.RESET, MediaProblem.UNAVAILABLE, True),
        (Fault.CLOSE, MediaProblem.UNAVAILABLE, True),
        (Fault.HALF, MediaProblem.UNAVAILABLE, True),
    ],
)
async def test_every_failure_says_whether_to_try_again(
    reply: Reply | Fault, problem: MediaProblem, retryable: bool, standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(PATH, reply)
    error = await problem_of(twilio, ref(standin))
    assert (error.problem, error.retryable) == (problem, retryable)
    assert error.retry_after == (4.0 if isinstance(reply, Reply) and reply.status == 429 else None)


async def test_a_file_is_deleted_at_twilio(standin: Standin, twilio: TwilioClient) -> None:
    standin.on(f"{PATH}.json", Reply(204))
    assert await twilio_media.delete(twilio, ref(standin))
    assert (standin.requests[0].method, standin.requests[0].path) == ("DELETE", f"{PATH}.json")


async def test_a_file_deleted_before_is_gone_all_the_same(standin: Standin, twilio: TwilioClient) -> None:
    assert await twilio_media.delete(twilio, ref(standin))


async def test_a_link_that_is_no_file_of_ours_deletes_nothing(standin: Standin, twilio: TwilioClient) -> None:
    assert not await twilio_media.delete(twilio, ref(standin, PATH.replace(ACCOUNT, "AC" + "b" * 32)))
    assert not await twilio_media.delete(twilio, MediaRef("https://example.com/a.jpg"))
    assert standin.requests == []


@pytest.mark.parametrize("reply", [Reply(500), Reply(429), Fault.RESET])
async def test_a_deletion_that_failed_is_to_be_tried_again(
    reply: Reply | Fault, standin: Standin, twilio: TwilioClient
) -> None:
    standin.on(f"{PATH}.json", reply)
    with pytest.raises(MediaError) as error:
        await twilio_media.delete(twilio, ref(standin))
    assert error.value.retryable


FILE = {"file_id": "photo-1", "file_unique_id": "u1", "file_size": 9, "file_path": "photos/file_1.jpg"}


async def test_a_telegram_file_is_asked_for_and_then_fetched(
    standin: Standin, telegram: TelegramClient
) -> None:
    standin.on(f"/bot{TOKEN}/getFile", Reply(200, {"ok": True, "result": FILE}))
    standin.on(f"/file/bot{TOKEN}/photos/file_1.jpg", Reply(200, JPEG, {"Content-Type": "image/jpeg"}))
    fetched = await telegram_media.fetch(telegram, MediaRef("photo-1"))
    assert fetched.content == JPEG
    assert standin.requests[0].fields() == {"file_id": "photo-1"}


@pytest.mark.parametrize(
    ("get_file", "file", "problem"),
    [
        (
            Reply(400, {"ok": False, "error_code": 400, "description": "Bad Request: file is too big"}),
            None,
            MediaProblem.TOO_LARGE,
        ),
        (
            Reply(400, {"ok": False, "error_code": 400, "description": "Bad Request: wrong file_id"}),
            None,
            MediaProblem.GONE,
        ),
        (
            Reply(401, {"ok": False, "error_code": 401, "description": "Unauthorized"}),
            None,
            MediaProblem.MISCONFIGURED,
        ),
        (Reply(502, b"<html>"), None, MediaProblem.UNAVAILABLE),
        (Fault.HANG, None, MediaProblem.UNAVAILABLE),
        (None, Reply(404), MediaProblem.GONE),
        (None, Reply(200, bytes(1001)), MediaProblem.TOO_LARGE),
        (None, Reply(302, b"", {"Location": "http://127.0.0.1:1/"}), MediaProblem.FORBIDDEN_HOST),
        (None, Fault.RESET, MediaProblem.UNAVAILABLE),
        (None, Fault.HALF, MediaProblem.UNAVAILABLE),
    ],
)
async def test_every_failure_of_a_telegram_file_is_told_without_its_link(
    get_file: Reply | Fault | None,
    file: Reply | Fault | None,
    problem: MediaProblem,
    standin: Standin,
    telegram: TelegramClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    standin.on(f"/bot{TOKEN}/getFile", get_file or Reply(200, {"ok": True, "result": FILE}))
    standin.on(f"/file/bot{TOKEN}/.*", file or Reply(500))
    with pytest.raises(MediaError) as error:
        await telegram_media.fetch(telegram, MediaRef("photo-1"), max_bytes=1000)
    assert error.value.problem is problem
    assert TOKEN not in caplog.text
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_a_file_that_trickles_without_end_is_given_up_for_now(
    channel: str,
    standin: Standin,
    twilio: TwilioClient,
    telegram: TelegramClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(download, "LONGEST_SECONDS", 0.5)
    standin.on(PATH, Fault.TRICKLE)
    standin.on(f"/bot{TOKEN}/getFile", Reply(200, {"ok": True, "result": FILE}))
    standin.on(f"/file/bot{TOKEN}/.*", Fault.TRICKLE)
    fetched = (
        twilio_media.fetch(twilio, ref(standin))
        if channel == "sms"
        else telegram_media.fetch(telegram, MediaRef("photo-1"))
    )
    with pytest.raises(MediaError) as error:
        await fetched
    assert error.value.problem is MediaProblem.UNAVAILABLE
    assert error.value.retryable


async def test_a_telegram_file_known_to_be_too_large_is_not_asked_for(
    standin: Standin, telegram: TelegramClient
) -> None:
    with pytest.raises(MediaError) as error:
        await telegram_media.fetch(telegram, MediaRef("photo-1", size=30_000_000))
    assert (error.value.problem, standin.requests) == (MediaProblem.TOO_LARGE, [])


async def test_a_path_on_a_local_server_s_disk_is_not_followed(
    standin: Standin, telegram: TelegramClient, tmp_path: Path
) -> None:
    (tmp_path / "file_1.jpg").write_bytes(JPEG)
    local = {**FILE, "file_path": str(tmp_path / "file_1.jpg")}
    standin.on(f"/bot{TOKEN}/getFile", Reply(200, {"ok": True, "result": local}))
    with pytest.raises(MediaError) as error:
        await telegram_media.fetch(telegram, MediaRef("photo-1"))
    assert error.value.problem is MediaProblem.FORBIDDEN_HOST


async def test_nothing_can_be_deleted_at_telegram(telegram: TelegramClient) -> None:
    assert not await telegram_media.delete(telegram, MediaRef("photo-1"))
