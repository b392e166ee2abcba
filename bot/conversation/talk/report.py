"""One turn of a report: what it does to the draft, and what we say.

A pure function of the draft and its setting (the turn, the catalogue, the places). The order of its questions: is a choice
answered, is a pin sent, what do the words mean.
"""

from __future__ import annotations

from dataclasses import replace

from bot.city.location import ResolutionOutcome
from bot.conversation.hearing.evidence import puts_right
from bot.conversation.intake import digressions, services
from bot.conversation.intake.beginning import begin, begin_later
from bot.conversation.intake.corrections import (
    MOST_LATER,
    is_open_to_another,
    kept_for_later,
    maybe_corrected_service,
)
from bot.conversation.intake.draft import RESUME_AFTER, Draft
from bot.conversation.intake.one_matter import forgets_this, is_one, without_what_is_none
from bot.conversation.intake.photo_place import with_spot
from bot.conversation.intake.photos import with_photos
from bot.conversation.intake.places import read_answer, with_place
from bot.conversation.intake.question import End, Step
from bot.conversation.intake.refused import tells_instead, with_refusals, without_what_refuses
from bot.conversation.intake.refusing import is_denied, is_refused
from bot.conversation.intake.sending import says_send
from bot.conversation.intake.services import sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import absorb, described, tells_beside_a_choice, with_pin
from bot.conversation.intake.turn import Say
from bot.conversation.questions import CHOICES
from bot.conversation.questions.change import DROP, Change
from bot.conversation.questions.next import with_question
from bot.conversation.questions.resume import Resume
from bot.conversation.questions.same_matter import SameMatter
from bot.conversation.questions.summary import Summary
from bot.conversation.questions.where import Where
from bot.conversation.talk.asking import asked
from bot.conversation.talk.editing import mend
from bot.text.numbers import bare_figure

TELLS_INSTEAD = 6  # words of who says what it is instead: "no, not a signal, the bulb. change it to ..."
IN_FRONT = 20  # characters: what stands so early in an answer is the answer
# What may begin something new after a pause: then we ask whether the draft goes on.
_NEW_AFTER_PAUSE = ("report", "another", "greet", "ask_services")


def advance(draft: Draft | None, setting: Setting) -> Step:
    """Take one turn of a report. `draft` is None, or older than 48 hours, when it begins one."""
    now = setting.turn.at
    if draft is None or draft.expired(now):
        step = _begun(setting)
    else:
        step = _go_on(with_question(draft, setting), setting)
    return replace(step, draft=replace(step.draft, touched=now)) if step.draft is not None else step


def later_report(draft: Draft, setting: Setting) -> Step | None:
    """The report of the next problem of the same message, asked about, once `draft` is done; None when there is none."""
    begun = begin_later(draft, setting)
    if begun is None:
        return None
    step, now = begun
    step = asked(step, now)
    return replace(step, draft=replace(step.draft, touched=setting.turn.at) if step.draft else None)


def _begun(setting: Setting) -> Step:
    turn = setting.turn
    if turn.choice is None:
        return asked(begin(setting), setting)
    empty = Draft(id=turn.message_id, touched=turn.at)  # an option of the list offered between reports
    draft, says = with_photos(empty, turn)
    draft = with_spot(draft, setting)
    return asked(Step(_chosen(draft, setting) or draft, says), setting)


def _chosen(draft: Draft, setting: Setting) -> Draft | None:
    """The draft after a chosen option; None for one that is not (or no longer) on offer."""
    kind, _, value = (setting.turn.choice or "").partition(":")
    change = CHOICES.get(kind)
    return change(draft, value, setting) if change else None


def _go_on(draft: Draft, setting: Setting) -> Step:
    turn, question = setting.turn, draft.open
    assert question is not None  # noqa: S101 - the caller opens one
    if turn.edited:
        return mend(draft, setting)
    if isinstance(question, Resume):
        return _resumed(draft, question, setting)
    paused = turn.at - draft.touched > RESUME_AFTER
    if paused and turn.intent in _NEW_AFTER_PAUSE and (draft.service or draft.location or draft.photos):
        return asked(Step(replace(draft, open=Resume(turn.kept()))), setting)
    draft, says = with_photos(draft, turn)
    before = with_spot(draft, setting)
    draft, setting = with_refusals(before, setting)
    step = _in_their_words(before, _taken(draft, setting), setting)
    says = tuple(say for say in says if say not in step.says)  # a report begun anew has said it of its photos
    step = asked(replace(step, says=(*says, *step.says)), setting)
    return _next_problem(step, setting) if step.end is End.DROPPED else step


def _in_their_words(before: Draft, step: Step, setting: Setting) -> Step:
    """The step without words that only refuse something; said where the matter is left to staff, since none of ours is it."""
    if step.draft is None or step.draft.id != before.id:
        return step
    after = without_what_refuses(before, step.draft, setting)
    left_to_staff = bool(after.refused) and after.service == services.CATCH_ALL != before.service
    said = (Say("utter_in_your_words"),) if left_to_staff else ()
    return replace(step, draft=after, says=(*said, *step.says))


def _next_problem(step: Step, setting: Setting) -> Step:
    """The report is given up; on to the next problem of its message, if there was one."""
    later = later_report(step.draft, setting) if step.draft else None
    return replace(later, says=(*step.says, *later.says)) if later else step


def _taken(draft: Draft, setting: Setting) -> Step:
    turn, question = setting.turn, draft.open
    assert question is not None  # noqa: S101 - the caller opens one
    if turn.choice is not None:
        if tells_beside_a_choice(turn):
            draft = described(draft, turn)  # "el 2. el piso está verde y resbaloso, mi nena se cayó"
        if question.choices and turn.choice.startswith(f"{question.choices}:"):
            return question.answer(draft, setting)
        chosen = _placed_besides(_chosen(draft, setting), setting)
        if isinstance(question, Change) and turn.choice == f"change:{DROP}":
            return question.answer(draft, setting)
        return Step(chosen) if chosen else Step(draft, again=True)  # an option of a menu long past
    if turn.pin is not None:
        return _at_pin(draft, setting)
    if (
        turn.photos and not turn.text and turn.intent not in ("file", "change")
    ):  # "1", beside a photo, sends it
        return _only_photos(draft)
    return _words(draft, setting)


def _placed_besides(draft: Draft | None, setting: Setting) -> Draft | None:
    """The draft after an option with the place that the words beside it tell: "the sewer one, out by hill street"."""
    if draft is None or draft.location is not None or not tells_beside_a_choice(setting.turn):
        return draft
    found = read_answer(draft, setting)
    resolved = found.outcome is ResolutionOutcome.RESOLVED
    return with_place(draft, found, setting.turn.text)[0] if resolved else draft


def _at_pin(draft: Draft, setting: Setting) -> Step:
    draft, says = with_pin(draft, setting)
    draft, turn = replace(draft, open=None), setting.turn
    if draft.service is None and turn.text:  # words and a pin in one burst: the words say what it is
        step = _words(with_question(draft, setting), replace(setting, turn=replace(turn, pin=None)))
        return replace(step, says=(*says, *step.says))
    if turn.intent in ("report", "add_to_request"):
        draft = described(draft, turn)
    return Step(draft, says)


def _only_photos(draft: Draft) -> Step:
    if isinstance(draft.open, Summary):
        return Step(draft)  # the summary counts them
    says = (Say("utter_got_photos"),)
    if type(draft.open) is Where and draft.spot is not None:
        return Step(replace(draft, open=None), says)
    return Step(draft, says, again=True)


def _words(draft: Draft, setting: Setting) -> Step:
    """What a message in words (or an option that stands for an intent) does."""
    left = without_what_is_none(draft, setting)
    if left != draft:
        return _only_this(left, setting)
    intent, question = setting.turn.intent, draft.open
    assert question is not None  # noqa: S101 - the caller opens one
    if draft.part and not isinstance(question, Where | SameMatter) and _is_none(draft, setting):
        intent = "cancel"
    if draft.later and forgets_this(setting.turn.text):
        return Step(draft, end=End.DROPPED)  # on to the other one: "forget that one. just the recliner"
    refused = is_refused(setting.turn.text, draft.service, setting)
    if draft.later and refused and not tells_instead(draft, setting):
        return Step(draft, end=End.DROPPED)  # on to the other one: "no, not police"
    if (
        intent == "start_over"
        and not isinstance(question, Summary | Change)
        and services.asks_for_a_new_one(setting.turn.text)
    ):
        return Step(draft, again=True)  # "ok do another one then": that is what is being made
    if intent == "start_over":
        fresh = Draft(id=setting.turn.message_id, touched=setting.turn.at)
        return Step(fresh, (Say("utter_started_over"),))
    if intent == "cancel":
        return Step(draft, (Say("utter_dropped"),), End.DROPPED)
    room = len(draft.later) < MOST_LATER and not isinstance(question, Change)
    if intent == "another" and room and _is_named(draft, setting) and not is_open_to_another(draft, setting):
        return _another(draft, setting)
    if intent == "again":
        return Step(draft)
    if intent in digressions.COMMANDS:
        return Step(draft, digressed=True)
    if intent == "go_back":
        return Step(question.back(draft))
    if intent == "goodbye" or (intent == "thanks" and draft.service is None and draft.location is None):
        return Step(draft, digressions.answer(draft.service, setting), quiet=True)
    figure = bare_figure(setting.turn.text)
    if figure is not None and not question.takes_figure(figure):
        return Step(draft, again=True)  # an option that was not on offer
    return question.answer(draft, setting)


def _only_this(draft: Draft, setting: Setting) -> Step:
    """The words took back what was kept for later; what else they say counts for the report that is open."""
    turn = setting.turn
    if turn.intent in ("another", "cancel", "report"):
        setting = replace(setting, turn=replace(turn, intent="add_to_request"))
    step = _words(draft, setting)
    noun = setting.noun(draft.service)
    return replace(step, says=(Say("utter_only_this", {"what": noun}), *step.says)) if noun else step


def _is_none(draft: Draft, setting: Setting) -> bool:
    """Whether the words say that this second problem is none."""
    text = setting.turn.text
    if (
        not text
        or says_send(text)
        or is_denied(setting.turn, draft.service, setting)
        or (puts_right(text) and len(text.split()) >= TELLS_INSTEAD)
        or maybe_corrected_service(draft, setting).service != draft.service
    ):
        return False  # "it's a water leak, not the playground, then send"
    return is_one(text) or is_refused(text, draft.service, setting)


def _another(draft: Draft, setting: Setting) -> Step:
    """Another problem is kept for later; a place in front of it answers where this one is."""
    found = setting.places.locate(setting.turn.text, setting.language)
    answers = isinstance(draft.open, Where) and found.outcome is ResolutionOutcome.RESOLVED
    if not answers or setting.turn.text.casefold().find(found.used.casefold()) > IN_FRONT:
        return kept_for_later(draft, setting)
    placed, says = with_place(draft, found, setting.turn.text)
    step = kept_for_later(replace(placed, open=None), setting)
    return replace(step, says=(*says, *step.says), again=False)


def _is_named(draft: Draft, setting: Setting) -> bool:
    """Whether another problem than the draft's is told, so that it can be said back."""
    return draft.service is not None and sure_service(setting.turn, setting) not in (None, draft.service)


def _resumed(draft: Draft, question: Resume, setting: Setting) -> Step:
    """The answer to "go on with your draft?"."""
    turn, held = setting.turn, question.held
    # Compared anew: hours later other requests may be open, and an offer that was not answered comes again.
    draft = replace(draft, open=None, compared="")
    if turn.intent in ("deny", "start_over") or turn.choice == "resume:new":
        if held.intent not in ("report", "another", "give_place"):
            return asked(Step(Draft(id=turn.message_id, touched=turn.at)), setting)
        told = replace(held, at=turn.at, language=turn.language)
        return asked(begin(replace(setting, turn=told)), setting)
    if held.intent in ("report", "another"):
        draft = _with_held(draft, replace(setting, turn=replace(held, at=turn.at, language=turn.language)))
    if turn.intent in ("affirm", "file", "choose") or turn.choice == "resume:yes":
        return asked(Step(draft), setting)
    return _go_on(replace(with_question(draft, setting), touched=turn.at), setting)


def _with_held(draft: Draft, setting: Setting) -> Draft:
    """The draft with what was written after the pause: its words, photos and pin; a place only where none was known."""
    draft = with_spot(with_photos(draft, setting.turn)[0], setting)
    after, _ = absorb(draft, setting)
    if setting.turn.pin is not None:
        after, _ = with_pin(after, setting)
    after = replace(after, service=draft.service or after.service, half_service=None)
    if draft.location is not None:
        after = replace(after, location=draft.location, place_text=draft.place_text, half_place=None)
    return after
