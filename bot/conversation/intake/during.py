"""A turn while a report is open: mostly the report's own, sometimes an update, its answer, or the status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.city.location import Point
from bot.conversation.intake import danger, lone_photo, similar, updates
from bot.conversation.intake.advance import advance
from bot.conversation.intake.asked import asked
from bot.conversation.intake.beginning import begin_later
from bot.conversation.intake.draft import Draft, End, Similar, Step
from bot.conversation.intake.effects import AddToRequest, Effect, Follow
from bot.conversation.intake.filed import offer_updates
from bot.conversation.intake.memory import Awaiting, Filed, Memory
from bot.conversation.intake.photos import SAID_OF_FILES
from bot.conversation.intake.questions import next_question, question
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import status_effect
from bot.conversation.intake.turn import Say, Turn

# What is still worth saying when a similar request is offered; the summary and what goes with it is not.
_KEPT_BEFORE_SIMILAR = (
    "utter_two_things", "utter_three_things", "utter_changed_what", "utter_office", *SAID_OF_FILES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """The report and the memory after the turn, what to do, then what to say."""

    draft: Draft | None
    memory: Memory
    says: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()
    end: End | None = None
    wants_person: bool = False


def report_turn(
    draft: Draft | None, memory: Memory, setting: Setting, event: Mapping[str, Any] | None
) -> Progress:
    """Take one turn of an open report; `event` is the update of a request, when the turn is one."""
    if draft is not None and draft.expired(setting.turn.at):
        draft = None
    turn = setting.turn
    if event is None and (turn.taken_over or danger.is_all(turn)):
        return _only_danger(draft, memory, setting)
    memory = replace(memory, offered=False)
    if event is None:
        memory, setting = lone_photo.taken_along(memory, setting)
    return _danger_first(_taken(draft, memory, setting, event), setting)


def _taken(
    draft: Draft | None, memory: Memory, setting: Setting, event: Mapping[str, Any] | None
) -> Progress:
    turn = setting.turn
    if event is not None:
        return _updated(draft, memory, setting, event)
    if draft is not None and _answers_an_update(draft, memory, turn):
        answered = updates.answered(memory, setting)
        if answered is not None:
            remembered, says, effects = answered
            asks = any(say.response == "utter_ask_rating" for say in says)
            back = () if asks else (question(draft, setting, again=True),)
            return Progress(draft, remembered, (*says, *back), effects)
    if draft is not None and turn.choice in ("updates:yes", "updates:no"):
        wants = turn.choice == "updates:yes"
        said = Say("utter_updates_on" if wants else "utter_updates_off", custom={"wants_updates": wants})
        return Progress(draft, replace(memory, updates=wants), (said, question(draft, setting, again=True)))
    if turn.choice is not None and turn.choice.startswith("not_mine:"):
        remembered, says, effects = updates.disowned(turn.choice.partition(":")[2], memory)
        back = () if draft is None else (question(draft, setting, again=True),)
        return Progress(draft, remembered, (*says, *back), effects, None if draft else End.DROPPED)
    filed = memory.filed_lately(turn.at)
    if draft is None and filed is not None and (late := _too_late(filed, setting)) is not None:
        return Progress(None, memory, (), (late,), End.DROPPED)
    return _reported(draft, memory, setting)


def _danger_first(progress: Progress, setting: Setting) -> Progress:
    """Whatever else a turn does, danger is answered, and before everything."""
    return replace(progress, says=danger.first(progress.says, setting.turn))


def _only_danger(draft: Draft | None, memory: Memory, setting: Setting) -> Progress:
    """Answer danger and leave everything as it is; no report begins with it."""
    says = danger.prelude(setting.turn)
    if draft is None:
        return Progress(None, memory, says, end=End.DROPPED)
    if says and danger.asks_on(setting.turn):
        says = (*says, question(draft, setting, again=True))
    return Progress(draft, memory, says)


def _too_late(filed: Filed, setting: Setting) -> AddToRequest | None:
    """What changes a report that is filed already: an edited message, or a pin of its map that crossed the filing.

    Never a second report: it is added to the one there is.
    """
    turn = setting.turn
    if turn.edited:
        return AddToRequest(filed.reference, turn.photos, turn.text)
    if turn.pin is not None and turn.pin.from_map and not turn.text:
        place = setting.places.reverse(Point(turn.pin.lat, turn.pin.lon), setting.language)
        return AddToRequest(filed.reference, turn.photos, place.name)
    return None


def compared(progress: Progress, found: Similar | None, setting: Setting) -> Progress:
    """The progress after open requests nearby were looked up for its draft (see `similar.to_compare`).

    With one that may be the same matter the resident is asked about it instead of what was to be asked.
    """
    assert progress.draft is not None  # noqa: S101 - to_compare says so
    draft = similar.compared(progress.draft, found)
    if found is None:
        return replace(progress, draft=draft)
    kept = tuple(say for say in progress.says if say.alone or say.response in _KEPT_BEFORE_SIMILAR)
    return replace(progress, draft=draft, says=(*kept, question(draft, setting)))


def not_followed(follow: Follow, memory: Memory, setting: Setting) -> Progress:
    """The request on offer was finished in the meantime: the report goes on as the resident's own."""
    after = next_question(similar.is_different(follow.draft), setting)
    step = asked(after, setting, (Say("utter_similar_gone"),))
    return _danger_first(Progress(step.draft, memory, step.says), setting)


def _followed(step: Step, memory: Memory, setting: Setting) -> Progress:
    """Follow the request on offer, then on to the next problem of the message, or to whether to text updates."""
    draft = step.draft
    assert draft is not None and draft.similar is not None  # noqa: S101, PT018 - FOLLOWED answers SIMILAR
    effects: tuple[Effect, ...] = (Follow(draft),)
    later = begin_later(draft, setting)
    if later is not None:
        return Progress(later.draft, memory, (*step.says, *later.says), effects)
    says, memory = offer_updates(memory, setting)
    filed = Filed(draft.similar.reference, draft.service or "", setting.turn.at)
    memory = replace(memory, filed=filed)
    return Progress(draft, memory, (*step.says, *says), effects, End.DROPPED)


def _reported(draft: Draft | None, memory: Memory, setting: Setting) -> Progress:
    step = advance(draft, setting)
    if step.end is End.FOLLOWED:
        return _followed(step, memory, setting)
    says, turn = step.says, setting.turn
    if turn.intent == "abuse" and any(say.response == "utter_calm" for say in says):
        if memory.calmed:
            says = tuple(say for say in says if say.response != "utter_calm")
        memory = replace(memory, calmed=True)
    asks_status = draft is not None and turn.intent == "ask_status"
    effects: tuple[Effect, ...] = (status_effect(turn),) if asks_status else ()
    wants_person = draft is not None and turn.intent == "ask_person"
    return Progress(step.draft, memory, says, effects, step.end, wants_person)


def _answers_an_update(draft: Draft, memory: Memory, turn: Turn) -> bool:
    """Whether an answer to an update can be meant while a report is open.

    Its own words always; yes and no when the update asked after the report did.
    """
    about = memory.open_feedback(turn.at)
    if about is None or about.awaiting is Awaiting.COMMENT or turn.choice is not None or turn.edited:
        return False
    if turn.intent in ("affirm", "deny", "thanks"):
        return about.at > draft.touched
    if turn.intent == "rate":
        return about.awaiting is Awaiting.RATING
    return turn.intent in ("fixed", "not_fixed")


def _updated(draft: Draft | None, memory: Memory, setting: Setting, event: Mapping[str, Any]) -> Progress:
    """Tell the update; go on asking unless it asks something itself."""
    memory, says = updates.announce(event, memory, setting)
    if draft is None:
        return Progress(None, memory, says, end=End.DROPPED)
    if not event.get("resolving"):
        says = (*says, replace(question(draft, setting, again=True), alone=True))
    return Progress(draft, memory, says)
