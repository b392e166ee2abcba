"""Photos that another system names by their addresses: a real server, real pictures, and addresses that lead where they should not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import select, text, update

from bot.cases.lookup import find_request
from bot.cases.merging import merge_requests
from bot.conversation.photos import MediaPostponedError
from bot.db.jobs import TaskName
from bot.db.session import transaction
from bot.db.tables import Open311Photo
from bot.photos.store import PhotoStore
from bot.worker.app import make_app
from bot.worker.reported_photos import bring_in, enqueue_forgotten
from bot.worker.services import Services
from tests.console import a_request
from tests.open311 import Sender, a_key, plain_client
from tests.photos import jpeg

pytestmark = pytest.mark.integration


@dataclass
class PhotoHost:
    """A web server of the other system: path → status and body."""

    address: str = ""  # host and port
    files: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://{self.address}{path}"


@pytest.fixture
def host() -> Iterator[PhotoHost]:
    ours = PhotoHost()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ours.asked.append(self.path)
            status, body = ours.files.get(self.path, (404, b""))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body.decode())
            self.send_header("Content-Length", str(0 if status == 302 else len(body)))
            self.end_headers()
            if status != 302:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    ours.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield ours
    server.shutdown()
    server.server_close()
    thread.join(5)


async def waiting() -> list[int]:
    async with transaction() as session:
        return list(
            await session.scalars(
                select(Open311Photo.id).where(Open311Photo.state == "waiting").order_by(Open311Photo.id)
            )
        )


async def settled() -> list[tuple[str, str | None, str | None]]:
    async with transaction() as session:
        rows = await session.scalars(select(Open311Photo).order_by(Open311Photo.id))
        return [(row.state, row.refusal, row.url) for row in rows]


async def photos_of(reference: str) -> list[tuple[str, bool]]:
    async with transaction() as session:
        return [(one.kind, one.cleared) for one in (await find_request(session, reference)).photos]


@pytest.fixture
async def keyed(sender: Sender, host: PhotoHost) -> Sender:
    """A sender from whose own host, and no other, photos are fetched."""
    return Sender(sender.client, await a_key("With photos", media_hosts=(host.address,)))


async def test_a_photo_is_kept_with_its_request_and_shown_to_nobody(
    keyed: Sender, host: PhotoHost, store: PhotoStore
) -> None:
    host.files["/1.jpg"] = (200, jpeg())
    filed = await keyed.files(media_url=host.url("/1.jpg"))
    async with transaction() as session:
        jobs = (await session.execute(text("SELECT task_name, lock FROM procrastinate_jobs"))).all()
    (reported_id,) = await waiting()
    assert jobs == [("bring_in_reported", f"reported:{reported_id}")]
    await bring_in(store, reported_id)
    await bring_in(store, reported_id)
    assert await photos_of(filed) == [("report", False)]
    assert await settled() == [("kept", None, None)]
    assert host.asked == ["/1.jpg"]
    assert (await keyed.reads("requests.json", "Requests"))[0]["media_url"] is None


async def test_the_worker_knows_the_job(keyed: Sender, host: PhotoHost, store: PhotoStore) -> None:
    app = make_app(cast(Services, SimpleNamespace(photos=store)))
    assert set(TaskName) <= set(app.tasks)
    host.files["/1.jpg"] = (200, jpeg())
    filed = await keyed.files(media_url=host.url("/1.jpg"))
    await app.tasks[TaskName.BRING_IN_REPORTED](reported_id=(await waiting())[0])
    assert await photos_of(filed) == [("report", False)]


async def test_only_the_hosts_of_the_key_are_asked(keyed: Sender, host: PhotoHost, store: PhotoStore) -> None:
    for url in (
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:5432/",
        "file:///etc/passwd",
        "https://example.org/1.jpg",
        f"http://x@{host.address}.example.org/1.jpg",
        "nonsense",
        "http://[::1",
        "//x",
    ):
        answer = await keyed.post(
            service_code="graffiti", lat="34.021034", long="-118.487499", description=url, media_url=url
        )
        assert answer.status_code == 201, answer.text
        assert "photo was not taken" in answer.json()[0]["service_notice"]
    assert await waiting() == []
    assert host.asked == []
    # Nor does a redirect lead elsewhere.
    host.files["/away"] = (302, b"http://169.254.169.254/latest/meta-data/")
    await keyed.files(media_url=host.url("/away"))
    await bring_in(store, (await waiting())[0])
    assert await settled() == [("refused", "forbidden_host", None)]


async def test_a_key_without_hosts_has_nothing_fetched(sender: Sender, host: PhotoHost) -> None:
    answer = await sender.post(
        service_code="pothole", lat="34.021034", long="-118.487499", media_url=host.url("/1.jpg")
    )
    assert "photo was not taken" in answer.json()[0]["service_notice"]
    assert await waiting() == []


async def test_what_is_no_photo_or_too_large_is_refused(
    keyed: Sender, host: PhotoHost, store: PhotoStore
) -> None:
    host.files |= {"/page": (200, b"<html>"), "/huge": (200, b"x" * (20 * 1024 * 1024 + 1))}
    for path in host.files:
        await keyed.files(description=path, media_url=host.url(path))
    for reported_id in await waiting():
        await bring_in(store, reported_id)
    assert [(state, refusal) for state, refusal, _ in await settled()] == [
        ("refused", "not_an_image"),
        ("refused", "too_large"),
    ]


async def test_what_is_away_is_tried_again_and_given_up_after_its_time(
    keyed: Sender, host: PhotoHost, store: PhotoStore
) -> None:
    host.files["/1.jpg"] = (503, b"")
    filed = await keyed.files(media_url=host.url("/1.jpg"))
    (reported_id,) = await waiting()
    for _ in range(8):
        with pytest.raises(MediaPostponedError):
            await bring_in(store, reported_id)
    host.files["/1.jpg"] = (200, jpeg())
    await bring_in(store, reported_id)
    assert await photos_of(filed) == [("report", False)]
    await keyed.files(description="two", media_url=host.url("/2.jpg"))
    (reported_id,) = await waiting()
    with pytest.raises(MediaPostponedError):
        await bring_in(store, reported_id)
    async with transaction() as session:
        await session.execute(update(Open311Photo).values(created_at=datetime.now(UTC) - timedelta(hours=1)))
    await bring_in(store, reported_id)
    assert (await settled())[-1] == ("refused", "gone", None)


async def test_a_photo_that_kills_its_process_comes_to_an_end(
    keyed: Sender, host: PhotoHost, store: PhotoStore
) -> None:
    await keyed.files(media_url=host.url("/1.jpg"))
    async with transaction() as session:
        await session.execute(update(Open311Photo).values(attempts=5))
    await bring_in(store, (await waiting())[0])
    assert await settled() == [("refused", "broken", None)]
    assert host.asked == []


async def test_photos_of_updates_and_of_joined_requests_go_where_the_matter_goes_on(
    keyed: Sender, host: PhotoHost, store: PhotoStore
) -> None:
    host.files |= {"/1.jpg": (200, jpeg()), "/2.jpg": (200, jpeg(320, 200))}
    filed = await keyed.files(media_url=host.url("/1.jpg"))
    answer = await keyed.updates(filed, media_url=host.url("/2.jpg"))
    assert answer.status_code == 200, answer.text
    other = await a_request()
    async with transaction() as session:
        await merge_requests(session, filed, other, "staff:ana")
    for reported_id in await waiting():
        await bring_in(store, reported_id)
    assert await photos_of(other) == [("report", False)] * 2


async def test_a_photo_that_lost_its_job_gets_another(keyed: Sender, host: PhotoHost) -> None:
    await keyed.files(media_url=host.url("/1.jpg"))
    (reported_id,) = await waiting()
    soon = datetime.now(UTC) + timedelta(minutes=1)
    async with transaction() as session:
        assert await enqueue_forgotten(session, soon, {f"reported:{reported_id}"}) == 0
        assert await enqueue_forgotten(session, soon - timedelta(minutes=5), set()) == 0
        assert await enqueue_forgotten(session, soon, set()) == 1


async def test_an_address_of_a_photo_is_in_no_log(
    keyed: Sender, host: PhotoHost, store: PhotoStore, capsys: pytest.CaptureFixture[str]
) -> None:
    await keyed.files(media_url=host.url("/secret-token.jpg"))
    with pytest.raises(MediaPostponedError) as postponed:
        await bring_in(store, (await waiting())[0])
    assert "secret-token" not in str(postponed.value) + "".join(capsys.readouterr())
    async with plain_client() as client:
        assert (await client.get("/open311/v2/requests.json")).status_code == 200
