"""A word for who was hurt or frightened, before we ask on: "se me metió la rueda y casi me mato"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversation.intake.danger import PRELUDES
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.turn import Say, Turn
from bot.conversation.talk.progress import Progress
from bot.text.fold import fold

# Of people (and their dogs) alone: a tree that fell is no harm to anybody.
_WHO = (
    r"(?:i|we|he|she|(?:my|our|his|her) (?:\w+ )?(?:son|daughter|kid|kids|child|baby|toddler|mom|mother|dad|father|wife|husband|grandma|grandpa|grandson|granddaughter|"
    r"grandmother|grandfather|friend|neighbor|brother|sister|dog)|"
    r"(?:an?|the|some|one|this) (?:\w+ )?(?:lady|woman|man|guy|girl|boy|kid|child|person|cyclist|biker|senior))"
)
_HURT = re.compile(
    rf"\b{_WHO} (?:just |also |almost |nearly |already |really )*(?:fell(?! in love| asleep)|fall|tripped|slipped|got (?:hurt|hit|cut)|crashed|went down|hit (?:my|his|her) (?:head|knee)|"
    r"(?:broke|twisted|sprained|hurt|cut|scraped) (?:my|his|her|their) \w+|(?:was|were) (?:hurt|scared|terrified))\b|"
    r"\b(?:i m|im|i am|we re|we are) (?:so |really |very )?(?:scared|afraid|terrified)\b|"
    r"\b(?:casi )?(?:me|nos) (?:mato|matamos|cai|caigo|caimos|resbale|tropece|lastime|golpee|corte|torci|quebre|raspe)\b|"
    r"\b(?:mi|nuestr[oa]|su) (?:\w+ )?(?:hij[oa]|nin[oa]|nen[ea]|bebe|chiquit[oa]|mama|papa|espos[oa]|abuel[oa]|abuelit[oa]|niet[oa]|amig[oa]|vecin[oa]|herman[oa]|perr[oa]|perrit[oa]) "
    r"(?:ya |casi |tambien )*(?:se )?(?:me )?(?:cayo|cae|resbalo|tropezo|lastimo|golpeo|corto|torcio|quebro|raspo|salio corriendo)\b|"
    r"\bcasi (?:me|nos|se) (?:\w+ )?(?:mat\w+|ca[ei]\w*|atropell\w+|accident\w+|cay\w+)\b|\b(?:me da|tengo|tenemos|nos da) (?:mucho )?miedo\b"
)
SORRY = Say("utter_sorry_it_happened")


def was_hurt(text: str) -> bool:
    """Whether words tell that somebody was hurt, nearly hurt, or is afraid. Reads any text, never raises."""
    return _HURT.search(fold(text)) is not None


def with_a_kind_word(progress: Progress, before: Draft | None, said: Turn) -> Progress:
    """The progress of a turn that begins a report with a kind word first, where it tells of harm; danger is answered with more."""
    if before is not None or progress.draft is None or said.danger or not was_hurt(said.text):
        return progress
    if any(say.response in PRELUDES for say in progress.says):
        return progress
    return replace(progress, says=(SORRY, *progress.says))
