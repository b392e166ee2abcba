"""Carrying out what a turn asks of the city's records; each gives what to say about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from actions.linking import join, make_code, part, send_code
from actions.placing import as_staff_know_it
from actions.reading import Read
from bot.cases.added import Said
from bot.cases.additions import add_answer
from bot.cases.disowning import disown_request
from bot.cases.feedback import Verdict
from bot.cases.follow_ups import file_follow_up
from bot.cases.following import FinishedMeanwhileError, Following, follow_request
from bot.cases.lookup import RequestSummary, UnknownRequestError, photos_sent, recent_requests
from bot.cases.people import is_joined
from bot.cases.promises import day_to_tell
from bot.cases.public_links import public_url
from bot.cases.put_right import move_request, rename_request
from bot.cases.reopening import unanswered_too_long
from bot.cases.status import FINISHED, Resolution, Status
from bot.cases.withdrawing import Withdrawn, mute_request, withdraw_request
from bot.city.calendar_words import said
from bot.city.current import catalogue, city, gazetteer
from bot.city.location import Location
from bot.conversation.intake.asking_back import asks_back
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import (
    AddToRequest,
    AnswerQuestion,
    Disown,
    Effect,
    Follow,
    FollowNamed,
    FollowUp,
    GiveFeedback,
    JoinConversations,
    MakeCode,
    Mute,
    PartConversations,
    PutRight,
    Rename,
    TellStatus,
    TryCode,
    Withdraw,
)
from bot.conversation.intake.finished import called
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.only_asking import asks_something
from bot.conversation.intake.question import FiledQuestion
from bot.conversation.intake.quoting import quoted, quoted_end, quoted_question, tells_beside_the_question
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.texts_wanted import wants_none
from bot.conversation.intake.turn import Say
from bot.conversation.map_links import close_map_links
from bot.conversation.questions.older import Older
from bot.db.session import transaction
from bot.delivery.push import hear_addition, hear_verdict
from bot.settings import settings

WHERE_LIMIT = 40  # characters of a place in a list of requests
FINISHED_FOR = timedelta(days=30)  # after that "still there" is a new report
LAST_WORD = 100  # characters of what staff said last
MOST_TOLD = 120  # characters of what a resident told, newest last, in an SMS
MOST_TOLD_ELSEWHERE = 600  # where no segments are counted
AT_A_TIME = {"telegram": 5}  # requests in one list; of an SMS two segments hold
FEWEST = 3
OWN_LIMIT = 6  # requests that words may be about
# Options that are about a request of theirs, and a verdict in words.
_ABOUT_ONE = frozenset({"fixed", "not_fixed", "there"})


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: what to say of it, the request that was filed on the way, and what is offered with the answer."""

    says: tuple[Say, ...] = ()
    after: tuple[Say, ...] = ()  # what is said below the answer of the dialogue
    filed: Filed | None = None
    offered: FiledQuestion | None = None

    def kept_in(self, memory: Memory) -> Memory:
        """The memory after it."""
        memory = replace(memory, filed=self.filed or memory.filed)
        return memory.with_question(self.offered) if self.offered else memory


async def carry_out(effects: Iterable[Effect], read: Read) -> Done:
    """Do everything asked for, in order. A turn done again changes nothing twice."""
    says: list[Say] = []
    after: list[Say] = []
    filed: Filed | None = None
    offered: FiledQuestion | None = None
    for effect in effects:
        match effect:
            case TellStatus():
                offered, told = await _status(effect, read)
                says += told
            case Rename():
                says += await _rename(effect, read)
            case PutRight():
                says += await _put_right(effect, read)
            case AnswerQuestion():
                await _answer(effect, read)
            case Follow():
                says += await _follow(effect, read)
            case FollowNamed():
                says += await _follow_named(effect, read)
            case AddToRequest():
                filed_now, told = await _add_or_follow_up(effect, read)
                filed = filed_now or filed
                says += told
            case GiveFeedback():
                after += await _feedback(effect, read)
            case FollowUp():
                filed, told = await _follow_up(effect, read)
                says += told
            case Withdraw():
                says += await _withdraw(effect, read)
            case Mute():
                says += await _mute(effect, read)
            case Disown():
                await _disown(effect, read)
            case MakeCode():
                says += await make_code(read)
            case TryCode():
                offered, told = await send_code(effect, read)
                says += told
            case JoinConversations():
                says += await join(effect, read)
            case PartConversations():
                says += await part(read)
    return Done(tuple(says), tuple(after), filed, offered)


async def _status(effect: TellStatus, read: Read) -> tuple[FiledQuestion | None, list[Say]]:
    """How requests stand, and the offer to tell of older ones."""
    most = AT_A_TIME.get(read.turn.channel, FEWEST)
    async with transaction() as session:
        requests = await recent_requests(
            session, read.conversation_id, most + 1, reference=effect.reference, before=effect.before
        )
        if not requests and effect.reference:  # not theirs, or no reference at all: how theirs stand
            requests = await recent_requests(session, read.conversation_id, most + 1)
        if effect.whose and requests:
            return None, [_whose(requests[0], read.turn.language)]
        if effect.contents and requests:
            return None, [await _contents(session, requests[0], read)]
    if not requests:
        return None, [Say("utter_status_none")]
    if len(requests) == 1 and effect.before is None:
        return None, [_line_alone(requests[0], read.turn.language), *_more_of_one(requests[0], read)]
    # Of several the line is enough.
    lines = [_line(request, read.turn.language) for request in requests[:most]]
    if len(requests) > most:
        last = requests[most - 1]
        return Older(last.reference, last.service_code, read.turn.at), [*lines, Say("utter_status_more")]
    return None, lines


def _whose(request: RequestSummary, language: str) -> Say:
    """As what a request is filed, and with whom it is now."""
    service = catalogue().services.get(request.service_code)
    department = request.department or (service.department if service else "")
    values = {
        "reference": request.reference,
        "what": service.short[language] if service else request.service_code,
        "department": city().department_called(department, language),
    }
    return Say("utter_filed_as", values)


def _more_of_one(request: RequestSummary, read: Read) -> list[Say]:
    """By when, what staff said last, which is what "why?" asks for, and the page."""
    lines: list[Say] = []
    if (due := request.due_on) is not None:
        today = read.turn.at.astimezone(city().time_zone).date()
        day = said(due, read.turn.language, today)
        lines.append(Say("utter_status_late") if due < today else Say("utter_promise", {"due": day}))
    if word := request.last_public_text:
        lines.append(Say("utter_status_last_word", {"said": quoted(word, LAST_WORD)}))
    if not word or read.turn.channel != "sms":  # of an SMS the words fill what room there is
        lines.append(Say("utter_page", {"page": public_url(request.id)}))
    return lines


async def _contents(session: AsyncSession, request: RequestSummary, read: Read) -> Say:
    """What stands in a request of theirs, so that they see that it is there."""
    if not request.told:  # somebody else's, which they follow: its words are not theirs to read
        return _line(request, read.turn.language)
    photos = await photos_sent(session, read.conversation_id, request.reference)
    most = MOST_TOLD if read.turn.channel == "sms" else MOST_TOLD_ELSEWHERE
    values = {
        "reference": request.reference,
        "about": _about(request, read.turn.language),
        "words": quoted_end(request.told, most),
        "photos": str(photos),
    }
    return Say("utter_contents_photos" if photos else "utter_contents", values, alone=True)


def _about(request: RequestSummary, language: str) -> str:
    """What a request is called in a sentence, its place cut where it is long."""
    service = catalogue().services.get(request.service_code)
    where = gazetteer().retold(request.location_name, language)
    what = service.noun[language] if service else request.service_code
    return called(what, where if len(where) <= WHERE_LIMIT else where[: WHERE_LIMIT - 3] + "...")


def _line(request: RequestSummary, language: str) -> Say:
    stands = "reopened" if request.reopened else str(request.status)
    if request.resolution is Resolution.FIXED:  # closed for good or not, to its resident it is done
        stands = "resolved"
    about = _about(request, language)
    return Say(f"utter_status_{stands}", {"reference": request.reference, "about": about})


def _line_alone(request: RequestSummary, language: str) -> Say:
    """As `_line`; of one that ended without work how it ended, as it was told then: "closed" leaves open who wanted that."""
    ending = request.resolution
    if request.status is not Status.CLOSED or ending is None or ending not in _ENDINGS:
        return _line(request, language)
    by_another = "_by_another" if ending is Resolution.WITHDRAWN and not request.theirs else ""
    values = {"reference": request.reference, "about": _about(request, language)}
    return Say(f"utter_update_{ending}{by_another}", values)


_ENDINGS = frozenset(
    {Resolution.WITHDRAWN, Resolution.NOTHING_FOUND, Resolution.NOT_OURS, Resolution.WILL_NOT_DO}
)


async def own_requests(read: Read) -> tuple[OwnRequest, ...]:
    """What words may be about: the newest requests of the conversation, where it has any."""
    turn, memory = read.turn, read.memory
    may_name_one = turn.text and (
        memory.filed is not None or memory.agenda or turn.wish is not None or wants_none(turn.text)
    )
    below_one = turn.about is not None  # a reply to what we told of it
    about_one = {turn.intent, (turn.choice or "").partition(":")[0]} & _ABOUT_ONE
    if not (
        turn.text or about_one or below_one
    ):  # buttons, photos and pins name none: no look at the database for them
        return ()
    async with transaction() as session:
        # Whoever has filed nothing here may have done so in another conversation of theirs.
        if not (may_name_one or about_one or below_one) and not await is_joined(
            session, read.conversation_id
        ):
            return ()
        requests = await recent_requests(session, read.conversation_id, OWN_LIMIT)
        if below_one and turn.about not in [one.reference for one in requests]:
            requests += await recent_requests(session, read.conversation_id, reference=turn.about)
    return tuple(
        OwnRequest(
            one.reference,
            one.service_code,
            one.location_name,
            one.told,
            one.status in FINISHED and read.turn.at - one.updated_at <= FINISHED_FOR,
            str(one.status),
            one.created_at,
            one.theirs,
            one.ended_at is not None and read.turn.at - one.ended_at > timedelta(days=settings().reopen_days),
            one.resolution is Resolution.NO_ANSWER,
        )
        for one in requests
    )


async def _follow(effect: Follow, read: Read) -> list[Say]:
    """Raises `FinishedMeanwhileError`."""
    draft, similar = effect.draft, effect.similar
    if similar.own:
        return await _add_to_own(similar.reference, draft, read)
    following = Following(
        read.conversation_id,
        similar.reference,
        draft.description,
        draft.place_text,
        draft.location,
        draft.photos,
        read.turn_id,
        read.turn.at,
    )
    async with transaction() as session:
        count = await follow_request(session, following)
        due_on = await day_to_tell(session, similar.reference, read.turn.at)
        await close_map_links(session, read.conversation_id)  # no report is open any more
    return _following(similar.reference, count, due_on, read)


async def _follow_named(effect: FollowNamed, read: Read) -> list[Say]:
    following = Following(
        read.conversation_id, effect.reference, "", "", None, read.turn.photos, read.turn_id, read.turn.at
    )
    try:
        async with transaction() as session:
            count = await follow_request(session, following)
            due_on = await day_to_tell(session, effect.reference, read.turn.at)
    except UnknownRequestError:
        return [Say("utter_no_such", {"reference": effect.reference})]
    except FinishedMeanwhileError:
        return [Say("utter_has_ended", {"reference": effect.reference})]
    return _following(effect.reference, count, due_on, read)


def _following(reference: str, count: int, due_on: date | None, read: Read) -> list[Say]:
    """That they follow it, and by when it is usually done, as who filed it was told; nobody in danger is told of days."""
    told = [Say("utter_following", {"reference": reference, "count": str(count)})]
    if due_on is None or read.turn.danger:
        return told
    today = read.turn.at.astimezone(city().time_zone).date()
    return [*told, Say("utter_promise", {"due": said(due_on, read.turn.language, today)})]


async def _add_to_own(reference: str, draft: Draft, read: Read) -> list[Say]:
    """The same matter told again by the same resident: what is new of it goes to their own request."""
    async with transaction() as session:
        found = await recent_requests(session, read.conversation_id, reference=reference)
    if not found or found[0].status in FINISHED:
        raise FinishedMeanwhileError
    await _add(AddToRequest(reference, draft.photos, draft.description, draft.location), read)
    return [Say("utter_words_added", {"reference": reference, "quote": quoted(draft.description)})]


async def _answer(effect: AnswerQuestion, read: Read) -> None:
    async with transaction() as session:
        await add_answer(session, read.conversation_id, effect.reference, effect.question, effect.answer)


async def _add_or_follow_up(effect: AddToRequest, read: Read) -> tuple[Filed | None, list[Say]]:
    """As `_add`; what answers a question of staff long after its request was closed for that becomes a new one."""
    if not effect.asks and effect.reference and await _is_too_late(effect.reference, read):
        return await _follow_up(FollowUp(effect.reference, effect.words, effect.photos), read)
    return None, await _add(effect, read)


async def _is_too_late(reference: str, read: Read) -> bool:
    within = timedelta(days=settings().reopen_days)
    try:
        async with transaction() as session:
            return await unanswered_too_long(session, read.conversation_id, reference, read.turn.at, within)
    except UnknownRequestError:
        return False


async def _add(effect: AddToRequest, read: Read, *, opens: bool = True) -> list[Say]:
    """Kept with their request and said back. `opens`: as in `add_to_request`."""
    async with transaction() as session:
        more = _said(effect.words, effect.location, read, effect.photos)
        more = replace(more, urgent=effect.urgent)
        # Beside a picture or a place a question is one more thing they told.
        asks = effect.asks and asks_back(effect.words) and not (effect.photos or effect.location)
        more = replace(more, asks=asks)
        added = await hear_addition(session, read.conversation_id, more, effect.reference, opens=opens)
    if added is None:
        return [Say("utter_say_more")]
    again = [Say("utter_open_again"), *_promised_now(added.due_on, read)] if added.opened else []
    return [_added(effect, added.reference), *again]


def _promised_now(due_on: date | None, read: Read) -> list[Say]:
    """By when it should be done now, where that is another day than before."""
    if due_on is None:
        return []
    today = read.turn.at.astimezone(city().time_zone).date()
    return [Say("utter_promise_now", {"due": said(due_on, read.turn.language, today)})]


def _added(effect: AddToRequest, reference: str) -> Say:
    if effect.said_as:
        return Say(effect.said_as, {"reference": reference})
    if effect.asks:
        surely = asks_something(effect.words)
        said = "utter_question_for_staff" if surely else "utter_question_passed_on"
        if surely and tells_beside_the_question(effect.words):
            said = "utter_all_passed_on"
        return Say(said, {"reference": reference, "quote": quoted_question(effect.words)})
    if effect.for_staff:
        return Say("utter_told_staff", {"reference": reference})
    said = "utter_words_added"
    if effect.photos:
        said = "utter_words_and_photos_added" if effect.words else "utter_photos_added"
    return Say(said, {"reference": reference, "quote": quoted(effect.words)})


async def _rename(effect: Rename, read: Read) -> list[Say]:
    """The service changed and said back with whose it is now; where somebody is at it already, the words are for staff."""
    async with transaction() as session:
        renamed = await rename_request(
            session,
            read.conversation_id,
            effect.reference,
            effect.service,
            effect.words,
            turn_id=read.turn_id,
            at=read.turn.at,
        )
    if renamed is None:
        return await _add(AddToRequest(effect.reference, words=effect.words, for_staff=True), read)
    service = catalogue().services[effect.service]
    values = {
        "reference": effect.reference,
        "what": service.short[read.turn.language],
        "department": city().department_called(service.department, read.turn.language),
    }
    return [Say("utter_renamed", values), *_promised_now(renamed.due_on, read)]


async def _put_right(effect: PutRight, read: Read) -> list[Say]:
    """The place changed and said back; where somebody is at it already, the words are for staff."""
    place = as_staff_know_it(effect.location)
    async with transaction() as session:
        moved = await move_request(
            session,
            read.conversation_id,
            effect.reference,
            place,
            effect.words,
            turn_id=read.turn_id,
            at=read.turn.at,
        )
    if not moved:
        wish = AddToRequest(effect.reference, words=effect.words, location=effect.location, for_staff=True)
        return await _add(wish, read)
    return [Say("utter_moved", {"reference": effect.reference, "where": effect.location.name})]


def _said(words: str, location: Location | None, read: Read, photos: tuple[int, ...] = ()) -> Said:
    """What this turn adds; the place by the name that staff know it by."""
    place = as_staff_know_it(location) if location else None
    return Said(words, photos, place, read.turn_id, read.turn.at)


async def _feedback(effect: GiveFeedback, read: Read) -> list[Say]:
    """Kept; what is said of it says the dialogue, but for the day of what was opened again."""
    try:
        async with transaction() as session:
            heard = await hear_verdict(
                session,
                read.conversation_id,
                effect.reference,
                verdict=Verdict(effect.verdict) if effect.verdict else None,
                rating=effect.rating,
                comment=effect.comment,
                idempotency_key=_key_of(effect, read),
                at=read.turn.at,
            )
    except UnknownRequestError:
        return []  # the request is gone or was never theirs: the answer is heard, nothing to keep
    return _promised_now(heard.due_on, read)


def _key_of(effect: GiveFeedback, read: Read) -> str | None:
    """Of one word on one request in a turn: what is said of two of them in one breath counts for both."""
    if not read.turn_id:
        return None
    return f"turn:{read.turn_id}:{effect.reference}:{effect.verdict or 'said'}"


async def _follow_up(effect: FollowUp, read: Read) -> tuple[Filed | None, list[Say]]:
    turn = read.turn
    try:
        async with transaction() as session:
            new = await file_follow_up(
                session,
                read.conversation_id,
                effect.reference,
                effect.words,
                effect.photos,
                turn.language,
                turn.at,
                f"follow-up:{read.conversation_id}:{effect.reference}:{turn.message_id}",
            )
    except UnknownRequestError:
        return None, [Say("utter_no_such", {"reference": effect.reference})]
    told = Say("utter_followed_up", {"reference": effect.reference, "new": new.reference})
    return Filed(new.reference, new.service_code, turn.at, waits=True), [told]


async def _withdraw(effect: Withdraw, read: Read) -> list[Say]:
    """Taken back; where somebody is at it already, the words are for staff."""
    values = {"reference": effect.reference}
    try:
        async with transaction() as session:
            became = await withdraw_request(
                session, read.conversation_id, effect.reference, effect.words, read.turn.at
            )
    except UnknownRequestError:
        return [Say("utter_no_such", values)]
    if became is Withdrawn.FOR_STAFF:
        wish = AddToRequest(effect.reference, words=effect.words, for_staff=True)
        return await _add(wish, read, opens=False)  # nobody takes back what they want opened
    taken = became is Withdrawn.TAKEN_BACK
    return [Say("utter_withdrawn" if taken else "utter_withdrawn_followed", values)]


async def _mute(effect: Mute, read: Read) -> list[Say]:
    try:
        async with transaction() as session:
            reference = await mute_request(session, read.conversation_id, effect.reference, read.turn.at)
    except UnknownRequestError:
        return [Say("utter_no_such", {"reference": effect.reference})]
    return [Say("utter_muted", {"reference": reference})]


async def _disown(effect: Disown, read: Read) -> None:
    try:
        async with transaction() as session:
            await disown_request(session, read.conversation_id, effect.reference, read.turn.at)
    except UnknownRequestError:
        return  # the request is gone: nothing to be taken off
