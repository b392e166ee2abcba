"""What a turn was understood as, in few words of our own, for those who review conversations: see `bot.conversation.review`.

It changes nothing of the dialogue: the competition is weighed once more, over the same evidence, and nothing is looked up for it. Kept with
the turn as JSON, so every name in it is one that stays: intents, readings, codes of services, names of questions and of responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.city.location import Resolution, ResolutionOutcome
from bot.conversation.hearing import scene_of
from bot.conversation.hearing.competition import likelihoods
from bot.conversation.hearing.evidence import Scene, evidence
from bot.conversation.hearing.meant import is_worded
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.read_once import ReadOnce
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Turn
from bot.conversation.talk.progress import Progress

MOST_READINGS = 4
LEAST = 0.01  # less likely readings and services are nobody's second choice
MOST_SAID = 6  # responses

Understood = Mapping[str, Any]


def understood(
    draft: Draft | None, memory: Memory, setting: Setting, places: ReadOnce, progress: Progress
) -> Understood:
    """The turn as it was understood; chances are 0 to 1, best first. What did not come up is left out.

    `draft` and `memory` are those before the turn, `places` those it was taken with. Pure.
    """
    turn = setting.turn
    scene = scene_of(draft, memory, setting)
    over = progress.end is not None  # what is asked then is no question of this report any more
    after = scene_of(None if over else progress.draft, progress.memory, setting)
    meant = progress.meant or turn
    told: dict[str, Any] = {
        "language": turn.language,
        "intent": turn.intent,
        "meant": meant.intent if meant.intent != turn.intent else None,
        "choice": meant.choice,
        "before": scene.question if scene else None,
        "after": after.question if after else None,
        "readings": _readings(scene, setting, places),
        "services": _best((guess.code, guess.confidence) for guess in turn.guesses),
        "service": progress.draft.service if progress.draft else None,
        "place": _place(turn, places, progress.draft),
        "vague": turn.vague and turn.intent == "report",
        "parts": len(turn.problems) if len(turn.problems) > 1 else None,
        "danger": sorted(turn.danger),
        "question": _question(turn),
        "end": str(progress.end) if progress.end and draft is not None else None,
        "begun": draft is None and progress.draft is not None,
        "open": progress.draft is not None and progress.end is None,
        "person": progress.wants_person,
        "said": list(dict.fromkeys(say.response for say in progress.says))[:MOST_SAID],
    }
    return {name: value for name, value in told.items() if value}


def _readings(scene: Scene | None, setting: Setting, places: ReadOnce) -> list[list[Any]]:
    """The readings of words at the question that was open; none where it was not asked, or the words were not read for places."""
    if scene is None or not is_worded(setting.turn) or not places.read(setting.turn.text):
        return []
    return _best(likelihoods(scene, setting.turn.replies, evidence(scene, setting)).items())


def _best(chances: Any) -> list[list[Any]]:
    ranked = sorted(chances, key=lambda one: one[1], reverse=True)[:MOST_READINGS]
    return [[name, round(chance, 2)] for name, chance in ranked if chance >= LEAST]


def _place(turn: Turn, places: ReadOnce, draft: Draft | None) -> dict[str, str] | None:
    """The words that were taken for a place, what came of them, and the place; of several tries the one that the report has."""
    found = [one for one in places.read(turn.text) if one.outcome is not ResolutionOutcome.UNKNOWN]
    if not found:
        return None
    wanted = draft.location.name if draft and draft.location else None
    best = next((one for one in found if wanted and _name(one) == wanted), found[-1])
    told = {"words": best.used, "outcome": str(best.outcome), "name": _name(best)}
    return {name: value for name, value in told.items() if value}


def _name(found: Resolution) -> str:
    if found.candidates:
        return " / ".join(one.name for one in found.candidates)
    return found.street or found.elsewhere or ""


def _question(turn: Turn) -> list[Any] | None:
    """The question of the city that it may ask, where it asks one."""
    asked = turn.aside or turn
    if asked.intent != "ask_city" or not asked.questions:
        return None
    best = asked.questions[0]
    return [best.code, round(best.confidence, 2)]
