"""Whatever happens to requests in whatever order, they stand where their history says, and who follows them is told or not for a reason.

Each example is a city with three residents and a few requests in which anything that can happen happens: what staff do, what
residents do, and what the clock does, at times on both sides of both changes of the clocks. After each step everything must
fit together, and a step that is refused must have left all as it was.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from psycopg.rows import namedtuple_row
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.additions import add_answer, add_words
from bot.cases.alerts import NewAlert
from bot.cases.correcting import NothingToCorrectError, Wanted
from bot.cases.disowning import disown_request
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.follow_ups import file_follow_up
from bot.cases.following import FinishedMeanwhileError, Following, follow_request
from bot.cases.lookup import UnknownRequestError
from bot.cases.merging import MergeError
from bot.cases.moves import RESIDENT
from bot.cases.put_right import move_request, rename_request
from bot.cases.status import (
    ALLOWED,
    ENDINGS,
    FINISHED,
    Resolution,
    Status,
    TransitionError,
    UnexplainedError,
)
from bot.cases.undoing import TooLateError
from bot.cases.updates import Change, NothingToChangeError, PastDayError, is_public
from bot.cases.withdrawing import mute_request, unmute_requests, withdraw_request
from bot.city.current import calendar
from bot.city.location import Location, LocationKind, Point
from bot.conversation.consent import OptedOut, is_not_told, opt_in, opt_out
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Turn
from bot.delivery.alerting import close_alert, give_alert
from bot.delivery.ends import end_by_themselves
from bot.delivery.notices.give import NoticeState
from bot.delivery.notices.put_back import PUT_BACK
from bot.delivery.notices.tell import tell
from bot.delivery.push import (
    correct_request,
    join_requests,
    take_out,
    tell_of_delays,
    undo_join,
    update_request,
)
from bot.delivery.reminders import remind
from bot.settings import load_settings
from tests.exploring import PATIENCE, examples
from tests.integration.telling import as_they_are, noon_after
from tests.integration.test_cases import PICO, file

pytestmark = [
    pytest.mark.integration,
    pytest.mark.usefixtures("database"),
    pytest.mark.timeout(PATIENCE),
]

ZONE = calendar().time_zone
STAFF = "staff:ana"


def _changes_of_the_clocks() -> list[datetime]:
    """The hours around the next spring and autumn change in the city, as aware UTC."""
    now = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
    hours = (now + timedelta(hours=hour) for hour in range(400 * 24))
    pairs = itertools.pairwise(hours)
    found = [
        later
        for earlier, later in pairs
        if earlier.astimezone(ZONE).utcoffset() != later.astimezone(ZONE).utcoffset()
    ]
    return [change + timedelta(hours=hour) for change in found for hour in (-1, 0, 1)]


# One moment for all: what is drawn twice must be the same twice.
NOW = datetime.now(UTC)
CLOCK_CHANGES = _changes_of_the_clocks()
DAY = timedelta(days=1)
TOMORROW = noon_after(NOW + timedelta(days=1))


BEACH = Location(Point(34.0196, -118.5096), LocationKind.PIN, "1500 Ocean Ave")

# What can happen. `who` is a resident, `which` a request, each counted round.


@dataclass(frozen=True)
class StaffChange:
    which: int
    to: Status
    words: bool = False
    resolution: Resolution | None = None
    whose: bool = False
    due_in: int | None = None  # days from today
    urgent: bool = False


@dataclass(frozen=True)
class Corrects:
    """Staff put it right; what is not named stays."""

    which: int
    service: str | None = None
    place: Location | None = None
    placeless: bool = False
    words: bool = False


@dataclass(frozen=True)
class Judge:
    who: int
    which: int
    verdict: Verdict | None = None
    rating: int | None = None


class Deed(StrEnum):
    """What a resident does with a request."""

    WORDS = "adds words, which answers a question of staff"
    ANSWER = "answers a follow-up question"
    PLACE = "puts the place right"
    RENAME = "says that it is another thing"
    FOLLOW = "follows it"
    WITHDRAW = "takes it back"
    MUTE = "does not want to hear of it"
    DISOWN = "says that it is not theirs"
    FOLLOW_UP = "reports it once more, long after"
    FILE = "files another one"
    STOP = "wants no texts at all"
    START = "wants texts again"


@dataclass(frozen=True)
class Does:
    who: int
    which: int
    deed: Deed


@dataclass(frozen=True)
class Join:
    which: int
    into: int


@dataclass(frozen=True)
class Undo:
    """Staff take the newest join back, so many seconds after it; of another one, where `older`."""

    seconds: float = 1.0
    older: bool = False


@dataclass(frozen=True)
class TakeOut:
    who: int
    which: int


@dataclass(frozen=True)
class Known:
    """Staff tell what is known of all requests that are open there."""

    service: str | None = None  # of all
    urgent: bool = False


@dataclass(frozen=True)
class Over:
    """Staff end the newest of what is known, with words or without."""

    words: bool = False


class Clock(StrEnum):
    DELAYS = "tells of what runs late"
    ENDS = "ends what has waited long enough"
    REMINDS = "reminds of what was not answered"
    TELLS = "tells what waits"


@dataclass(frozen=True)
class Tick:
    """One of the clocks strikes, at that moment."""

    clock: Clock
    at: datetime


Step = StaffChange | Corrects | Judge | Does | Join | Undo | TakeOut | Known | Over | Tick

# Mostly the same request, and mostly somebody who follows it: what nobody follows is soon refused.
_which = st.sampled_from([0, 0, 0, 0, 1, 1, 2])
_who = st.integers(0, 9)
_mostly = st.sampled_from([True, True, True, True, False])
_seldom = st.sampled_from([False, False, False, False, True])
_moments = st.one_of(
    st.sampled_from([0.0, 0.3, 0.6, 1.1, 2.0, 6.9, 7.1, 14.1, 30.0, 300.0]).map(
        lambda days: NOW + timedelta(days=days)
    ),
    st.sampled_from(CLOCK_CHANGES),
)
_changes = st.builds(
    StaffChange,
    which=_which,
    to=st.sampled_from(Status),
    words=_mostly,
    resolution=st.one_of(st.none(), st.none(), st.sampled_from(Resolution)),
    whose=_seldom,
    due_in=st.one_of(st.none(), st.none(), st.integers(-2, 40)),
    urgent=_seldom,
)
_corrections = st.builds(
    Corrects,
    which=_which,
    service=st.sampled_from([None, "sidewalk", "animal", "bulky_item", "pothole"]),
    place=st.sampled_from([None, PICO, BEACH]),
    placeless=_seldom,
    words=_seldom,
)
_judgements = st.builds(
    Judge,
    who=_who,
    which=_which,
    verdict=st.sampled_from([None, *Verdict]),
    rating=st.one_of(st.none(), st.none(), st.integers(0, 6)),
)
_deeds = st.builds(Does, who=_who, which=_which, deed=st.sampled_from(Deed))
_others = st.one_of(
    st.builds(Does, who=_who, which=_which, deed=st.just(Deed.FOLLOW)),
    st.builds(Join, which=_which, into=_which),
    st.builds(Undo, seconds=st.sampled_from([0.0, 1.0, 12.9, 13.1, 600.0]), older=_seldom),
    st.builds(TakeOut, who=_who, which=_which),
    st.builds(Known, service=st.sampled_from([None, "pothole", "sidewalk"]), urgent=_seldom),
    st.builds(Over, words=_mostly),
    st.builds(Tick, clock=st.sampled_from(Clock), at=_moments),
)
STEPS = st.one_of(_changes, _changes, _corrections, _judgements, _deeds, _others)


KEPT = (
    *("service_requests", "updates", "subscribers", "notices", "turns", "feedback", "reminders", "audit"),
    *("contacts", "additions", "joins", "alerts", "procrastinate_jobs"),
)


@dataclass(frozen=True)
class Seen:
    """All rows that a step can change."""

    tables: dict[str, list[Any]]
    barred: frozenset[int]  # conversations that are told nothing

    @property
    def requests(self) -> dict[int, Any]:
        return {row.id: row for row in self.tables["service_requests"]}

    @property
    def history(self) -> dict[int, list[Any]]:
        """The entries of each request, oldest first."""
        found: dict[int, list[Any]] = {request_id: [] for request_id in self.requests}
        for entry in self.tables["updates"]:
            found[entry.request_id].append(entry)
        return found

    @property
    def subscribers(self) -> list[Any]:
        return self.tables["subscribers"]

    @property
    def notices(self) -> list[Any]:
        return self.tables["notices"]

    @property
    def turns(self) -> list[Any]:
        """Those that tell of updates."""
        return [row for row in self.tables["turns"] if row.update_id is not None]

    @property
    def newest_update(self) -> int:
        return max(row.id for row in self.tables["updates"])


async def seen() -> Seen:
    async with transaction() as session:
        raw = (await (await session.connection()).get_raw_connection()).driver_connection
        assert raw is not None
        tables = {}
        async with raw.cursor(row_factory=namedtuple_row) as cursor:
            for name in KEPT:
                await cursor.execute(f"SELECT * FROM {name} ORDER BY id")  # noqa: S608
                tables[name] = await cursor.fetchall()
        conversations = await session.scalars(select(Conversation))
        barred = frozenset(one.id for one in conversations if is_not_told(one.contact) is not None)
        return Seen(tables, barred)


@dataclass
class Town:
    """Three residents, their requests, and what has happened."""

    residents: list[int]
    references: list[str]
    seen: Seen
    texts: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def who(self, number: int, which: int) -> int:
        """Most often one of those who follow the request."""
        (request_id,) = [row.id for row in self.seen.requests.values() if row.reference == self.which(which)]
        follow = [row.conversation_id for row in self.seen.subscribers if row.request_id == request_id]
        return [*follow, *follow, *follow, *self.residents][number % (3 * len(follow) + len(self.residents))]

    def which(self, number: int) -> str:
        """The newest requests: with three there is always something to meet."""
        newest = self.references[-3:]
        return newest[number % len(newest)]

    def words(self, wanted: bool = True) -> str:
        return f"word {next(self.texts)}" if wanted else ""


async def a_town() -> Town:
    """Two of the three have filed a request, one of them long ago."""
    async with transaction() as session:
        people = [Contact(channel="sms", address=f"+1310555{number:04d}") for number in range(3)]
        session.add_all(people)
        await session.flush()
        talks = [Conversation(contact_id=person.id) for person in people]
        session.add_all(talks)
        await session.flush()
        residents = [talk.id for talk in talks]
    ago = datetime.now(UTC) - timedelta(days=60)
    filed = [await file(residents[0], "first"), await file(residents[1], "second", at=ago)]
    return Town(residents, [one.reference for one in filed], await seen())


async def take(town: Town, session: AsyncSession, step: Step) -> None:
    """Let one thing happen. Raises what whoever does it is refused with."""
    match step:
        case StaffChange(which, to, words, resolution, whose, due_in, urgent):
            due = datetime.now(ZONE).date() + timedelta(days=due_in) if due_in is not None else None
            await update_request(
                session,
                Change(
                    town.which(which),
                    to,
                    STAFF,
                    town.words(words),
                    resolution=resolution,
                    referred_to="Caltrans" if whose else "",
                    due_on=due,
                    urgent=urgent,
                ),
            )
        case Corrects(which, service, place, placeless, words):
            wanted = Wanted(service, place, placeless, town.words() if words else None)
            await correct_request(session, town.which(which), wanted, STAFF, datetime.now(UTC))
        case Judge(who, which, verdict, rating):
            await record_feedback(session, town.who(who, which), town.which(which), verdict, rating)
        case Does(who, which, deed):
            await _do(town, session, town.who(who, which), town.which(which), deed)
        case Join(which, into):
            await join_requests(session, town.which(which), town.which(into), STAFF)
        case Undo(seconds, older):
            joins = town.seen.tables["joins"]
            newest = joins[-2 if older else -1] if len(joins) > older else None
            at = newest.created_at + timedelta(seconds=seconds) if newest else datetime.now(UTC)
            await undo_join(session, newest.id if newest else 1, STAFF, at)
        case Known(service, urgent):
            now = datetime.now(UTC)
            words = {language: town.words() for language in ("en", "es")}
            of = (service,) if service else ()
            await give_alert(session, NewAlert(words, now + DAY, STAFF, of, urgent=urgent), now)
        case Over(words):
            alerts = town.seen.tables["alerts"]
            said = {language: town.words(words) for language in ("en", "es")}
            await close_alert(session, alerts[-1].id if alerts else 1, said, STAFF, datetime.now(UTC))
        case TakeOut(who, which):
            own = await take_out(session, town.which(which), town.who(who, which), STAFF)
            town.references = [*(one for one in town.references if one != own), own]
        case Tick(clock, at):
            await _strike(town, session, clock, at)


async def _do(town: Town, session: AsyncSession, who: int, reference: str, deed: Deed) -> None:
    match deed:
        case Deed.WORDS:
            await add_words(session, who, town.words(), reference)
        case Deed.ANSWER:
            await add_answer(session, who, reference, "size", town.words())
        case Deed.PLACE:
            await move_request(session, who, reference, BEACH, town.words())
        case Deed.RENAME:
            await rename_request(session, who, reference, "sidewalk", town.words())
        case Deed.FOLLOW:
            await follow_request(session, Following(who, reference, town.words(), "pico", PICO))
        case Deed.WITHDRAW:
            await withdraw_request(session, who, reference, town.words())
        case Deed.MUTE:
            await mute_request(session, who, reference)
        case Deed.DISOWN:
            await disown_request(session, who, reference)
        case Deed.FOLLOW_UP:
            filed = await file_follow_up(
                session, who, reference, town.words(), (), "en", datetime.now(UTC), f"again {town.words()}"
            )
            town.references.append(filed.reference)
        case Deed.STOP | Deed.START:
            contact = (await session.get_one(Conversation, who)).contact
            if deed is Deed.STOP:
                opt_out(contact, OptedOut.CARRIER)
            else:
                opt_in(contact)
                await unmute_requests(session, who)
        case Deed.FILE:
            pass  # in a transaction of its own: see `happens`


async def _strike(town: Town, session: AsyncSession, clock: Clock, at: datetime) -> None:
    match clock:
        case Clock.DELAYS:
            await tell_of_delays(session, at)
        case Clock.ENDS:
            await end_by_themselves(session, load_settings(), at)
        case Clock.REMINDS:
            await remind(session, load_settings(), at)
        case Clock.TELLS:
            pass  # in transactions of its own: see `happens`


async def happens(town: Town, step: Step) -> bool:
    """Whether it was done; False where it was refused."""
    if isinstance(step, Does) and step.deed is Deed.FILE:
        town.references.append((await file(town.residents[step.who % 3], town.words())).reference)
        return True
    if isinstance(step, Tick) and step.clock is Clock.TELLS:
        for who in town.residents:
            await tell(who, as_they_are, now=step.at)
        async with transaction() as session:  # and the dialogue says it
            await session.execute(
                update(Turn).where(Turn.finished_at.is_(None)).values(created_at=step.at, finished_at=step.at)
            )
        return True
    references = list(town.references)
    try:
        async with transaction() as session:
            await take(town, session, step)
    except may_be_refused_with(step):
        town.references = references
        return False
    return True


def may_be_refused_with(step: Step) -> tuple[type[Exception], ...]:
    """Anything else is a fault: who is owed words cannot owe them, and a clock is never refused."""
    match step:
        case StaffChange(_, _, words, resolution, _, due_in) if words and resolution is None:
            return (TransitionError, *((PastDayError,) if (due_in or 0) < 0 else ()))
        case Undo():  # of what is no join, or none any more
            return (UnknownRequestError, TooLateError)
        case StaffChange() | Join() | TakeOut():
            return (
                *(TransitionError, UnexplainedError, NothingToChangeError, PastDayError),
                *(MergeError, UnknownRequestError),
            )
        case Corrects():
            return (TransitionError, NothingToCorrectError)
        case Judge(_, _, _, rating) if rating is not None and not 1 <= rating <= 5:
            return (UnknownRequestError, ValueError)
        case Judge() | Does():  # of what they do not follow
            return (UnknownRequestError, FinishedMeanwhileError)
        case Tick() | Known() | Over():
            return ()


def check_requests(now: Seen) -> None:
    """Each stands where its history says, and has one end and a word why exactly where it has ended."""
    for request in now.requests.values():
        history = now.history[request.id]
        status = Status(request.status)
        assert (history[0].from_status, history[0].to_status) == (None, Status.OPEN)
        ends = _ends(history)
        for before, end in itertools.pairwise(ends):
            again = end.author == RESIDENT and end.resolution != Resolution.WITHDRAWN
            assert not again or end.resolution == before.resolution, "ended again, and otherwise"
        for before, entry in itertools.pairwise(history):
            assert entry.from_status == before.to_status, "a gap in the history"
            if _is_undo(entry):
                continue  # back to where it stood, which was explained then
            moved = entry.from_status != entry.to_status
            assert not moved or entry.to_status in ALLOWED[Status(entry.from_status)]
            if moved and entry.to_status in (Status.WAITING, Status.ON_HOLD):
                assert entry.public_text, "nobody knows what it waits for"
            assert (entry.resolution is None) or entry.to_status in FINISHED
            assert not (moved and entry.to_status in FINISHED) or entry.resolution is not None
        assert status == history[-1].to_status
        assert (status in FINISHED) == (request.resolution is not None) == (request.ended_at is not None)
        if status in FINISHED:
            _check_end(request, ends[-1], history)


def _is_undo(entry: Any) -> bool:
    """Whether an entry takes a join back."""
    return entry.author == STAFF and entry.internal_note.endswith(" was undone.")


def _ends(history: Sequence[Any]) -> list[Any]:
    """The entries by which a request ended, without the joins that were undone."""
    found: list[Any] = []
    for entry in history:
        if _is_undo(entry):
            joined = found.pop()
            assert joined.resolution == Resolution.DUPLICATE, "something else was undone"
            assert entry.to_status == joined.from_status, "it stood elsewhere"
        elif entry.resolution:
            found.append(entry)
    return found


def _check_end(request: Any, end: Any, history: Sequence[Any]) -> None:
    resolution = Resolution(request.resolution or "")
    assert resolution in ENDINGS[Status(request.status)][Status(end.from_status)]
    if resolution is Resolution.FIXED and request.status == Status.CLOSED:
        assert end.from_status == Status.RESOLVED, "closed as done, and nobody was asked"
    assert end.resolution == resolution
    assert EXPLAINED[resolution](request, end, history), (resolution, end.author)


def _asked(history: Sequence[Any]) -> bool:
    """Whether it waited for its resident with a question in words."""
    return any(one.to_status == Status.WAITING and one.public_text for one in history)


# Each end → what has to be there so that its resident is not left with "no word why".
EXPLAINED: dict[Resolution, Callable[[Any, Any, Sequence[Any]], bool]] = {
    # Done: said as done by the words of the status, and asked about.
    Resolution.FIXED: lambda request, end, history: any(one.to_status == Status.RESOLVED for one in history),
    # Joined: the words name the one that goes on.
    Resolution.DUPLICATE: lambda request, end, history: request.merged_into_id is not None,
    # Looked for: said by words of its own, by whom of the city it may be.
    Resolution.NOTHING_FOUND: lambda request, end, history: (
        end.author != RESIDENT or _ended_so_before(end, history)
    ),
    Resolution.NOT_OURS: lambda request, end, history: bool(end.public_text or end.referred_to),
    Resolution.WILL_NOT_DO: lambda request, end, history: bool(end.public_text),
    # Taken back by its resident, or closed by staff who say so of them.
    Resolution.WITHDRAWN: lambda request, end, history: end.author in (RESIDENT, STAFF),
    # Asked and not answered: by the clock only after a question, else by staff.
    Resolution.NO_ANSWER: lambda request, end, history: _asked(history) or end.author == STAFF,
}


def _ended_so_before(end: Any, history: Sequence[Any]) -> bool:
    """A resident who takes "not fixed" back ends it as it had ended."""
    return any(one.resolution == end.resolution and one.id < end.id for one in history)


def test_every_end_has_its_explanation() -> None:
    assert set(EXPLAINED) == set(Resolution)


def check_joins(now: Seen) -> None:
    """A request that was joined is closed, and stands for one that was not."""
    for request in now.requests.values():
        assert (request.resolution == Resolution.DUPLICATE) == (request.merged_into_id is not None)
        passed = {request.id}
        current = request
        while current.merged_into_id is not None:
            assert (current.status, current.resolution) == (Status.CLOSED, Resolution.DUPLICATE)
            current = now.requests[current.merged_into_id]
            assert current.id not in passed, "joined in a circle"
            passed.add(current.id)
    rows = Counter((row.request_id, row.conversation_id) for row in now.subscribers)
    assert set(rows.values()) <= {1}


def check_new_promises(before: Seen, now: Seen, today: date) -> None:
    """A day that is promised is not over. `today`: in the city, when the step was taken."""
    for history in now.history.values():
        for entry in history:
            if entry.id > before.newest_update and entry.due_on is not None:
                assert entry.due_on >= today


def check_telling(before: Seen, now: Seen, step: Step) -> None:
    """Who follows what was changed has one notice of it, unless they do not want to hear; a resident's own deed is no news."""
    given: dict[int, list[Any]] = {}
    for notice in now.notices:
        given.setdefault(notice.update_id, []).append(notice)
    for request_id, history in now.history.items():
        for entry in history:
            if entry.id <= before.newest_update:
                continue
            told = Counter(notice.conversation_id for notice in given.get(entry.id, ()))
            wanted = {
                row.conversation_id
                for row in now.subscribers
                if row.request_id == request_id and row.muted_at is None
            }
            if entry.author == RESIDENT and not isinstance(step, TakeOut):
                wanted = set()
            elif isinstance(step, TakeOut):
                # The request of their own, be it new or open again, with its last entry; that of the others stays as it is.
                fresh = [one for one in history if one.id > before.newest_update]
                own = any(one.from_status != one.to_status for one in fresh)
                wanted = wanted if own and entry is fresh[-1] else set()
            elif entry.corrected and {"service", "place"} & set(entry.corrected):
                pass  # what it is and where it is concerns everybody who follows
            elif isinstance(step, Undo):
                wanted = set()  # nobody had heard of the join
            elif isinstance(step, Known | Over):
                wanted = _newest_followed(now, before.newest_update, request_id, wanted)
            elif not is_public(entry, 0) and entry.resolution != Resolution.DUPLICATE:
                wanted = set()
            assert told == Counter(wanted), (step, entry.id, told, wanted)
            for notice in given.get(entry.id, ()):
                barred = notice.conversation_id in before.barred
                assert notice.state == (NoticeState.SUPPRESSED if barred else NoticeState.WAITING)
                assert notice.why


def _newest_followed(now: Seen, before: int, request_id: int, followers: set[int]) -> set[int]:
    """Of those who follow a request under what is known, they who follow no newer one under it: each is told once."""
    under = {one for one, history in now.history.items() if history[-1].id > before}
    newer = {
        row.conversation_id
        for row in now.subscribers
        if row.muted_at is None and row.request_id in under and row.request_id > request_id
    }
    return followers - newer


def _told_by_residents(seen: Seen) -> set[str]:
    """All words of theirs, whether they filed with them, followed with them, or added them."""
    first = {row.description for row in seen.requests.values()} | {row.words for row in seen.subscribers}
    return first | {row.words for row in seen.tables["additions"]}


def check_undone(before: Seen, now: Seen, step: Step) -> None:
    """After an undo both stand as they did before the join, and nobody is left where they were only copied to."""
    if not isinstance(step, Undo) or before.tables == now.tables:
        return
    (join,) = (
        row
        for row, was in zip(now.tables["joins"], before.tables["joins"], strict=True)
        if row.undone_at is not None and was.undone_at is None
    )
    source = now.requests[join.source_id]
    ended = datetime.fromisoformat(join.before["ended_at"]) if join.before["ended_at"] else None
    assert source.merged_into_id is None
    assert (source.status, source.resolution, source.ended_at) == (
        join.before["status"],
        join.before["resolution"],
        ended,
    )
    for name, table in (("subscribers", "subscribers"), ("additions", "additions")):
        left = {row.id for row in now.tables[table] if row.request_id == join.target_id}
        assert not left & set(join.made[name]), "a copy is left behind"
    said = Counter((row.conversation_id, row.words) for row in before.tables["additions"])
    for row in now.tables["additions"]:
        assert said[(row.conversation_id, row.words)], "words of nobody"
    assert _told_by_residents(before) == _told_by_residents(now), "words are lost"
    for notice in now.notices:
        if notice.update_id == join.update_id:
            assert notice.state == NoticeState.SUPPRESSED, "told of what is no join"


def check_turns(before: Seen, now: Seen) -> None:
    """Each notice that was told is in one turn, once; nobody was told who did not want to hear, and all who were not have a why."""
    said = Counter(
        (turn.conversation_id, event["update_id"])
        for turn in now.turns
        for last in [turn.engine_message["metadata"]["update"]]
        for event in (*last["earlier"], last)
    )
    told = Counter(
        (notice.conversation_id, notice.update_id)
        for notice in now.notices
        if notice.state == NoticeState.TOLD
    )
    assert said == told
    assert set(told.values()) <= {1}
    assert all(notice.why for notice in now.notices if notice.state == NoticeState.SUPPRESSED)
    for notice in now.notices:
        said_something = notice.event.get("public_text") or notice.event.get("joined")
        assert not (notice.why == PUT_BACK and said_something), "words are lost"
    known = {turn.id for turn in before.turns}
    muted = {(row.request_id, row.conversation_id) for row in before.subscribers if row.muted_at is not None}
    for turn in now.turns:
        if turn.id not in known:
            assert turn.conversation_id not in before.barred
            about = turn.engine_message["metadata"]["update"]["request_id"]
            assert (about, turn.conversation_id) not in muted


def check(before: Seen, now: Seen, step: Step) -> None:
    check_requests(now)
    check_joins(now)
    at = step.at if isinstance(step, Tick) else datetime.now(UTC)
    check_new_promises(before, now, at.astimezone(ZONE).date())
    check_telling(before, now, step)
    check_undone(before, now, step)
    check_turns(before, now)


@example(  # after a question it waits again, for the same thing
    steps=[
        StaffChange(0, Status.ON_HOLD, words=True),
        StaffChange(0, Status.WAITING, words=True),
        Does(0, 0, Deed.WORDS),
    ]
)
@example(  # a note between an end and its reopening
    steps=[
        StaffChange(0, Status.CLOSED, resolution=Resolution.NOTHING_FOUND),
        Does(0, 0, Deed.FOLLOW_UP),
        Judge(0, 0, Verdict.NOT_FIXED),
        Judge(0, 0, Verdict.FIXED),
    ]
)
@example(  # a question, or what is due, is told as it was meant when words follow it
    steps=[
        StaffChange(0, Status.RESOLVED, words=True),
        StaffChange(0, Status.RESOLVED, words=True),
        StaffChange(0, Status.CLOSED, resolution=Resolution.NOTHING_FOUND),
    ]
)
@example(  # work is closed as done only after its resident was asked, and a "not fixed" that is taken back asks no other way
    steps=[
        StaffChange(0, Status.CLOSED, words=True, resolution=Resolution.FIXED),
        StaffChange(0, Status.IN_PROGRESS),
        StaffChange(0, Status.CLOSED, words=True, resolution=Resolution.FIXED),
        StaffChange(0, Status.RESOLVED),
        StaffChange(0, Status.CLOSED, resolution=Resolution.FIXED),
        Judge(0, 0, Verdict.NOT_FIXED),
        Judge(0, 0, Verdict.FIXED),
    ]
)
@example(  # its resident puts right what it is and where, of one that is late by then; what stood there stays to be seen
    steps=[
        Does(0, 1, Deed.RENAME),
        Does(0, 1, Deed.PLACE),
        Does(0, 1, Deed.RENAME),
        Tick(Clock.DELAYS, TOMORROW),
    ]
)
@example(  # who is taken out of what they do not want to hear of
    steps=[Does(4, 0, Deed.FOLLOW), Does(1, 0, Deed.MUTE), TakeOut(1, 0)]
)
@example(  # who does not want to hear of it any more, before it is told
    steps=[StaffChange(0, Status.IN_PROGRESS), Does(0, 0, Deed.MUTE), Tick(Clock.TELLS, TOMORROW)]
)
@example(  # a join that is undone leaves nothing behind, and nobody heard of it
    steps=[
        Does(5, 1, Deed.FOLLOW),
        Join(0, 1),
        Does(0, 1, Deed.WORDS),
        Undo(),
        Undo(),
        Tick(Clock.TELLS, TOMORROW),
        Join(0, 1),
        Tick(Clock.TELLS, TOMORROW),
        Undo(),
    ]
)
@example(  # one that was under way, and one that had ended, stand there again when their join is undone
    steps=[
        StaffChange(0, Status.IN_PROGRESS),
        Join(0, 1),
        Undo(),
        StaffChange(0, Status.CLOSED, resolution=Resolution.NOT_OURS, whose=True),
        Join(0, 1),
        Undo(),
        StaffChange(0, Status.WAITING, words=True),
        StaffChange(0, Status.OPEN),
    ]
)
@example(  # what is known is told to each who follows, once, and its end, too
    steps=[
        Does(5, 0, Deed.FOLLOW),
        Known(),
        Join(0, 1),
        Known("pothole"),
        Over(words=True),
        Over(words=True),
        Tick(Clock.TELLS, TOMORROW),
    ]
)
@example(  # one that was joined with another stays so
    steps=[Join(0, 1), StaffChange(0, Status.CLOSED, words=True, resolution=Resolution.WILL_NOT_DO)]
)
@example(  # who is taken out hears of the request of their own by its last entry
    steps=[Does(5, 0, Deed.FOLLOW), TakeOut(1, 0)]
)
@example(  # what is put back before anybody hears of it is told nobody, and words beside it are
    steps=[
        StaffChange(0, Status.IN_PROGRESS),
        StaffChange(0, Status.OPEN),
        Tick(Clock.TELLS, TOMORROW),
        Corrects(0, "animal", BEACH),
        StaffChange(0, Status.OPEN, words=True),
        Corrects(0, "pothole", PICO),
        Tick(Clock.TELLS, TOMORROW),
    ]
)
@example(  # what is put right of what is over promises nothing, and is told with what else waits
    steps=[
        Corrects(0, "animal", BEACH),
        StaffChange(0, Status.RESOLVED),
        Corrects(0, "pothole", placeless=True),
        Tick(Clock.TELLS, TOMORROW),
    ]
)
@given(steps=st.lists(STEPS, min_size=6, max_size=16))
@examples(40, slow=True)
async def test_whatever_happens_requests_stand_where_their_history_says(
    steps: Sequence[Step], empty_database: Callable[[], None]
) -> None:
    empty_database()
    town = await a_town()
    for step in steps:
        before, done = town.seen, await happens(town, step)
        town.seen = await seen()
        assert done or town.seen == before, "what is refused leaves all as it was"
        check(before, town.seen, step)
