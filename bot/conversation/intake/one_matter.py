"""One matter and no second: problems that were kept for later and are none ("it's all one pile"), or are one that is kept already."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversation.intake.draft import MAX_DESCRIPTION, Draft
from bot.conversation.intake.naming import PLAIN, singular
from bot.conversation.intake.only_asking import wants_nothing_sent
from bot.conversation.intake.refusing import is_refused
from bot.conversation.intake.services import sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Turn
from bot.text.fold import fold

_ONE = re.compile(
    r"\b(?:(?:only|just|all|its|it s|is) (?:the |a |about )*(?:one|same|single) (?:thing|pile|problem|issue|report|matter|mess)|"
    r"same (?:pile|thing|problem|issue|matter|mess)|not (?:two|2) (?:things|problems|reports|issues)|not (?:a )?(?:separate|second|another)(?: \w+)?|"
    r"(?:cancel|drop|forget|skip|delete|no) (?:that |the |any )*(?:second|other) (?:one|report|thing)|"
    r"(?:una sola|la misma|es lo mismo|un solo|el mismo) ?(?:cosa|problema|reporte|monton|asunto)?|no son dos|"
    r"(?:nomas|solo|solamente) (?:es |hay )?(?:una|uno|un)(?: cosa| problema| reporte)?|(?:quit|cancel|borr|olvid)\w* (?:el|la|lo) (?:otr|segund)[oa])\b"
)


# "Forget that one. Just the recliner and the tv": of the first of two.
_FORGETS_THIS = re.compile(
    r"^(?:(?:no|oh|ok|okay|wait|sorry|actually|perdon|oiga|pues) )*(?:forget|drop|skip|cancel|leave|never mind|nevermind|olvid\w+|dej\w+|quit\w+)(?: (?:about|de))? "
    r"(?:(?:that|this|the first)(?: one)?|es[eoa]|el primero|la primera|lo primero)\b(?! (?:other|second|otr))"
)


def forgets_this(text: str) -> bool:
    """Whether words give up the matter that is asked about, and not the one behind it. Reads any text, never raises."""
    return _FORGETS_THIS.search(fold(text)) is not None


def is_one(text: str) -> bool:
    """Whether words say that there is one matter and no second. Reads any text, never raises."""
    return _ONE.search(fold(text)) is not None


def without_what_is_none(draft: Draft, setting: Setting) -> Draft:
    """The draft without those later problems that the words take back."""
    text = setting.turn.text
    if not text or not draft.later:
        return draft
    if is_one(text):
        return _the_one_that_is_named(draft, setting)
    left = tuple(one for one in draft.later if not is_refused(text, sure_service(one, setting), setting))
    if wants_nothing_sent(text):  # "lo de la multa no mandes nada": of the one that it names
        told = _content(text)
        left = tuple(one for one in left if not told & _content(one.text))
    return replace(draft, later=left)


def _the_one_that_is_named(draft: Draft, setting: Setting) -> Draft:
    """The draft as the one matter there is: its own, or the later one that the words speak of ("lo único dañado son las luces")."""
    told = _content(setting.turn.text)
    own = len(told & _content(draft.description))
    code = sure_service(setting.turn, setting)
    best = max(
        draft.later, key=lambda one: (sure_service(one, setting) == code, len(told & _content(one.text)))
    )
    named = code not in (None, draft.service) and sure_service(best, setting) == code
    if not named and len(told & _content(best.text)) <= own:
        return replace(draft, later=())
    return replace(
        draft,
        later=(),
        service=sure_service(best, setting),
        half_service=None,
        description=f"{best.text}\n{draft.description}".strip()[:MAX_DESCRIPTION],
        photos=tuple(dict.fromkeys((*draft.photos, *best.photos))),
        answers=(),
        passed=(),
    )


def _content(text: str) -> set[str]:
    return singular({word for word in fold(text).split() if len(word) > 3} - PLAIN)


def kept_once(later: tuple[Turn, ...], turn: Turn, setting: Setting) -> tuple[Turn, ...]:
    """The later problems with one more; words about one that is among them are added to it."""
    code = sure_service(turn, setting)
    for number, one in enumerate(later):
        if code is not None and sure_service(one, setting) == code:
            both = replace(one, text=f"{one.text}\n{turn.text}", photos=(*one.photos, *turn.photos))
            return (*later[:number], both, *later[number + 1 :])
    return (*later, turn.kept())
