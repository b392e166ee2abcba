"""Updates of requests, told in the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.conversation.intake.effects import Disown
from bot.conversation.intake.finished import FINISHED, called
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import Told
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.helpful_detail import DETAIL
from bot.conversation.questions.updates_wanted import UPDATES
from bot.conversation.questions.verdict import Verdict

_STATUSES = frozenset({"open", "in_progress", "on_hold", "resolved", "closed"})


def announce(event: Mapping[str, Any], memory: Memory, setting: Setting) -> Told:
    """What an update says, and the memory that waits for the answer when it ends the work."""
    memory = memory.without(DETAIL)  # one question at a time
    service = setting.service(str(event.get("service_code", "")))
    reference = str(event.get("reference", ""))
    what = setting.words(service.noun) if service else ""
    values = {"reference": reference, "about": called(what, str(event.get("place", "")))}
    if joined := event.get("joined"):
        memory = _about(memory, reference, str(joined))
        return Told(memory, (Say("utter_update_joined", {**values, "other": str(joined)}),))
    if taken_out_of := event.get("taken_out_of"):
        memory = _about(memory, str(taken_out_of), reference)
        return Told(memory, (Say("utter_update_own", values),))
    status = str(event.get("status", ""))
    known = status in _STATUSES and not event.get("note_only")
    says = [Say(f"utter_update_{status}" if known else "utter_update_note", values)]
    if text := str(event.get("public_text") or "").strip():
        says.append(Say("utter_public_text", {"note": text}))
    if not event.get("resolving"):
        # What is said next is likely about it, as after a filing.
        filed = Filed(
            reference, str(event.get("service_code", "")), setting.turn.at, waits=status == "on_hold"
        )
        memory = replace(memory, filed=filed)
    else:
        says.append(Say("utter_ask_fixed"))
        waiting = Verdict(reference, str(event.get("service_code", "")), setting.turn.at)
        memory = memory.without(UPDATES).with_question(waiting)  # one question at a time
    if photos := [int(photo) for photo in event.get("photos") or ()]:
        says[-1] = replace(says[-1], custom={"photos": photos})
    return Told(memory, tuple(says))


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
