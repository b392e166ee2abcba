"""Bounded memory, whatever is sent: measured on the real processes while they decode."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import threading
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import cycle, islice

import httpx
import psutil
import psycopg
import pytest
from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from bot.cases.staff import create_staff
from bot.db.session import sqlalchemy_url
from tests import photos
from tests.console import PASSWORD, Browser
from tests.journeys.stack import Said, Stack, eventually
from tests.journeys.test_main_job import REFERENCE

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1200)]

LIMIT = 700 * 1024 * 1024  # bytes of any one process
SIDE_64 = 8_000  # pixels: 64 megapixels
RESIDENTS = 5


class Watch:
    """The most memory that each process of a stack had, looked at all the time from a thread of its own."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._stop = threading.Event()
        self.most: Counter[str] = Counter()

    def _look(self) -> None:
        while not self._stop.wait(0.1):
            with contextlib.suppress(psutil.Error, OSError):
                for process in self._stack.all_processes():
                    with contextlib.suppress(psutil.Error):
                        name = _name(process)
                        self.most[name] = max(self.most[name], process.memory_info().rss)

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        thread = threading.Thread(target=self._look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
            print({name: f"{rss / 2**20:.0f} MB" for name, rss in self.most.most_common(8)})


def _name(process: psutil.Process) -> str:
    line = process.cmdline()
    if "bot.photos.decoder" in line:
        return "decoding"
    if "bot.engine.serve" in line:
        return "engine"
    return line[line.index("bot.cli") + 1] if "bot.cli" in line else process.name()


@cache
def flat(file_format: str, side: int, *, moving: bool = False) -> bytes:
    """A picture of one colour, which is quickly made and small to send, yet as large as any once decoded."""
    picture = Image.new("RGB", (side, side), (90, 120, 90))
    buffer = io.BytesIO()
    if moving:
        second = Image.new("RGB", (side, side), (90, 120, 91))
        picture.save(buffer, file_format, save_all=True, append_images=[second], quality=1, method=0)
    else:
        # x265 looks half a minute for what it might save of a picture of 64 megapixels that has one color.
        picture.save(buffer, file_format, quality=1, **(photos.QUICK_HEIF if file_format == "HEIF" else {}))
    return buffer.getvalue()


flat_png = cache(photos.flat_png)


def albums(count: int) -> list[list[tuple[str, bytes]]]:
    """Albums of ten files: nine of 64 megapixels, and one of the largest that are still opened, each of another kind."""
    too_large = [
        ("image/png", flat_png(SIDE_64, SIDE_64)),
        ("image/png", flat_png(SIDE_64, SIDE_64, depth=16, colour=6, interlaced=True)),
        ("image/heic", flat("HEIF", SIDE_64)),
        ("image/webp", flat("WEBP", SIDE_64, moving=True)),
    ]
    largest = [
        ("image/png", flat_png(7_000, 7_000, colour=6)),
        ("image/heic", flat("HEIF", 7_000)),
        ("image/webp", flat("WEBP", 5_000, moving=True)),
        ("image/png", flat_png(7_000, 7_000, depth=16, colour=6, interlaced=True)),
        ("image/jpeg", flat("JPEG", 14_000)),
    ]
    return [[*islice(cycle(too_large), 9), one] for one in islice(largest, count)]


async def test_five_albums_of_the_largest_pictures_at_once_take_no_process_over_its_limit(
    stack: Stack,
) -> None:
    numbers = [f"+1310556{resident:04d}" for resident in range(RESIDENTS)]
    sent = dict(zip(numbers, await asyncio.to_thread(albums, RESIDENTS), strict=True))
    watch = Watch(stack)
    with contextlib.closing(_connection(stack)) as database, watch.looking():
        await asyncio.gather(*(_send_album(stack, number, album) for number, album in sent.items()))
        await eventually(lambda: _settled(database, 10 * RESIDENTS), "all files are settled", 900)
        states = _states(database)
    assert watch.most["decoding"] > 300 * 2**20, "nothing large was decoded, so nothing was measured"
    assert {name: rss for name, rss in watch.most.items() if rss > LIMIT} == {}
    assert states == {("kept", None): RESIDENTS, ("refused", "too_many_pixels"): 9 * RESIDENTS}
    for number in numbers:
        await stack.until_said("sms", number, _answered, "the resident is answered")


async def _send_album(stack: Stack, number: str, album: list[tuple[str, bytes]]) -> None:
    files = [("files", (f"{at}", content, kind)) for at, (kind, content) in enumerate(album)]
    say = {"say": json.dumps({"text": "huge pothole at Pico Blvd & 16th St"})}
    address = f"{stack.simulator}/simulator/phones/sms/{number}/say"
    (await stack.http.post(address, data=say, files=files, timeout=120)).raise_for_status()


def _connection(stack: Stack) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(stack.database_url, autocommit=True)


_STATES = (
    "SELECT m.state, m.refusal, count(*) FROM media m JOIN messages i ON i.id = m.message_id "
    "JOIN conversations v ON v.id = i.conversation_id JOIN contacts c ON c.id = v.contact_id "
    "WHERE c.address LIKE '+1310556%' GROUP BY 1, 2"
)


def _states(database: psycopg.Connection[tuple[object, ...]]) -> dict[tuple[str, str | None], int]:
    return {(state, refusal): count for state, refusal, count in database.execute(_STATES).fetchall()}  # type: ignore[misc]


def _settled(database: psycopg.Connection[tuple[object, ...]], wanted: int) -> bool:
    return sum(count for (state, _), count in _states(database).items() if state != "waiting") == wanted


def _answered(said: Said) -> bool:
    texts = "\n".join(str(message["text"]) for message in said)
    return "too big" in texts and "Photos: 1" in texts


async def test_three_clerks_who_post_the_largest_pictures_at_once_take_no_process_over_its_limit(
    stack: Stack, number: str
) -> None:
    await stack.answer("sms", number, "pothole at Pico Blvd & 18th St")
    found = REFERENCE.search((await stack.answer("sms", number, "1"))["text"])
    assert found
    uploads = await asyncio.to_thread(albums, 3)
    clerks = await _clerks(stack, 3)
    watch = Watch(stack)
    with watch.looking():
        answers = await asyncio.gather(
            *(
                _post_pictures(stack, clerk, found.group(), pictures)
                for clerk, pictures in zip(clerks, uploads, strict=True)
            )
        )
    assert {name: rss for name, rss in watch.most.items() if rss > LIMIT} == {}
    assert watch.most["decoding"] > 300 * 2**20
    for answer in answers:
        assert answer.status_code == 422
        assert "it has more pixels than we can open" in answer.text
        assert "typed by hand" in answer.text


async def _clerks(stack: Stack, count: int) -> list[str]:
    engine = create_async_engine(sqlalchemy_url(stack.database_url))
    names = [f"clerk{number}" for number in range(count)]
    async with AsyncSession(engine) as session, session.begin():
        for name in names:
            await create_staff(session, name, PASSWORD, name=name)
    await engine.dispose()
    return names


async def _post_pictures(
    stack: Stack, name: str, reference: str, pictures: list[tuple[str, bytes]]
) -> httpx.Response:
    async with httpx.AsyncClient(base_url=stack.web, timeout=900, trust_env=False) as client:
        browser = Browser(client)
        assert (await browser.log_in(name)).status_code == 303
        await browser.open(f"/console/requests/{reference}")
        fields = {
            "status": "resolved",
            "from_status": browser.hidden("from_status"),
            "seen_update": browser.hidden("seen_update"),
            "public_text": "typed by hand",
        }
        files = [("photos", (f"{at}", content, kind)) for at, (kind, content) in enumerate(pictures)]
        return await browser.send(f"/console/requests/{reference}", fields, files=files)
