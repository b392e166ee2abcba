"""The first words of a report: everything in them is used, however many problems they tell of."""

from __future__ import annotations

from dataclasses import replace

from bot.city.location import Resolution, ResolutionOutcome
from bot.conversation.intake import choices, places, services
from bot.conversation.intake.asked import asked
from bot.conversation.intake.draft import MAX_DESCRIPTION, Asking, Draft, Step
from bot.conversation.intake.maps import link_to_place
from bot.conversation.intake.photo_place import with_spot
from bot.conversation.intake.photos import with_photos
from bot.conversation.intake.questions import next_question, question
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say, Turn


def begin(setting: Setting, empty: Draft | None = None) -> Step:
    """Begin a report with a turn; `empty` is a draft that was asked about before anything was said."""
    turn = setting.turn
    draft = empty or Draft(id=turn.message_id, touched=turn.at)
    problems = services.problems_of(turn, setting) if turn.choice is None else ()
    whole: Resolution | None = None
    if problems:
        first, *rest = problems
        draft = replace(draft, later=tuple(other.kept() for other in rest))
        whole = setting.places.locate(turn.text, setting.language)
        setting = replace(setting, turn=first)
    draft, says = with_photos(draft, setting.turn)
    draft = with_spot(draft, setting)
    if turn.choice is not None:  # of the list offered between reports
        chosen = choices.choose(draft, turn.choice, setting) or draft
        return asked(next_question(chosen, setting), setting, says)
    if setting.turn.text:
        draft, more = absorb(draft, setting, elsewhere=whole)
        says += more
    draft, more = with_pin(draft, setting)
    says += more
    if problems:
        says += _several(problems, setting)
    elif draft.photos and draft.service is None and not says and not turn.text:
        says = (Say("utter_thanks_photos"),)
    elif draft.location is not None and draft.service is None and not (empty and empty.location):
        says += (Say("utter_got_place", {"where": draft.location.name}),)
    return asked(next_question(draft, setting), setting, says)


def begin_later(draft: Draft, setting: Setting) -> Step | None:
    """The report of the next problem of the same message, once `draft` is done; None when there is none.

    Without a place of its own it is where the one before was.
    """
    if not draft.later:
        return None
    told, *rest = draft.later
    now = replace(setting, turn=replace(told, at=setting.turn.at, language=setting.turn.language))
    empty = Draft(id=draft.id, part=draft.part + 1, touched=setting.turn.at)
    begun = begin(now, empty)
    assert begun.draft is not None  # noqa: S101 - begin always gives one
    after = replace(begun.draft, later=(*begun.draft.later, *rest), touched=setting.turn.at)
    elsewhere = any(say.response.startswith("utter_outside") for say in begun.says)
    if after.location is not None or after.places or after.street or elsewhere:
        return Step(after, begun.says)
    after = replace(after, location=draft.location, place_text=draft.place_text)
    after = next_question(after, now)
    return Step(
        after, (question(after, now), *(link_to_place(after, now) if after.asking is Asking.CONFIRM else ()))
    )


def _several(problems: tuple[Turn, ...], setting: Setting) -> tuple[Say, ...]:
    nouns = [setting.noun(problem.guesses[0].code) for problem in problems]
    if len(nouns) == 2:
        return (Say("utter_two_things", {"first": nouns[0], "second": nouns[1]}, alone=True),)
    names = {"first": nouns[0], "second": nouns[1], "third": nouns[2]}
    return (Say("utter_three_things", names, alone=True),)


def absorb(
    draft: Draft, setting: Setting, elsewhere: Resolution | None = None
) -> tuple[Draft, tuple[Say, ...]]:
    """Use the words of a report: what, where, and as description.

    `elsewhere` is where the rest of the message says it is, for words that name no place.
    """
    turn = setting.turn
    draft = described(draft, turn)
    found = setting.places.locate(turn.text, setting.language)
    if found.outcome is ResolutionOutcome.UNKNOWN and elsewhere is not None:
        found = elsewhere
    before = draft.service
    if turn.intent != "give_place" or services.sure_service(turn, setting) is not None:
        draft = services.with_words(draft, turn, setting)
    if before is not None and draft.service is None:
        draft = replace(draft, service=before)
    placed, says = places.with_place(draft, found, turn.text)
    return placed, says or (places.hint_says(found) if placed.location is None else ())


def described(draft: Draft, turn: Turn) -> Draft:
    words = turn.text.strip()
    if not words or words in draft.description:
        return draft
    return replace(draft, description=f"{draft.description}\n{words}".strip()[:MAX_DESCRIPTION])


def with_pin(draft: Draft, setting: Setting) -> tuple[Draft, tuple[Say, ...]]:
    pin = setting.turn.pin
    return places.at_pin(draft, pin, setting) if pin else (draft, ())
