"""What follows an answer between reports: a warning, the question that was open, an offer to open finished work again."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.conversation.intake.effects import AddToRequest, Effect, PutRight, Rename, TellStatus
from bot.conversation.intake.finished import FINISHED, is_stale
from bot.conversation.intake.guidance import guidance_of, tells_of_its_danger
from bot.conversation.intake.half_done import praises
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.specifics import asks_more
from bot.conversation.intake.telling import to_be_kept
from bot.conversation.intake.texts_wanted import wish_in
from bot.conversation.questions import updates_wanted
from bot.conversation.questions.photo_about import PhotoAbout
from bot.conversation.questions.reopened import Reopened
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.questions.updates_wanted import UpdatesWanted
from bot.conversation.questions.verdict import Verdict
from bot.conversation.questions.what_is_left import WhatIsLeft
from bot.conversation.talk.progress import Progress

_ABOUT_UPDATES = frozenset({"utter_updates_on", "utter_updates_off", "utter_offer_updates"})
A_QUESTION = 5  # words
# What may tell that work which has ended is not done.
_TELLS_OF_WORK = frozenset(
    {"report", "another", "not_fixed", "complain_service", "add_to_request", "answer", "out_of_scope"}
)


def offered_again(progress: Progress, setting: Setting) -> Progress:
    """The progress with "shall I open it again?", where words that tell something were added to work that has ended."""
    now, turn = setting.turn.at, setting.turn
    added = [one for one in progress.effects if isinstance(one, AddToRequest) and one.words and not one.asks]
    request = setting.own_request(added[0].reference or "") if len(added) == 1 else None
    if request is None or not request.finished or request.long_ended or turn.intent not in _TELLS_OF_WORK:
        return progress
    if request.unanswered:
        return progress  # adding opens it
    if any(one.topic == FINISHED for one in progress.memory.open_questions(now)) or praises(turn.text):
        return progress
    asked = WhatIsLeft(request.reference, request.service, now)
    return replace(
        progress,
        memory=progress.memory.with_question(asked),
        says=(*progress.says, asked.ask(setting)),
    )


def as_written(progress: Progress, setting: Setting) -> Progress:
    """The progress with what goes on file as it was written, and with every photo: whatever else a turn does, none is lost."""
    turn = setting.turn
    effects = tuple(
        replace(one, words=turn.written if one.whole else to_be_kept(turn.written))
        if isinstance(one, AddToRequest) and one.words == turn.text and turn.text
        else one
        for one in progress.effects
    )
    photos = _photos_left(progress, setting)
    return replace(progress, effects=(*effects, *photos))


def _photos_left(progress: Progress, setting: Setting) -> tuple[Effect, ...]:
    """The photos of a turn that put something right, or asked, and would go nowhere."""
    turn = setting.turn
    about = next((one for one in progress.effects if isinstance(one, PutRight | Rename | TellStatus)), None)
    reference = about.reference if about is not None else None
    if not turn.photos or progress.draft is not None or reference is None:
        return ()
    taken = any(getattr(one, "photos", ()) for one in progress.effects)
    return () if taken else (AddToRequest(reference, turn.photos),)


def left_to_staff(progress: Progress, setting: Setting) -> Progress:
    """The progress with the question passed on in place of a status that was told already, where staff are at it and only they
    know: "did they take the dog too?"."""
    turn = setting.turn
    if (put := _added_question(progress)) is not None:
        return replace(progress, effects=(replace(put, asks=True),), wants_person=True)
    asked = next((one for one in progress.effects if isinstance(one, TellStatus) and not one.contents), None)
    if asked is None or not turn.text or turn.choice is not None:
        return progress
    going_on = [one for one in setting.own if one.status in ACTIVE]
    newest = going_on[0] if len(going_on) == 1 else None
    request = setting.own_request(asked.reference) if asked.reference else newest
    # How long a thing takes that waits only staff know; of any other the day is told.
    waits = turn.intent == "ask_how_long" and request is not None and request.status == "on_hold"
    more = request is not None and turn.intent != "ask_how_long" and asks_more(turn.text, request, setting)
    if request is None or not (waits or more):
        return progress
    others = tuple(
        one for one in progress.effects if one is not asked and not _adds_to(one, request.reference)
    )
    question = AddToRequest(request.reference, turn.photos, turn.whole or turn.text, asks=True)
    # What it may be about as well is not said where people answer it.
    says = tuple(say for say in progress.says if say.response != "utter_city_supposed")
    return replace(progress, says=says, effects=(*others, question), wants_person=True)


def _added_question(progress: Progress) -> AddToRequest | None:
    """Words that were added and end in a question, where nothing else came of them: people answer it."""
    added = progress.effects[0] if len(progress.effects) == 1 and not progress.says else None
    if not isinstance(added, AddToRequest) or added.asks or added.for_staff:
        return None
    asks = added.words.rstrip().endswith("?") and len(added.words.split()) >= A_QUESTION
    return added if asks else None


def _adds_to(effect: Effect, reference: str) -> bool:
    return isinstance(effect, AddToRequest) and effect.reference == reference and not effect.for_staff


def asked_again(progress: Progress, setting: Setting) -> Progress:
    """The question that was open comes again below the answer to one of the resident's."""
    now = setting.turn.at
    asked = next((one for one in progress.memory.open_questions(now) if one.is_asked), None)
    if asked is None or isinstance(asked, Reopened | PhotoAbout) or is_stale(asked.at, setting):
        return progress
    if isinstance(asked, StaffQuestion) and not asked.words:
        return progress
    question = asked.ask(setting)
    if any(say.response.startswith(question.response) for say in progress.says):
        return progress
    return replace(progress, says=(*progress.says, question))


def warned(progress: Progress, setting: Setting) -> Progress:
    """The progress with what residents should know, where the words that were added tell of just that danger."""
    added = {one.reference for one in progress.effects if isinstance(one, AddToRequest) and one.words}
    request = progress.memory.filed
    if not added or request is None or request.reference not in added or setting.turn.danger:
        return progress
    service = setting.service(request.service)
    if not tells_of_its_danger(setting.turn.text, service, setting.language):
        return progress
    return replace(progress, says=(*guidance_of(service, setting), *progress.says))


def only_adds(progress: Progress) -> bool:
    """Whether the words were added and nothing else came of them, so that what was asked is still to be answered."""
    # Whether the work is done is theirs to say: "they left the bolts up, a kid will trip" is told of it.
    offered = any(isinstance(one, UpdatesWanted | Verdict) for one in progress.memory.agenda)
    warns_at_most = all(say.response == "utter_guidance" for say in progress.says)
    return offered and warns_at_most and all(isinstance(one, AddToRequest) for one in progress.effects)


def with_texts_wanted(progress: Progress, setting: Setting) -> Progress:
    """The answer to something else, with our texts wanted after all: "tuesdays. and i said YES text me"."""
    memory, turn = progress.memory, setting.turn
    if memory.updates or memory.filed is None or turn.choice or wish_in(turn.text) is not True:
        return progress
    if progress.draft is not None or any(say.response in _ABOUT_UPDATES for say in progress.says):
        return progress
    says = (*progress.says, updates_wanted.said_back(wants=True))
    return replace(progress, memory=replace(memory, updates=True), says=says)
