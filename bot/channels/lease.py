"""How long an attempt to send may still put something on the wire.

Who finds a message that is being sent may send it again only when nothing more of the first attempt can leave. The
first attempt may be alive: its process stalled, its lock lost. So every attempt ends by itself: the lease is looked at
right before the first byte of a request and again before its body, when the connection stands and nothing else can come
between, and what is not wholly written at its end is cut off. A process that was stopped notices by either clock: the
monotonic one runs while a process is stopped, the wall clock also while its machine sleeps.

What is wholly written may be answered after the lease; by then a look-up finds it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import httpx

ANSWER_SECONDS = (
    30.0  # for a request that is written: a server that trickles its answer holds nobody up for longer
)


class LeaseEndedError(httpx.TransportError):
    """The attempt's time was over; `written`: whether its request had been handed over by then."""

    def __init__(self, *, written: bool) -> None:
        super().__init__("the attempt took too long")
        self.written = written


@dataclass(slots=True)
class Lease:
    """The time of one attempt. Begun before it is marked in the database, so that it ends first here."""

    seconds: float
    began: float = field(default_factory=time.monotonic)
    began_wall: float = field(default_factory=time.time)
    handed_over: bool = False  # whether any request of the attempt was wholly written
    _written: bool = False
    _limit: asyncio.Timeout | None = None

    @property
    def over(self) -> bool:
        gone = max(time.monotonic() - self.began, time.time() - self.began_wall)
        return gone >= self.seconds

    def require(self) -> None:
        """Raises LeaseEndedError when nothing may be sent any more."""
        if self.over:
            raise LeaseEndedError(written=False)

    def note_written(self) -> None:
        """The request is the provider's now: from here on only the answer is waited for."""
        self.handed_over = self._written = True
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time() + ANSWER_SECONDS)

    @asynccontextmanager
    async def one_request(self) -> AsyncIterator[None]:
        """Bounds one request of the attempt; raises LeaseEndedError."""
        self.require()
        self._written = False
        left = self.began + self.seconds - time.monotonic()
        limit = asyncio.timeout(left)
        try:
            async with limit:
                self._limit = limit
                yield
        except TimeoutError:
            if not limit.expired():
                raise
            raise LeaseEndedError(written=self._written) from None
        finally:
            self._limit = None


_current: ContextVar[Lease | None] = ContextVar("lease", default=None)


def current_lease() -> Lease | None:
    """That of the attempt under way in this task; None outside of one."""
    return _current.get()


@contextmanager
def under(lease: Lease) -> Iterator[None]:
    """Whatever is sent inside is sent under `lease`."""
    token = _current.set(lease)
    try:
        yield
    finally:
        _current.reset(token)


@asynccontextmanager
async def one_request() -> AsyncIterator[None]:
    """One request that puts a message on the wire: bounded by the attempt's lease, where there is one."""
    lease = current_lease()
    if lease is None:
        yield
        return
    async with lease.one_request():
        yield
