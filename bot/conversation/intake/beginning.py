"""The first words of a report: everything in them is used, however many problems they tell of.

What it still lacks is asked afterwards: the drafts that come back have no open question.
"""

from __future__ import annotations

from dataclasses import replace

from bot.city.location import Resolution
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.photo_place import with_spot
from bot.conversation.intake.photos import with_photos
from bot.conversation.intake.problems import problems_of
from bot.conversation.intake.question import Step
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import absorb, with_pin
from bot.conversation.intake.turn import Say, Turn


def begin(setting: Setting, empty: Draft | None = None) -> Step:
    """Begin a report with a turn; `empty` is a draft that was asked about before anything was said."""
    turn = setting.turn
    draft = empty or Draft(id=turn.message_id, touched=turn.at)
    problems = problems_of(turn, setting) if turn.choice is None else ()
    whole: Resolution | None = None
    if problems:
        first, *rest = problems
        draft = replace(draft, later=tuple(other.kept() for other in rest))
        whole = setting.places.locate(turn.text, setting.language)
        setting = replace(setting, turn=first)
    draft, says = with_photos(draft, setting.turn)
    draft = with_spot(draft, setting)
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
    return Step(replace(draft, open=None), says)


def begin_later(draft: Draft, setting: Setting) -> tuple[Step, Setting] | None:
    """The report of the next problem of the same message, once `draft` is done; None when there is none.

    Without a place of its own it is where the one before was. What it lacks is asked in the setting that comes with it.
    """
    if not draft.later:
        return None
    told, *rest = draft.later
    now = replace(setting, turn=replace(told, at=setting.turn.at, language=setting.turn.language))
    begun = begin(now, Draft(id=draft.id, part=draft.part + 1, touched=setting.turn.at))
    assert begun.draft is not None  # noqa: S101 - begin always gives one
    after = replace(begun.draft, later=(*begun.draft.later, *rest))
    elsewhere = any(say.response.startswith("utter_outside") for say in begun.says)
    if after.location is not None or after.half_place is not None or elsewhere:
        return Step(after, begun.says), now
    return Step(replace(after, location=draft.location, place_text=draft.place_text)), now


def _several(problems: tuple[Turn, ...], setting: Setting) -> tuple[Say, ...]:
    nouns = [setting.noun(problem.guesses[0].code) for problem in problems]
    if len(nouns) == 2:
        return (Say("utter_two_things", {"first": nouns[0], "second": nouns[1]}, alone=True),)
    names = {"first": nouns[0], "second": nouns[1], "third": nouns[2]}
    return (Say("utter_three_things", names, alone=True),)
