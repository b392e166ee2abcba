"""Updates of requests, told in the conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.cases.status import ACTIVE, Resolution, Status
from bot.city.calendar_words import said
from bot.conversation.intake.effects import Disown
from bot.conversation.intake.finished import FINISHED, called
from bot.conversation.intake.language import in_another_language
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import Told
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.helpful_detail import DETAIL
from bot.conversation.questions.staff_question import STAFF, StaffQuestion
from bot.conversation.questions.updates_wanted import UPDATES
from bot.conversation.questions.verdict import Verdict
from bot.conversation.questions.withdrawing import WITHDRAWING, Withdrawing

_STATUSES = frozenset(Status)
# Ends that are said in words of their own.
_ENDINGS = frozenset(Resolution) - {Resolution.FIXED, Resolution.DUPLICATE}
# The field of an event that says what a part of a correction is.
_NAMED_BY = {"service": "service_code", "place": "place"}


def announce(event: Mapping[str, Any], memory: Memory, setting: Setting) -> Told:
    """What an update says, and the memory that waits for the answer when it asks for one.

    `earlier` of the event are updates of the same request that were not told yet: where it stands now is said once, what
    staff wrote is said in order.
    """
    memory = memory.without(DETAIL)  # one question at a time
    reference, service_code = str(event.get("reference", "")), str(event.get("service_code", ""))
    back = memory.asking(Withdrawing, setting.turn.at)
    if back is not None and back.reference == reference and event.get("status") not in ACTIVE:
        memory = memory.without(WITHDRAWING)  # there is nothing to take back any more
    values = {"reference": reference, "about": called(_what(event, setting), str(event.get("place", "")))}
    together = [*(event.get("earlier") or ()), event]
    if joined := event.get("joined"):
        memory = _about(memory, reference, str(joined))
        say = Say("utter_update_joined", {**values, "other": str(joined)})
        return Told(memory, (say, *_words_of(together)))
    if taken_out_of := event.get("taken_out_of"):
        memory = _about(memory, str(taken_out_of), reference)
        return Told(memory, (Say("utter_update_own", values), *_words_of(together)))
    resolving, known = bool(event.get("resolving")), _known(together, values, setting)
    corrected, promised = _corrected(together, reference, setting), _promised(together, setting)
    ask = (Say("utter_not_right"),) if corrected else ()
    together = [one for one in together if not (one.get("known") or one.get("corrected"))]
    if not together:
        if promised and not (known or corrected):  # all was put back but the day
            return Told(memory, (Say("utter_update_note", values), *promised))
        # Words about it are wanted: we asked for them.
        filed = Filed(reference, service_code, setting.turn.at, waits=True)
        return Told(replace(memory, filed=filed), (*known, *corrected, *promised, *ask))
    event = together[-1]
    words = _words_of(together)
    foreign = any(in_another_language(say.values["note"], setting.language) for say in words)
    hint = (Say("utter_other_language"),) if foreign else ()
    says = [_where_it_stands(together, values), *words, *hint, *promised]
    moved = _last_move(together)
    status = str(event.get("status", ""))
    if resolving:
        says.append(Say("utter_ask_fixed"))
        memory = _asks_whether_fixed(memory, reference, service_code, setting)
    elif moved.get("resolution") == Resolution.NOTHING_FOUND:
        says.append(Say("utter_ask_still_there"))
        memory = _asks_whether_fixed(memory, reference, service_code, setting)
    else:
        # What is said next is likely about it, as after a filing.
        waits = status in (Status.ON_HOLD, Status.WAITING)
        memory = replace(memory, filed=Filed(reference, service_code, setting.turn.at, waits=waits))
        memory = _with_its_question(moved, memory, setting)
        if moved.get("resolution") == Resolution.WILL_NOT_DO:
            says.append(Say("utter_may_object"))
    if photos := [int(photo) for one in together for photo in one.get("photos") or ()]:
        says[-1] = replace(says[-1], custom={"photos": photos})
    return Told(memory, (*known, *corrected, *ask, *says))


def _known(
    together: Sequence[Mapping[str, Any]], values: Mapping[str, str], setting: Setting
) -> tuple[Say, ...]:
    """What is known in the area of the request, the newest words of it."""
    told = next((one["known"] for one in reversed(together) if one.get("known")), None)
    if told is None:
        return ()
    return (Say("utter_update_known", {**values, "note": setting.words(told)}),)


def _corrected(together: Sequence[Mapping[str, Any]], reference: str, setting: Setting) -> tuple[Say, ...]:
    """What staff put right, once for all their corrections: what it was called before, and what it is now."""
    corrections = [one for one in together if one.get("corrected")]
    if not corrections:
        return ()
    was, now = corrections[0]["corrected"], corrections[-1]
    touched = {part for one in corrections for part in one["corrected"]["parts"]}
    # What was changed and put back is as they know it.
    parts = {part for part in touched if was[_NAMED_BY[part]] != now[_NAMED_BY[part]]}
    if not parts and (len(corrections) < len(together) or any(one.get("due_on") for one in together)):
        return ()  # something else is told
    parts = parts or touched
    about = called(_what(was, setting), _where(was, setting))
    what, where = _what(now, setting), _where(now, setting)
    if "service" not in parts:
        response = "utter_update_corrected_place" if where else "utter_update_corrected_placeless"
        corrected = where
    elif "place" not in parts:
        response, corrected = "utter_update_corrected", what
    else:
        response = "utter_update_corrected" if where else "utter_update_corrected_both_placeless"
        corrected = called(what, where)
    return (Say(response, {"reference": reference, "about": about, "corrected": corrected}),)


def _what(one: Mapping[str, Any], setting: Setting) -> str:
    service = setting.service(str(one.get("service_code", "")))
    return setting.words(service.noun) if service else ""


def _where(one: Mapping[str, Any], setting: Setting) -> str:
    place = str(one.get("place") or "")
    return setting.places.retold(place, setting.language) if place else ""


def _asks_whether_fixed(memory: Memory, reference: str, service: str, setting: Setting) -> Memory:
    waiting = Verdict(reference, service, setting.turn.at)
    return memory.without(UPDATES, STAFF).with_question(waiting)  # one question at a time


def _last_move(together: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The newest of them that is more than a note, else the newest: what it asks is asked, whatever was noted after it."""
    return next((one for one in reversed(together) if not one.get("note_only")), together[-1])


def _where_it_stands(together: Sequence[Mapping[str, Any]], values: dict[str, str]) -> Say:
    """The newest status of what is told, or that there is news where nothing but words is."""
    if together[-1].get("late"):
        return Say("utter_update_late", values)
    moved = _last_move(together)
    status = str(moved.get("status", ""))
    if moved.get("note_only") or status not in _STATUSES:
        return Say("utter_update_note", values)
    resolution = moved.get("resolution")
    if status == Status.CLOSED and resolution in _ENDINGS:
        whose = str(moved.get("referred_to") or "")
        named = "_named" if resolution == Resolution.NOT_OURS and whose else ""
        if resolution == Resolution.WITHDRAWN and not moved.get("took_back"):
            named = "_by_another"  # "as you asked" would be wrong: they asked for nothing
        return Say(f"utter_update_{resolution}{named}", {**values, "whose": whose})
    return Say(f"utter_update_{status}", values)


def _words_of(together: Sequence[Mapping[str, Any]]) -> list[Say]:
    """What staff wrote, each text once, in order."""
    written = (str(one.get("public_text") or "").strip() for one in together)
    return [Say("utter_public_text", {"note": text}) for text in dict.fromkeys(written) if text]


def _promised(together: Sequence[Mapping[str, Any]], setting: Setting) -> list[Say]:
    """The newest day that is promised, where it is another one than before."""
    day = next((one["due_on"] for one in reversed(together) if one.get("due_on")), None)
    if day is None or together[-1].get("ends_work"):
        return []
    return [Say("utter_promise_now", {"due": said(date.fromisoformat(day), setting.language, setting.today)})]


def _with_its_question(event: Mapping[str, Any], memory: Memory, setting: Setting) -> Memory:
    """The memory that waits for the answer to a question of staff; without the one it has, where that is settled."""
    reference = str(event.get("reference", ""))
    if event.get("status") == Status.WAITING and not event.get("note_only"):
        words = str(event.get("public_text") or "").strip()
        return memory.with_question(
            StaffQuestion(reference, str(event.get("service_code", "")), setting.turn.at, words)
        )
    asked = memory.asking(StaffQuestion, setting.turn.at)
    if event.get("resolution") == Resolution.NO_ANSWER:
        # "Write here any time and we open it again": what they send next is still the answer.
        words = asked.words if asked is not None and asked.reference == reference else ""
        return memory.with_question(
            StaffQuestion(reference, str(event.get("service_code", "")), setting.turn.at, words)
        )
    settled = asked is not None and asked.reference == reference and not event.get("note_only")
    return memory.without(STAFF) if settled else memory


def _about(memory: Memory, reference: str, instead: str) -> Memory:
    """The memory after a request became another: photos and words go to that one; what was asked about it is void."""
    if memory.filed is not None and memory.filed.reference == reference:
        memory = replace(memory, filed=replace(memory.filed, reference=instead))
    about = next((one for one in memory.agenda if one.topic == FINISHED), None)
    return memory.without(FINISHED) if about and about.reference == reference else memory


def disowned(reference: str, memory: Memory) -> Told:
    """What is said once to a number that the request is not of, and the memory without that request."""
    filed = memory.filed if memory.filed and memory.filed.reference != reference else None
    memory = replace(memory, filed=filed, updates=None).without(FINISHED, DETAIL, UPDATES)
    said = Say("utter_not_yours", custom={"wants_updates": False})
    return Told(memory, (said,), (Disown(reference),))
