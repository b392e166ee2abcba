"""Updates of requests told in the conversation, and what residents answer to "is it fixed?"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.channels.messages import Option
from bot.city.location import ResolutionOutcome
from bot.conversation.intake.effects import AddToRequest, Disown, Effect, GiveFeedback, TellStatus
from bot.conversation.intake.lone_photo import is_stale
from bot.conversation.intake.memory import Awaiting, Memory, OpenFeedback
from bot.conversation.intake.services import choose, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.text.digits import whole_number
from bot.text.fold import fold_in_place
from bot.text.numbers import CARDINALS

_STATUSES = frozenset({"open", "in_progress", "on_hold", "resolved", "closed"})

MOST_STARS = 5
LABEL_LIMIT = 60  # characters of an option: three of them fit two SMS segments

Answered = tuple[Memory, tuple[Say, ...], tuple[Effect, ...]]


def said_unasked(memory: Memory, setting: Setting) -> Answered:
    """ "Fixed" or "still there" when nothing was asked: about the one finished request there is, else which one."""
    verdict, finished = setting.turn.intent, setting.finished
    if len(finished) == 1:
        return verdict_on(verdict, finished[0].reference, memory, setting)
    if finished:
        return memory, (Say("utter_which_finished", options=_finished_options(verdict, setting)),), ()
    return memory, (), (TellStatus(),)


def verdict_on(verdict: str, reference: str, memory: Memory, setting: Setting) -> Answered:
    """The resident's verdict on one of their finished requests."""
    request = next((one for one in setting.finished if one.reference == reference), None)
    if request is None:
        return memory, (), (TellStatus(),)
    about = OpenFeedback(request.reference, request.service, Awaiting.VERDICT, setting.turn.at)
    return _fixed(memory, about, setting) if verdict == "fixed" else _not_fixed(memory, about, setting)


def _finished_options(verdict: str, setting: Setting) -> tuple[Option, ...]:
    return tuple(
        Option(
            called(setting.noun(request.service), request.place)[:LABEL_LIMIT],
            choose(f"{verdict}:{request.reference}"),
        )
        for request in setting.finished
    )


def announce(event: Mapping[str, Any], memory: Memory, setting: Setting) -> tuple[Memory, tuple[Say, ...]]:
    """What an update says, and the memory that waits for the answer when it ends the work."""
    memory = replace(memory, follow_up=None)  # one question at a time
    service = setting.service(str(event.get("service_code", "")))
    reference = str(event.get("reference", ""))
    what = setting.words(service.noun) if service else ""
    values = {"reference": reference, "about": called(what, str(event.get("place", "")))}
    if joined := event.get("joined"):
        memory = _about(memory, reference, str(joined))
        return memory, (Say("utter_update_joined", {**values, "other": str(joined)}),)
    if taken_out_of := event.get("taken_out_of"):
        memory = _about(memory, str(taken_out_of), reference)
        return memory, (Say("utter_update_own", values),)
    status = str(event.get("status", ""))
    known = status in _STATUSES and not event.get("note_only")
    says = [Say(f"utter_update_{status}" if known else "utter_update_note", values)]
    if text := str(event.get("public_text") or "").strip():
        says.append(Say("utter_public_text", {"note": text}))
    if event.get("resolving"):
        says.append(Say("utter_ask_fixed"))
        waiting = OpenFeedback(
            reference, str(event.get("service_code", "")), Awaiting.VERDICT, setting.turn.at
        )
        memory = replace(memory, feedback=waiting, offered=False)  # one question at a time
    if photos := [int(photo) for photo in event.get("photos") or ()]:
        says[-1] = replace(says[-1], custom={"photos": photos})
    return memory, tuple(says)


def _about(memory: Memory, reference: str, instead: str) -> Memory:
    """The memory after a request became another: photos and words go to that one; what was asked about it is void."""
    if memory.filed is not None and memory.filed.reference == reference:
        memory = replace(memory, filed=replace(memory.filed, reference=instead))
    if memory.feedback is not None and memory.feedback.reference == reference:
        memory = replace(memory, feedback=None)
    return memory


def disowned(reference: str, memory: Memory) -> Answered:
    """What is said once to a number that the request is not of, and the memory without that request."""
    filed = memory.filed if memory.filed and memory.filed.reference != reference else None
    memory = replace(memory, filed=filed, feedback=None, follow_up=None, updates=None, offered=False)
    return memory, (Say("utter_not_yours", custom={"wants_updates": False}),), (Disown(reference),)


def called(what: str, where: str) -> str:
    """What a request is called in a sentence: "pothole, Pico Blvd & 4th St"; without a place only what."""
    return ", ".join(filter(None, (what, where)))


def answered(memory: Memory, setting: Setting) -> Answered | None:
    """The turn as an answer about a finished request; None when it is about something else."""
    about = memory.open_feedback(setting.turn.at)
    if about is None:
        return None
    turn = setting.turn
    if about.awaiting is not Awaiting.COMMENT:
        verdict = _verdict(about, setting)
        if verdict == "fixed":
            return _fixed(memory, about, setting)
        if verdict == "not_fixed":
            return _not_fixed(memory, about, setting)
    if about.awaiting is Awaiting.RATING:
        if (stars := rating(setting)) is not None:
            return _closed(memory), (Say("utter_rated"),), (GiveFeedback(about.reference, rating=stars),)
        if turn.intent in ("skip", "deny", "cancel"):
            return _closed(memory), (Say("utter_welcome"),), ()
    late = is_stale(about, setting) and _may_be_new(setting)
    if about.awaiting is Awaiting.COMMENT and not late and _adds(about, setting):
        effects: tuple[Effect, ...] = (AddToRequest(about.reference, turn.photos, turn.text),)
        return memory, (), effects
    return None


def _verdict(about: OpenFeedback, setting: Setting) -> str | None:
    turn = setting.turn
    if turn.intent in ("fixed", "not_fixed"):
        return turn.intent
    if about.awaiting is not Awaiting.VERDICT:
        return None
    if turn.intent in ("affirm", "thanks"):
        return "fixed"
    if turn.intent == "deny":
        return "not_fixed"
    if is_stale(about, setting) and _may_be_new(setting):
        return None
    if turn.photos and not turn.text:
        return "not_fixed"
    # "the pothole is still there" reads like a report of the same thing.
    if turn.intent in ("report", "add_to_request", "complain_service") and sure_service(turn, setting) in (
        None,
        about.service,
    ):
        return "not_fixed"
    return None


def _may_be_new(setting: Setting) -> bool:
    """Whether the turn, long after the question, may be about another matter: no words, or a place of its own."""
    turn = setting.turn
    if not turn.text:
        return True
    found = setting.places.locate(turn.text, setting.language)
    return found.outcome is not ResolutionOutcome.UNKNOWN


def _fixed(memory: Memory, about: OpenFeedback, setting: Setting) -> Answered:
    waiting = replace(memory, feedback=replace(about, awaiting=Awaiting.RATING, at=setting.turn.at))
    effects: tuple[Effect, ...] = (
        GiveFeedback(about.reference, verdict="fixed", comment=setting.turn.text or None),
    )
    if setting.turn.photos:
        effects += (AddToRequest(about.reference, setting.turn.photos),)
    return waiting, (Say("utter_ask_rating"),), effects


def _not_fixed(memory: Memory, about: OpenFeedback, setting: Setting) -> Answered:
    turn = setting.turn
    waiting = replace(memory, feedback=replace(about, awaiting=Awaiting.COMMENT, at=turn.at))
    effects: tuple[Effect, ...] = (
        GiveFeedback(about.reference, verdict="not_fixed", comment=turn.text or None),
    )
    if turn.photos:
        effects += (AddToRequest(about.reference, turn.photos),)
    return waiting, (Say("utter_reopened", {"reference": about.reference}),), effects


def _adds(about: OpenFeedback, setting: Setting) -> bool:
    turn = setting.turn
    if turn.photos and not turn.text:
        return True
    if turn.intent in ("add_to_request", "not_fixed", "complain_service"):
        return True
    return turn.intent == "report" and sure_service(turn, setting) in (None, about.service)


def _closed(memory: Memory) -> Memory:
    return replace(memory, feedback=None)


def rating(setting: Setting) -> int | None:
    """1 to 5 in an option or in words: "5", "four stars", "4/5"."""
    turn = setting.turn
    if turn.intent == "rate" and turn.rating is not None:
        return turn.rating
    words = fold_in_place(turn.text).replace("/5", " ").replace("out of 5", " ").replace("de 5", " ").split()
    found = [_number(word.strip(".,!*")) for word in words]
    stars = [number for number in found if 1 <= number <= MOST_STARS]
    return stars[0] if len(stars) == 1 else None


def _number(word: str) -> int:
    number = whole_number(word)
    return CARDINALS.get(word, 0) if number is None else number
