"""One more matter told in one breath with something else: "send it. oh and there's a couch in the alley", "it works, thanks! but
the bench is broken, too".

What stands in front does what it would by itself; the other matter is a report of its own, after the one that is open.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.conversation.hearing import scene_of
from bot.conversation.hearing.acts import by_its_figure
from bot.conversation.intake.belonging import says_also
from bot.conversation.intake.corrections import MOST_LATER
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.naming import named_by_matter, named_by_number
from bot.conversation.intake.one_matter import kept_once
from bot.conversation.intake.only_asking import wants_nothing_sent
from bot.conversation.intake.question import End
from bot.conversation.intake.refusing import says_none, wants_anything_else
from bot.conversation.intake.services import (
    CATCH_ALL,
    PLAINLY,
    SURE,
    begins_anew,
    names_service,
    sure_service,
)
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import insists
from bot.conversation.intake.turn import Besides, Say, Turn
from bot.conversation.questions.helpful_detail import DETAIL
from bot.conversation.talk.beginning import reported
from bot.conversation.talk.plain import tells_them
from bot.conversation.talk.progress import Progress
from bot.text.fold import fold

# What words that tell of a matter are heard as by themselves.
_TELLS = frozenset(
    {"report", "another", "give_place", "add_to_request", "complain_service", "not_fixed", "out_of_scope"}
)
# What an answer in front is, so that the photos show what is told behind it.
_ANSWERS = frozenset({"affirm", "deny", "file", "thanks", "fixed", "rate", "choose", "greet", "goodbye"})
# What is asked of a request that has its report: it waits until the other matter is told.
_WAITS = ("utter_ask_rating", "utter_offer_updates", "utter_detail_first", "utter_detail_next")


def without_what_wants_nothing(draft: Draft | None, setting: Setting) -> Setting:
    """The setting with what stands in front, where the half behind says that nothing is to be filed of another matter: "mándeme lo de la
    banca. y lo de la renta era nomás pregunta"."""
    turn, besides = setting.turn, setting.turn.besides
    if (
        draft is None
        or besides is None
        or turn.choice is not None
        or not wants_nothing_sent(besides.told.text)
    ):
        return setting
    of = sure_service(besides.told, setting)  # "thanks, but do not send anything" is of this one
    return setting if of in (None, CATCH_ALL, draft.service) else replace(setting, turn=besides.rest)


def other_matter(draft: Draft | None, memory: Memory, setting: Setting) -> Besides | None:
    """The turn in two, where one of its halves surely is another matter than what is talked of; None for a first message, which
    is cut by its problems."""
    turn, besides = setting.turn, setting.turn.besides
    scene = scene_of(draft, memory, setting)
    if draft is not None and (says_none(turn.text) or wants_anything_else(turn.text)):
        return None  # "none of those, needles on the beach. ok and trash too": all of it says what it is
    if besides is None or turn.choice is not None or turn.edited or turn.pin is not None or turn.taken_over:
        return None
    if scene is None and not setting.own:
        return None
    at_a_menu = draft is not None and draft.service is None
    if at_a_menu and scene is not None and by_its_figure(besides.rest, scene) is not None:
        return None  # "2, el letrero doblado en la misma esquina": which one it is, and what is wrong with it
    if draft is None and setting.own and tells_them(besides.told.text):
        return None  # "yes please, and tell them about the sign, too": for who works on it
    at_hand = scene.service if scene is not None else setting.own[0].service
    alone = replace(setting, turn=besides.told)
    code = sure_service(besides.told, alone)
    if code is None and _is_announced(besides.told) and "?" not in turn.text:
        return _with_photos(
            besides
        )  # "... y de paso, el banco de ahí tiene una tabla rota": we ask what it is
    if code in (None, CATCH_ALL, at_hand) or besides.told.intent not in _TELLS:
        return None
    best = max((guess.confidence for guess in besides.told.guesses), default=0.0)
    least = SURE if says_also(besides.told.text) else PLAINLY
    named = names_service(besides.told.text, code or "", alone) or best >= least
    if not named or insists(besides.told.text) or "?" in besides.rest.text:
        return None
    # "... and the couch is still there": a request of theirs is spoken of.
    theirs = any(one.service == code and one.status in ACTIVE for one in setting.own)
    if named_by_number(alone) or (theirs and not begins_anew(besides.told.text)):
        return None
    known = named_by_matter(besides.told.text, alone)
    if known is not None and known.status in ACTIVE and not says_also(besides.told.text):
        return None  # "... y los tornillos quítenlos ya", of which their report told
    return _with_photos(besides)


# Nobody is welcome who has not thanked: "ok. and the spray paint ...".
_THANKS = re.compile(r"\b(?:thank\w*|thx|ty|tysm|appreciate\w*|grac\w*|grax|agradec\w*)\b")
# With which something else is told in so many words.
_ANNOUNCED = re.compile(
    r"(?:(?:oh|ah|ay|and|y|also|but|pero|oiga|oye) )*(?:de paso|ya que est\w+|otra cos(?:a|ita)|por cierto|by the way|btw|(?:one|1) more thing|one thing more|another (?:thing|problem)|(?:then |luego |and then )?(?:the other (?:thing|problem|issue)|lo otro|la otra cosa)|(?:on|in) (?:another|a different) note|(?:a )?(?:different|separate) (?:thing|matter|problem|note)|separately|en otro tema|otro tema|aparte de eso|"
    r"something else|while (?:i m|im|we re) at it|unrelated)\b"
)
A_MATTER = 6  # words behind it


def _is_announced(told: Turn) -> bool:
    """Whether words say that something else comes, and tell it at some length."""
    words = fold(told.text)
    found = _ANNOUNCED.match(words)
    more = told.replies.get("another", 0.0) + told.replies.get("tell", 0.0) >= told.replies.get("add", 0.0)
    return (
        found is not None
        and more
        and told.intent == "report"
        and len(words[found.end() :].split()) >= A_MATTER
    )


def _with_photos(besides: Besides) -> Besides:
    told, rest = besides.told, besides.rest
    if rest.intent in _ANSWERS:
        rest = replace(rest, photos=(), photo_spots=(), captions=())
    else:
        told = replace(told, photos=(), photo_spots=(), captions=())
    return Besides(replace(told, intent="report"), rest)


def with_other_matter(progress: Progress, told: Turn, setting: Setting) -> Progress:
    """The progress of what stood in front, with the other matter kept for after its report, or begun."""
    alone = replace(setting, turn=told)
    draft = progress.draft
    if draft is not None and progress.end is not End.DROPPED:
        if len(draft.later) >= MOST_LATER:
            return progress
        kept = replace(draft, later=kept_once(draft.later, told, alone))
        noun = alone.noun(sure_service(told, alone))
        said = () if progress.end is End.CONFIRMED else (Say("utter_second_later", {"second": noun}),)
        return replace(progress, draft=kept, says=(*said, *progress.says))
    memory = progress.memory.without(DETAIL)
    after = reported(memory, alone)
    thanked = _THANKS.search(fold(setting.turn.text)) is not None
    says = tuple(
        say
        for say in progress.says
        if not say.response.startswith(_WAITS) and (thanked or say.response != "utter_welcome")
    )
    return replace(
        after,
        says=(*says, *after.says),
        effects=(*progress.effects, *after.effects),
        wants_person=progress.wants_person or after.wants_person,
    )
