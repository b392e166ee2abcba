"""The streams of this process, and what feeds them: it runs while there are any."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable

import structlog

from bot.db.changes import News, told
from bot.logs import log_unexpected
from bot.web.live.follow import Tell, follow

log = structlog.get_logger(__name__)

MOST_STREAMS = 2_000  # of one process; a browser that is refused looks now and then instead
MOST_OF_ONE = 20  # of one login: browsers and windows of one person
CHECK_EVERY = 60.0  # seconds between two looks at who may still listen


class NotFollowingError(Exception):
    """The database cannot be listened to at the moment."""


class Stream:
    """One browser that listens: what it has not been told yet. However slow it is, that is a hundred topics at most."""

    def __init__(self, token_hash: bytes, viewers: tuple[int, ...]) -> None:
        self.token_hash = token_hash
        self.viewers = viewers  # rows that say what it has open
        self.ended = False  # its login is over
        self.closed = False  # the process ends
        self._topics: frozenset[str] = frozenset()
        self._version = 0
        self._woken = asyncio.Event()

    def add(self, news: News) -> None:
        self._topics = told({*self._topics, *news.topics})
        self._version = news.version
        self._woken.set()

    def end(self, *, closed: bool = False) -> None:
        self.ended, self.closed = not closed, closed
        self._woken.set()

    async def wait(self, seconds: float) -> bool:
        """Until there is something to tell; False after so many seconds without."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
        return self._woken.is_set()

    def take(self) -> News:
        """What there is to tell; it is told with that."""
        news = News(self._topics, self._version)
        self._topics = frozenset()
        self._woken.clear()
        return news


# Looks after all streams: gives those whose login is over, and says once more what the others have open.
Check = Callable[[list[Stream]], Awaitable[list[Stream]]]


class Hub:
    """All streams of a process. Its two tasks live from the first stream to the end of the last."""

    def __init__(self, check: Check, source: Callable[[Tell], Awaitable[None]] = follow) -> None:
        self._check = check
        self._source = source
        self._streams: set[Stream] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._following = asyncio.Event()
        self._look = asyncio.Event()

    @property
    def streams(self) -> int:
        return len(self._streams)

    def room(self, token_hash: bytes) -> bool:
        """Whether this login may have one more."""
        of_one = Counter(stream.token_hash for stream in self._streams)[token_hash]
        return len(self._streams) < MOST_STREAMS and of_one < MOST_OF_ONE

    async def join(self, stream: Stream, patience: float = 10.0) -> None:
        """Tell this stream what changes from now on. Raises `NotFollowingError`."""
        self._streams.add(stream)
        if not self._tasks:
            self._following, self._look = asyncio.Event(), asyncio.Event()
            self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._keep_checking())]
        try:
            await asyncio.wait_for(self._following.wait(), patience)
        except TimeoutError:
            self.leave(stream)
            raise NotFollowingError from None

    def leave(self, stream: Stream) -> None:
        self._streams.discard(stream)
        if not self._streams:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def close(self) -> None:
        """End all streams: the process is about to stop, and browsers come back to another or to the next."""
        for stream in list(self._streams):
            stream.end(closed=True)

    def tell(self, news: News) -> None:
        self._following.set()
        if "login" in news.topics:
            self._look.set()
        if news.topics:
            for stream in self._streams:
                stream.add(news)

    async def _follow(self) -> None:
        await self._source(self.tell)

    async def _keep_checking(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), CHECK_EVERY)
            self._look.clear()
            try:
                for stream in await self._check(list(self._streams)):
                    stream.end()
            except (
                Exception
            ) as error:  # the database is away, or a fault of ours: the next look is another try
                log_unexpected(log, "live.not_checked", error)
