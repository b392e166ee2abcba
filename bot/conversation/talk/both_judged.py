"""Two verdicts in one breath: "the light works great, but the pothole is still there" is fixed for one request, and not for another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.cases.status import ACTIVE, Status
from bot.conversation.intake.effects import AddToRequest, GiveFeedback
from bot.conversation.intake.finished import FINISHED
from bot.conversation.intake.half_done import came_back, is_a_no, leaves_a_part, praises, says_fixed
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.naming import named_by_matter
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions import verdict
from bot.conversation.talk.progress import Progress
from bot.text.fold import fold

# Where one thing is set against, or beside, another.
_SIDES = re.compile(r"[.!;,\n]+\s*|\b(?:but|and|while|although|pero|aunque|y|mientras que)\b", re.IGNORECASE)
_LEFT = re.compile(
    r"\b(?:still|(?:is|s|was|are|isn t|isnt|wasn t|has) not|isn t|isnt|not (?:fixed|done|gone)|nothing was done|nobody (?:came|touched)|sigue|siguen|todavia|aun|no (?:lo|la|los|las|quedo|esta|han)|nadie)\b"
)
_IS_WELL = re.compile(
    r"\b(?:(?:is|are|s|was|got|looks?) (?:all |now |finally |already )?(?:fixed|good|fine|done|gone|perfect|ok|okay|repaired|working|on again|back on|clean)|works?|working|"
    r"(?:ya )?(?:funciona\w*|sirve\w*|prende\w*)|(?:ya )?(?:esta|estan|quedo|quedaron) (?:ya |muy |todo |super )?(?:bien|list[oa]s?|arreglad[oa]s?|perfect[oa]s?|limpi[oa]s?)|ya quedo(?! (?:mal|igual|peor|fe[oa]|a medias))|ya (?:lo|la|los|las) arreglaron)\b"
)
_REFUSES = re.compile(
    r"\b(?:not|no|never|isn t|isnt|doesn t|doesnt|don t|dont|nunca|nada|nadie|if|when|si|cuando)\b"
)


@dataclass(frozen=True, slots=True)
class BothJudged:
    """One of their requests that is praised, by which words, and another one that is said not to be done."""

    praised: OwnRequest
    praise: str
    left: OwnRequest


def both_judged(memory: Memory, setting: Setting) -> BothJudged | None:
    """The two requests that a turn judges, one well and one ill; None for anything else. A part that names none is about the one
    that was asked about."""
    turn = setting.turn
    if len(setting.own) == 1 or not setting.finished or not turn.text:
        return None
    if turn.choice is not None or turn.pin is not None or turn.edited or "?" in turn.text:
        return None
    asked = next((one for one in memory.open_questions(turn.at) if one.topic == FINISHED), None)
    by_default = setting.own_request(asked.reference) if asked is not None else None
    praised, praise, left = None, "", None
    for part in filter(None, map(str.strip, _SIDES.split(turn.text))):
        request = named_by_matter(part, setting) or by_default
        if left is None and _says_left(part):
            left = request
        elif praised is None and _says_well(part):
            praised, praise = request, part
    if praised is None or left is None or praised.reference == left.reference:
        return None
    waits = praised.finished and praised.status == Status.RESOLVED
    judged = left.finished or left.status in ACTIVE
    return BothJudged(praised, praise, left) if waits and judged else None


def _says_left(part: str) -> bool:
    return leaves_a_part(part) or came_back(part) or is_a_no(part) or _LEFT.search(fold(part)) is not None


def _says_well(part: str) -> bool:
    words = fold(part)
    well = says_fixed(part) or praises(part) or _IS_WELL.search(words) is not None
    return well and _REFUSES.search(words) is None


def told_of_both(both: BothJudged, memory: Memory, setting: Setting) -> Progress:
    """The one that is praised is fixed; the other one is opened again, or has the words added where work on it goes on."""
    turn = setting.turn
    fixed = GiveFeedback(both.praised.reference, verdict="fixed", comment=both.praise)
    said = Say("utter_fixed_after_all", {"reference": both.praised.reference})
    asked = (one for one in memory.open_questions(turn.at) if one.topic == FINISHED)
    if any(one.reference == both.praised.reference for one in asked):
        memory = memory.without(FINISHED)
    if not both.left.finished:
        added = AddToRequest(both.left.reference, turn.photos, turn.text)
        return Progress(None, memory, (said,), (fixed, added))
    told = verdict.verdict_on("not_fixed", both.left.reference, memory, setting)
    return Progress(None, told.memory, (said, *told.says), (fixed, *told.effects))
