"""Nothing that is asked goes unheard: what no answer was found for is said to be for staff, not thanked away as an addition."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake.digressions import DIGRESSIONS, asks_by_its_form
from bot.conversation.intake.effects import AddToRequest, TellStatus
from bot.conversation.intake.only_asking import questions_in
from bot.conversation.intake.question import End
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import asks_whose
from bot.conversation.intake.turn import Say, Turn
from bot.conversation.talk.progress import Progress

LEAST_WORDS = 3  # of a question
LEAST_ASKED = 4  # of one that only its form tells
SURELY_ASKED = 0.5  # chance of a reply that asks, from where on a half needs no sign of a question


def with_what_is_asked(progress: Progress, said: Turn, setting: Setting, *, begun: bool) -> Progress:
    """The progress with the question of a turn passed on, where nothing in it answers one.

    `said`: the turn before it was heard. `begun`: a report was open before it; in the first words of one a question is mostly the
    report ("why does nobody fix that?").
    """
    turn = setting.turn
    asked = question_in(said)
    if asked is None or turn.aside is not None or turn.choice is not None or turn.edited or turn.taken_over:
        return progress
    if turn.intent in DIGRESSIONS:
        return progress  # heard as a question, all of it: answered, or said who knows
    if any(isinstance(one, TellStatus) for one in progress.effects) and _asks_how_it_stands(said):
        return progress
    added = next(
        (
            one
            for one in progress.effects
            if isinstance(one, AddToRequest) and one.words and not (one.asks or one.for_staff or one.said_as)
        ),
        None,
    )
    if added is not None and added.reference is not None and asks_whose(setting):
        return replace(progress, effects=(*progress.effects, TellStatus(added.reference, whose=True)))
    if added is not None:
        effects = tuple(replace(one, asks=True) if one is added else one for one in progress.effects)
        return replace(progress, effects=effects, wants_person=True)
    draft = progress.draft
    kept = begun and draft is not None and progress.end is not End.DROPPED and asked in draft.description
    if not kept:
        return progress
    return replace(progress, says=(Say("utter_question_kept"), *progress.says))


def _asks_how_it_stands(said: Turn) -> bool:
    """Whether the question of a turn is the one that a status answers: "till the 8th?!", and not "can they at least tape it off?"."""
    asked = said.side.asked if said.side is not None else said
    return asked.intent in ("ask_status", "ask_how_long") or asked.replies.get("status", 0.0) >= SURELY_ASKED


def question_in(said: Turn) -> str | None:
    """What a turn asks beside something else, put as a question or surely heard as one; None where it asks nothing."""
    side = said.side
    if side is not None and len(side.asked.text.split()) >= LEAST_WORDS:
        surely = sum(side.asked.replies.get(one, 0.0) for one in ("ask", "status")) >= SURELY_ASKED
        if asks_by_its_form(side.asked) or surely:
            return side.asked.text
    # A clause of its own: "send it. n do yall empty those on sundays".
    return next((one for one in questions_in(said.text) if len(one.split()) >= LEAST_ASKED), None)
