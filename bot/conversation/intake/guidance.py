"""What residents should know of a matter, and whether their words tell of just the danger it speaks of."""

from __future__ import annotations

from bot.city.catalogue import Service
from bot.conversation.intake.naming import PLAIN, names_of, singular
from bot.conversation.intake.reading import phrases_in
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.text.fold import fold, fold_in_place

# Words of guidance that say what to do, not what is dangerous.
_OF_GUIDANCE = frozenset({
    "call", "911", "keep", "stay", "away", "see", "any", "please", "you", "know", "help", "touch", "leave",
    "out", "can", "need", "warn", "others", "nadie", "llame", "mantengase", "acerque", "alejado", "ve",
    "vea", "hay", "por", "favor", "sabe", "toque", "deje", "puede", "suelto", "sueltos", "people",
    "someone", "alguien", "and", "not", "for", "the", "near", "with", "now", "right", "time", "esta",
    "estan", "una", "muy", "happening", "pasando", "ahora", "feel",
})  # fmt: skip


def guidance_of(service: Service | None, setting: Setting) -> tuple[Say, ...]:
    """What residents should know of such a matter; danger that was told is answered with more than that."""
    if service is None or service.guidance is None or setting.turn.danger:
        return ()
    return (Say("utter_guidance", {"guidance": setting.words(service.guidance)}),)


def tells_of_its_danger(text: str, service: Service | None, language: str) -> bool:
    """Whether words name what the guidance of a service calls 911 for: the wire that the branch is on."""
    guidance = service.guidance.get(language, "") if service and service.guidance else ""
    if service is None or "911" not in guidance:
        return False
    if service.guidance_for and not phrases_in(service.guidance_for, fold_in_place(text)):
        return False
    told = {word for word in fold(guidance).split() if len(word) > 2} - PLAIN - _OF_GUIDANCE
    return bool(singular(set(fold(text).split())) & (singular(told) - names_of(service)))
