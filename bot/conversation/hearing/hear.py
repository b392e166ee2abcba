"""One turn in words, heard with everything that is open in mind."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.hearing.acts import as_meant, by_its_figure, by_its_name
from bot.conversation.hearing.beside import (
    beside_a_question,
    is_answered,
    known_in_part,
    of_their_own,
    option_beside_a_question,
    tells_what_it_is,
)
from bot.conversation.hearing.buttons import options_below
from bot.conversation.hearing.evidence import Scene
from bot.conversation.hearing.meant import SENDS, meant, meant_between
from bot.conversation.intake.digressions import is_asked
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.language import beside_the_wish, wants_it_in
from bot.conversation.intake.memory import ADDITIONS_FOR, Memory
from bot.conversation.intake.refusing import without_what_is_denied
from bot.conversation.intake.sending import says_send
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import announces_photos, tells_something
from bot.conversation.questions.next import with_question
from bot.text.numbers import bare_figure

# The questions to which words that tell what is wrong are the answer, whatever they ask besides.
_ASKS_WHAT = frozenset({"what", "which_service", "group"})


def heard(draft: Draft | None, memory: Memory, setting: Setting) -> Setting:
    """The setting with the turn as it is meant at what is open. Where nothing is, a message is read by itself.

    A question of the resident's that stands beside something else is taken out of the turn, as its `aside`.
    """
    scene = scene_of(draft, memory, setting)
    if scene is not None or setting.own:
        setting = replace(setting, turn=without_what_is_denied(setting.turn))
    asks_what = scene is not None and scene.question in _ASKS_WHAT
    if asks_what and setting.turn.side is not None and tells_what_it_is(setting.turn):
        return replace(setting, turn=setting.turn.side.rest)
    if setting.turn.photos and announces_photos(setting.turn.text):
        return replace(setting, turn=replace(setting.turn, text="", intent="send_photos", side=None))
    beside_a_photo = scene is not None and setting.turn.photos and bare_figure(setting.turn.text) is not None
    if scene is not None and beside_a_photo and (option := by_its_figure(setting.turn, scene)) is not None:
        return replace(setting, turn=option)
    answerable = is_answered(setting.turn, setting)
    if scene is not None and not answerable and (named := by_its_name(setting.turn, scene)) is not None:
        side = setting.turn.side
        asked = side.asked if side is not None and is_asked(side.asked, setting) else None
        if asked is not None and not named.text.startswith(asked.text):
            named = replace(named, aside=asked, whole=named.text)
        return replace(setting, turn=named)
    if (option := option_beside_a_question(scene, setting)) is not None:
        return replace(setting, turn=option)
    rest = beside_a_question(scene, setting)
    if rest is not None and scene is not None and (option := by_its_figure(rest, scene)) is not None:
        rest = replace(option, aside=rest.aside)  # "1. does she get the money back?"
    if rest is not None:
        return replace(setting, turn=replace(rest, whole=setting.turn.text if rest.aside else ""))
    if (own := of_their_own(setting)) is not None:
        return replace(setting, turn=own)
    if (known := known_in_part(setting)) is not None:
        return replace(setting, turn=known)
    turn = setting.turn
    if (
        turn.intent == "change_language"
        and scene is not None
        and scene.question in SENDS
        and says_send(turn.text)
    ):
        return replace(setting, turn=replace(turn, intent="file"))  # and in that language from now on
    asks_for_it = turn.intent == "change_language" and not wants_it_in(turn.text, setting.language)
    beside = beside_the_wish(turn.text) if asks_for_it else ""
    if tells_something(beside):
        told = as_meant(replace(turn, text=beside), "tell", scene or Scene("nothing"))
        return replace(setting, turn=told)
    heard_as = meant(scene, setting) if scene is not None else meant_between(memory, setting)
    return replace(setting, turn=heard_as) if heard_as is not None else setting


def scene_of(draft: Draft | None, memory: Memory, setting: Setting) -> Scene | None:
    """What the resident has before their eyes; None for one of whom nothing is known yet."""
    now = setting.turn.at
    if draft is not None:
        question = with_question(draft, setting).open
        assert question is not None  # noqa: S101 - with_question says so
        options = options_below(question.ask(draft, setting), setting.language)
        return Scene(question.name, draft.service, draft.location is not None, options)
    # An offer that stands is no scene for ever: a day later words are about something else.
    open_ones = [
        one
        for one in memory.open_questions(now)
        if one.is_asked and (one.settles or now - one.at <= ADDITIONS_FOR)
    ]
    if open_ones:
        newest = open_ones[0]
        return Scene(newest.name, newest.service, True, options_below(newest.ask(setting), setting.language))
    filed = memory.filed_lately(now)
    return Scene("filed", filed.service, True) if filed else None
