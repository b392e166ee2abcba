"""Questions after a way to die, and farewells: who asks so wishes to harm themselves and says so in no other word.

The engine's judges hear wishes. A question for the fastest way, or for what bleach does, names none and read like a question to the
city. What is asked for a tree, a dog or a shortcut is none of it: the words name dying and who asks.
"""

from __future__ import annotations

import re

from bot.text.fold import fold

_WAYS = re.compile(
    "|".join(
        rf"\b(?:{pattern})"
        for pattern in (
            # English
            r"(?:least painful|most painless|painless|less painful|fastest|quickest|quick|easiest|easy|best|good|surest) (?:ways?|methods?|means) (?:to|of) "
            r"(?:die|dying|end it(?: all)?$|kill(?:ing)? (?:myself|yourself|oneself|herself|himself)|suicide|commit suicide)\b|(?:least painful|most painless|painless|less painful) way to go$",
            r"how (?:high|tall|many floors|many stories|many pills|much tylenol|much (?:insulin|bleach))\b.{0,60}\b(?:to die|to kill (?:you|me|myself|yourself|a person|someone)|be fatal|is fatal|do i (?:need|have) to (?:take|jump))\b",
            r"(?:is it|will it be) (?:painful|quick) to (?:drown|die|hang (?:myself|yourself)|bleed out|freeze to death)\b|does (?:it hurt to (?:die|drown|bleed out|hang)|(?:drowning|dying|hanging) hurt)\b",
            r"what happens if i (?:drink|drank|swallow(?:ed)?|eat|ate|take|took) (?:the |some |a |all |all the |all my |too many |a whole |a bottle of |the whole )*(?:bleach|antifreeze|rat poison|poison|pills|ammonia|drain cleaner|tylenol)\b",
            r"where (?:can|could|should) i (?:jump (?:from|off)(?: of)?$|jump to die\b)|(?:my|a) (?:suicide|goodbye|farewell) (?:note|letter)\b|writing my last (?:note|letter|words)\b",
            # Spanish
            r"(?:formas?|maneras?|modos?|metodos?) (?:mas |menos |que )?(?:\w+ )?(?:de|para|pa) (?:morir(?:me|se)?|matar(?:me|se)|suicidar(?:me|se)|quitar(?:me|se) la vida)\b(?! de)|(?:forma|manera) (?:menos dolorosa|sin dolor|mas tranquila) (?:de|para|pa) irse\b",
            r"como (?:(?:le hago para |hago para |puedo |podria )?(?:matarme|suicidarme|morirme|morir sin dolor)|me (?:mato|suicido|muero|puedo (?:matar|morir|suicidar)))\b(?! (?:de|por|trabajando|a trabajar|\w+ndo)\b)",
            r"duele (?:mucho )?(?:ahogarse|morir(?:se)?|ahorcarse|desangrarse|suicidarse)\b",
            r"que (?:me )?pasa si me (?:tomo|trago|tome) (?:el |todo el |todas las |las |un |una |mucho |muchas |un vaso de |la botella de )*(?:cloro|veneno|pastillas|anticongelante|raticida|amoniaco|medicinas)\b",
            r"(?:de|desde) donde me (?:puedo|podria) (?:aventar|tirar|lanzar|arrojar)\b|(?:estaria|estoy|estare|estaria yo) mejor muert[oa]\b|nadie me (?:va a |vaya a )?(?:extranar|extranara|extranaria|echar de menos)\b|(?:mi|una) (?:carta|nota) (?:de despedida|suicida)\b",
        )
    )
)


def asks_for_a_way_to_die(text: str) -> bool:
    """Whether words ask for a way to die, or bid farewell. Reads any text, never raises."""
    return _WAYS.search(fold(text)) is not None
