"""Which of several requests words are for: what names another one than is talked of goes to that one, whatever took it."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.naming import named_by_matter, named_by_number
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.status import asks_in_any_sentence, status_effect, talked_of
from bot.conversation.intake.turn import Besides, Turn
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.talk.progress import Progress


def at_the_right_one(progress: Progress, memory: Memory, setting: Setting) -> Progress:
    """The progress with words that name another open request than the one that is talked of added to that one: "for the heat
    one, I have a baby", said after the light was filed."""
    turn = setting.turn
    if not turn.text or turn.choice is not None:
        return progress
    named = named_by_number(setting) or named_by_matter(turn.text, setting)
    if named is None or named.status not in ACTIVE:
        return progress
    by_default = {talked_of(memory, setting), setting.own[0].reference}
    asked = memory.asking(StaffQuestion, turn.at)
    if asked is not None and asked.reference != named.reference:
        # An answer stays with who asked; what it tells of another one besides goes there, too.
        by_default.discard(asked.reference)
        answers = any(
            isinstance(one, AddToRequest) and one.reference == asked.reference for one in progress.effects
        )
        if answers:
            besides = AddToRequest(named.reference, words=turn.text)
            return replace(progress, effects=(*progress.effects, besides))
    if any(isinstance(one, AddToRequest) and one.reference == named.reference for one in progress.effects):
        return progress  # it has what was said of it; the rest is for another one
    effects = tuple(
        replace(one, reference=named.reference)
        if isinstance(one, AddToRequest) and one.words and one.reference in by_default
        else one
        for one in progress.effects
    )
    return replace(progress, effects=effects)


def of_another(memory: Memory, setting: Setting) -> tuple[Besides, OwnRequest] | None:
    """The turn in two, where the half behind is about another request of theirs than the one that is talked of: "the sign is
    fine, thanks. But the boxes are still there"."""
    turn, besides = setting.turn, setting.turn.besides
    if besides is None or turn.choice is not None or turn.edited or turn.pin is not None or turn.taken_over:
        return None
    alone = replace(setting, turn=besides.told)
    named = named_by_number(alone) or named_by_matter(besides.told.text, alone)
    at_hand = talked_of(memory, setting)
    if named is None or named.reference == at_hand or named.status not in ACTIVE:
        return None
    in_front = named_by_matter(besides.rest.text, replace(setting, turn=besides.rest))
    return (besides, named) if in_front is None or in_front.reference == at_hand else None


def with_words_for(progress: Progress, request: OwnRequest, told: Turn, setting: Setting) -> Progress:
    """The progress of what stood in front, with what is told of the other request added there, or how it stands told."""
    alone = replace(setting, turn=told)
    asks = told.intent == "ask_status" or asks_in_any_sentence(told.text)
    put = setting.turn.text.rstrip().endswith("?")
    words = AddToRequest(request.reference, words=told.text, asks=put)
    more = replace(status_effect(alone), reference=request.reference) if asks else words
    wants_person = progress.wants_person or (not asks and put)
    return replace(progress, effects=(*progress.effects, more), wants_person=wants_person)
