"""One step of a report: what a turn does to the draft, and what we say.

A pure function of the draft, the turn, the catalogue and the places; the action server calls it once a
turn. The order of its questions: is a choice answered, is a pin sent, what do the words mean.
"""

from __future__ import annotations

from dataclasses import replace

from bot.city.catalogue import Catalogue
from bot.city.location import ResolutionOutcome
from bot.conversation.intake import choices, digressions, places, services
from bot.conversation.intake.draft import (
    MAX_DESCRIPTION,
    RESUME_AFTER,
    Asking,
    Draft,
    End,
    Step,
)
from bot.conversation.intake.photos import with_photos
from bot.conversation.intake.questions import next_question, question, usual_time
from bot.conversation.intake.setting import Places, Setting
from bot.conversation.intake.turn import Say, Turn

_ASKING_WHERE = (Asking.WHERE, Asking.CROSS_STREET, Asking.WHICH_PLACE)
_ASKING_WHAT = (Asking.WHAT, Asking.WHICH_SERVICE, Asking.GROUP, Asking.SERVICE)
# What may begin something new after a pause: then we ask whether the draft goes on.
_NEW_AFTER_PAUSE = ("report", "greet", "ask_services")
# Intents that carry no words about the matter itself.
_WORDLESS = ("affirm", "deny", "file", "change", "choose", "go_back", "skip", "send_photos", "share_location")


def advance(draft: Draft | None, turn: Turn, catalogue: Catalogue, gazetteer: Places) -> Step:
    """Take one turn of a report. `draft` is None, or older than 48 hours, when it begins one."""
    setting = Setting(turn, catalogue, gazetteer)
    if draft is not None and draft.expired(turn.at):
        draft = None
    step = _begin(setting) if draft is None else _go_on(draft, setting)
    if turn.emergency:
        step = replace(step, says=(Say("utter_emergency", alone=True), *step.says))
    if step.draft is not None:
        step = replace(step, draft=replace(step.draft, touched=turn.at))
    return step


def begin_second(draft: Draft, turn: Turn, catalogue: Catalogue, gazetteer: Places) -> Step | None:
    """The report of the second problem, once `draft` is filed; None when there was one problem only."""
    second = draft.second
    if second is None:
        return None
    setting = Setting(replace(second, at=turn.at, language=turn.language), catalogue, gazetteer)
    begun = _begin(setting, Draft(id=-draft.id, touched=turn.at))
    after = begun.draft
    if after is not None and after.location is None and not after.places and not after.street:
        after = replace(after, location=draft.location, place_text=draft.place_text)
    if after is None:
        return None
    after = next_question(replace(after, touched=turn.at), setting)
    return Step(after, (question(after, setting),))


def _begin(setting: Setting, empty: Draft | None = None) -> Step:
    """The first words of a report: everything in them is used."""
    turn = setting.turn
    draft = empty or Draft(id=turn.message_id, touched=turn.at)
    draft, says = with_photos(draft, turn)
    if turn.choice is not None:  # of the list offered between reports
        chosen = choices.choose(draft, turn.choice, setting) or draft
        return _asked(next_question(chosen, setting), setting, says)
    two = services.second_problem(turn, setting)
    if two is not None:
        first, second = two
        draft = replace(draft, second=second.kept())
        setting = replace(setting, turn=first)
    if setting.turn.text:
        draft, more = _absorb(draft, setting)
        says += more
    draft, more = _with_pin(draft, setting)
    says += more
    if two is not None and draft.service is not None:
        service, other = setting.service(draft.service), setting.service(two[1].guesses[0].code)
        if service is not None and other is not None:
            says += (
                Say(
                    "utter_two_things",
                    {"first": setting.words(service.noun), "second": setting.words(other.noun)},
                ),
            )
    elif draft.photos and draft.service is None and not says and not turn.text:
        says = (Say("utter_thanks_photos"),)
    elif draft.location is not None and draft.service is None:
        says += (Say("utter_got_place", {"where": draft.location.name}),)
    return _asked(next_question(draft, setting), setting, says)


def _absorb(draft: Draft, setting: Setting) -> tuple[Draft, tuple[Say, ...]]:
    """Use the words of a report: what, where, and as description."""
    turn = setting.turn
    draft = _described(draft, turn)
    found = setting.places.locate(turn.text, setting.language)
    before = draft.service
    if turn.intent != "give_place" or services.sure_service(turn, setting) is not None:
        draft = services.with_words(draft, turn, setting)
    if before is not None and draft.service is None:
        draft = replace(draft, service=before)
    placed, says = places.with_place(draft, found, turn.text)
    return placed, says or (places.hint_says(found) if placed.location is None else ())


def _described(draft: Draft, turn: Turn) -> Draft:
    words = turn.text.strip()
    if not words or words in draft.description:
        return draft
    return replace(draft, description=f"{draft.description}\n{words}".strip()[:MAX_DESCRIPTION])


def _with_pin(draft: Draft, setting: Setting) -> tuple[Draft, tuple[Say, ...]]:
    pin = setting.turn.pin
    return places.at_pin(draft, pin, setting) if pin else (draft, ())


def _go_on(draft: Draft, setting: Setting) -> Step:
    turn = setting.turn
    if draft.asking is Asking.RESUME:
        return _resumed(draft, setting)
    paused = turn.at - draft.touched > RESUME_AFTER
    if paused and turn.intent in _NEW_AFTER_PAUSE and (draft.service or draft.location or draft.photos):
        asked = replace(draft, asking=Asking.RESUME, held=turn.kept())
        return _asked(asked, setting)
    draft, says = with_photos(draft, turn)
    if turn.choice is not None:
        chosen = choices.choose(draft, turn.choice, setting)
        if chosen is None:  # an option of a menu long past
            return _asked(draft, setting, says, again=True)
        return _asked(next_question(chosen, setting), setting, says)
    if turn.pin is not None:
        draft, more = _with_pin(draft, setting)
        return _asked(next_question(draft, setting), setting, says + more)
    if turn.photos and not turn.text:
        return _only_photos(draft, setting, says)
    return _words(draft, setting, says)


def _only_photos(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    if draft.asking is Asking.CONFIRM:
        return _asked(draft, setting, says)  # the summary counts them
    return _asked(draft, setting, (*says, Say("utter_got_photos")), again=True)


def _words(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """What a message in words (or an option that stands for an intent) does."""
    intent = setting.turn.intent
    if intent == "start_over":
        fresh = Draft(id=setting.turn.message_id, touched=setting.turn.at)
        return _asked(fresh, setting, (*says, Say("utter_started_over")))
    if intent in digressions.COMMANDS:
        return _digressed(draft, setting, says)
    if intent == "go_back":
        return _asked(choices.back(draft, setting), setting, says)
    if intent == "goodbye":
        return Step(draft, (*says, *digressions.answer(draft, setting)))
    if draft.asking is not Asking.CROSS_STREET and _is_number(setting.turn.text):
        return _asked(draft, setting, says, again=True)  # an option that was not on offer
    if draft.asking in _ASKING_WHERE:
        return _answer_where(draft, setting, says)
    if draft.asking in _ASKING_WHAT:
        return _answer_what(draft, setting, says)
    return _answer_summary(draft, setting, says)


def _is_number(text: str) -> bool:
    return text.strip(" .)#").isdigit()


def _digressed(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    return _asked(draft, setting, (*says, *digressions.answer(draft, setting)), again=True)


def _answer_where(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    turn = setting.turn
    if turn.intent == "skip" and places.may_skip_place(draft, setting):
        return _asked(next_question(replace(draft, placeless=True), setting), setting, says)
    if (
        turn.intent in ("deny", "skip", "affirm")
        and draft.asking is Asking.WHICH_PLACE
        and turn.intent != "affirm"
    ):
        draft = replace(draft, places=(), misses=draft.misses + 1)
        return _asked(next_question(draft, setting), setting, says)
    found = (
        places.corrected_place(draft, setting)
        if turn.intent == "correct"
        else places.read_answer(draft, setting)
    )
    if found.outcome is ResolutionOutcome.UNKNOWN:
        return _placeless_words(draft, setting, says + places.hint_says(found))
    if turn.intent in digressions.DIGRESSIONS and found.outcome is not ResolutionOutcome.RESOLVED:
        return _digressed(draft, setting, says)
    draft, more = places.with_place(draft, found, turn.text)
    if turn.intent == "report":
        draft = _described(draft, turn)
    elif turn.intent == "correct":
        draft = _maybe_corrected_service(draft, setting)
    return _asked(next_question(draft, setting), setting, says + more)


def _placeless_words(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """Words at "where?" in which we found no place."""
    turn = setting.turn
    if turn.intent in digressions.DIGRESSIONS:
        return _digressed(draft, setting, says)
    changed = _maybe_corrected_service(draft, setting)
    if changed.service != draft.service:
        draft = _described(changed, turn)
        service = setting.service(draft.service)
        what = setting.words(service.noun) if service else ""
        return _asked(
            next_question(draft, setting),
            setting,
            (*says, Say("utter_changed_what", {"what": what})),
            again=True,
        )
    if turn.intent in ("add_to_request",):
        return _asked(_described(draft, turn), setting, (*says, Say("utter_noted")), again=True)
    if turn.intent in _WORDLESS:
        return _asked(draft, setting, says, again=True)
    if turn.intent == "report":
        draft = _described(draft, turn)
    elif turn.text:
        draft = replace(draft, place_text=turn.text.strip()[:200])
    return _asked(next_question(replace(draft, misses=draft.misses + 1), setting), setting, says)


def _maybe_corrected_service(draft: Draft, setting: Setting) -> Draft:
    """Another service, when the resident says so plainly."""
    turn = setting.turn
    code = services.sure_service(turn, setting)
    if code is None or code == services.CATCH_ALL or code == draft.service:
        return draft
    # "line 7" about a thing lost on a bus reads like a report of the bus: only its own name makes it one.
    named = turn.intent == "report" and services.names_service(turn.text, code, setting)
    named = named and not services.names_service(turn.text, draft.service or "", setting)
    return replace(draft, service=code) if named or turn.intent == "correct" else draft


def _answer_what(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    turn = setting.turn
    if turn.intent in ("deny", "skip"):
        return _asked(replace(draft, asking=Asking.GROUP, guesses=(), group=None), setting, says)
    if turn.intent == "ask_services":
        return _asked(replace(draft, asking=Asking.GROUP, guesses=(), group=None), setting, says)
    if turn.intent in digressions.DIGRESSIONS:  # chatter has its likeliest service too: it is no report
        return _digressed(draft, setting, says)
    if turn.intent in _WORDLESS:
        return _asked(draft, setting, says, again=True)
    if draft.asking is Asking.WHAT and not draft.description and draft.location is None:
        return _begin(setting, draft)
    draft, more = _absorb(draft, setting)
    if turn.intent == "give_place" and draft.location is not None and draft.service is None:
        more += (Say("utter_got_place", {"where": draft.location.name}),)
    if draft.service is not None:
        draft = replace(draft, group=None, guesses=())
    return _asked(next_question(draft, setting), setting, says + more)


def _answer_summary(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """An answer to the summary: send it, change something, or a correction in words."""
    turn = setting.turn
    if turn.intent in ("file", "affirm"):
        if draft.asking is Asking.CHANGE and turn.intent == "affirm":
            return _asked(next_question(draft, setting), setting, says)
        return Step(draft, says, End.CONFIRMED)
    if turn.intent == "change":
        return _asked(replace(draft, asking=Asking.CHANGE), setting, says)
    if turn.intent == "skip":
        return _asked(replace(draft, asking=Asking.CONFIRM), setting, says)
    if draft.second is None and services.is_another(draft, setting):
        return _second_later(draft, setting, says)
    corrected, more = _corrected(draft, setting)
    if corrected != draft or more:
        return _asked(next_question(corrected, setting), setting, says + more)
    if turn.intent == "deny":
        return _asked(replace(draft, asking=Asking.CHANGE), setting, says)
    if turn.intent in digressions.DIGRESSIONS:
        return _digressed(draft, setting, says)
    if turn.intent in _WORDLESS or not turn.text:
        return _asked(replace(draft, asking=Asking.CONFIRM), setting, says, again=True)
    noted = replace(_described(draft, turn), asking=Asking.CONFIRM)
    return _asked(noted, setting, (*says, Say("utter_noted")), again=True)


def _second_later(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """Another problem, told while the first is read back: kept for after it."""
    service = setting.service(services.sure_service(setting.turn, setting))
    noun = setting.words(service.noun) if service else ""
    draft = replace(draft, second=setting.turn.kept(), asking=Asking.CONFIRM)
    return _asked(draft, setting, (*says, Say("utter_second_later", {"second": noun})), again=True)


def _corrected(draft: Draft, setting: Setting) -> tuple[Draft, tuple[Say, ...]]:
    """The draft with what the words put right: another place, another service, or both."""
    turn = setting.turn
    if not turn.text or turn.intent in digressions.DIGRESSIONS:
        return draft, ()
    changed = _maybe_corrected_service(draft, setting)
    found = places.corrected_place(draft, setting)
    if found.outcome is ResolutionOutcome.UNKNOWN or _vague_mention(found.outcome, turn.intent):
        if changed.service != draft.service:
            changed = _described(changed, turn)
        return changed, ()
    placed, says = places.with_place(changed, found, turn.text)
    return placed, says


def _vague_mention(outcome: ResolutionOutcome, intent: str) -> bool:
    """A street named in passing ("it's getting bigger towards Main") is no new place."""
    return outcome is not ResolutionOutcome.RESOLVED and intent not in ("correct", "give_place", "deny")


def _resumed(draft: Draft, setting: Setting) -> Step:
    """The answer to "go on with your draft?"."""
    turn, held = setting.turn, draft.held
    draft = replace(draft, held=None, asking=Asking.CONFIRM)
    fresh = turn.intent == "deny" or turn.choice == "resume:new" or turn.intent == "start_over"
    if fresh:
        begun = (
            turn
            if held is None or held.intent not in ("report", "give_place")
            else replace(held, at=turn.at, language=turn.language)
        )
        if begun is turn:
            empty = Draft(id=turn.message_id, touched=turn.at)
            return _asked(empty, setting)
        return _begin(replace(setting, turn=begun))
    if held is not None and held.intent == "report":
        draft = _described(with_photos(draft, held)[0], held)
    draft = next_question(draft, setting)
    if turn.intent in ("affirm", "file", "choose") or turn.choice == "resume:yes":
        return _asked(draft, setting)
    return _go_on(replace(draft, touched=turn.at), setting)


def _asked(draft: Draft, setting: Setting, says: tuple[Say, ...] = (), *, again: bool = False) -> Step:
    """The step that ends with the open question."""
    if draft.asking is Asking.CONFIRM and not again:
        # Two things in one message have long names: the usual time would not fit beside them.
        usual = () if draft.second else usual_time(draft, setting)
        return Step(draft, (*says, *_office(draft, setting), question(draft, setting), *usual))
    if draft.asking is Asking.WHERE and any(say.response.startswith("utter_outside") for say in says):
        return Step(draft, (*says, Say("utter_where_inside", custom={"ask_location": True})))
    return Step(draft, (*says, question(draft, setting, again=again)))


def _office(draft: Draft, setting: Setting) -> tuple[Say, ...]:
    """Whom to contact, for matters that another office answers; the report can be sent all the same."""
    service = setting.service(draft.service)
    if service is None or service.handover is None:
        return ()
    return (Say("utter_office", {"note": setting.words(service.handover.text)}),)
