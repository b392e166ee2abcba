"""Words of somebody who got a text that is not theirs: "wrong number", "I never reported anything", "who is this?"."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.text.fold import fold


class Stranger(StrEnum):
    DENIES = "denies"  # says that it is not theirs
    ASKS = "asks"  # asks who writes


# What is said around it without changing it.
_AROUND = (
    r"hi|hello|hey|sorry|um|uh|no|nope|i think|i believe|think|you|u|youve|you ve|have|got|ve|the|a|this is|thats|that s|its|it s|"
    r"please|pls|man|dude|bro|lol|but|there|here|ok|maam|sir|"
    r"hola|perdon|disculpe|disculpa|oiga|oye|creo que|tiene|tienen|tienes|el|es|un|este es|lo siento|por favor|pero|aqui"
)
_WRITES = r"(?:texting|messaging|contacting|writing|text|messag\w*)"
_FILED = r"(?:reported|report|filed|file|submitted|submit|made|make|sent|send|complained|asked|requested|called|texted|messaged|contacted|wrote)"
_REPORTE = (
    r"(?:reporte|reporto|reportado|hice|mande|envie|pedi|puse|levante|he reportado|he hecho|solicite|llame)"
)
_DENIALS = tuple(
    re.compile(rf"^(?:(?:{_AROUND})\s+)*(?:{pattern})(?:\s+(?:{_AROUND}))*$")
    for pattern in (
        r"wrong (?:number|numer|nunber|numbr|no|num|person|guy|phone)(?: (?:here|bro|dude|buddy|sorry|stop))*",
        r"(?:i )?(?:do not know|don t know|dont know|don t no|dont no|do not no|have no idea|no idea|haven t a clue) (?:who|what) (?:this|that|you)(?: \w+){0,3}",
        r"(?:texted|messaged|called|contacted|reached|got) (?:the )?wrong (?:person|number|guy|phone)",
        r"this (?:number|phone)(?: now)? (?:belongs to|is) (?:someone|somebody) (?:else|elses|else s)(?: now)?|(?:he|she|they|that person|this person) (?:doesn t|doesnt|does not|don t|dont|no longer|do not) (?:have|has|own|owns|use|uses) this (?:number|phone)(?: anymore| any more| now)?",
        r"(?:este|ese|esta|eso|esto)(?: reporte| numero| solicitud)? no es (?:mio|mia|mi reporte|de mi|mi numero)(?: \w+){0,2}|este (?:numero|telefono|celular) (?:ya )?(?:es|pertenece a|es de|le pertenece a) (?:otra|otro) (?:persona|dueno)|este numero ya es de otr[ao](?: persona)?|(?:esta persona|esa persona|el|ella) ya no (?:tiene|usa) este (?:numero|telefono)",
        rf"(?:i )?(?:never|didn t|didnt|did not|haven t|havent|have not) (?:ever )?{_FILED}(?: (?:any|a|an|this|that|it|such|anything|nothing|something|to you|for|about|report|reports|request|requests|complaint|thing|pothole|one|in))*(?: \w+){{0,3}}",
        r"(?:it |that |this )?(?:was not|wasn t|wasnt|is not|isn t|isnt|not) (?:me|mine|my (?:report|request|number|complaint))(?: \w+){0,2}",
        r"(?:that was|must have been|it was) (?:someone|somebody) else",
        rf"(?:not who|not the (?:person|one)) you(?: re| are)? (?:{_WRITES}|looking for|want|think)(?: \w+){{0,2}}",
        r"(?:i )?(?:don t|dont|do not) live (?:there|in|here)(?: \w+){0,4}|(?:i )?(?:have )?(?:just )?(?:got|have) (?:this|a new) number(?: \w+){0,3}|new owner of this number",
        r"numero (?:equivocado|incorrecto|erroneo)|equivocado|(?:se )?(?:equivoc\w+)(?: (?:de|el))? numero|(?:esta|estan|estas) equivocad\w+(?: de numero)?|equivocado de numero",
        rf"(?:yo )?(?:nunca|jamas|no) (?:yo )?(?:he )?{_REPORTE}(?: (?:nada|ningun|ninguna|eso|esto|un|una|reporte|queja|algo|de eso))*(?: \w+){{0,2}}",
        r"(?:no (?:soy|fui|era) yo|yo no fui|no es mio|ese no es mi (?:reporte|numero)|no es mi reporte|no soy esa persona|no soy (?:quien|el que|la que) (?:busca|buscan|piensan?))(?: \w+){0,2}",
    )
)
_QUESTIONS = tuple(
    re.compile(rf"^(?:(?:{_AROUND})\s+)*(?:{pattern})(?:\s+(?:{_AROUND}))*$")
    for pattern in (
        r"(?:and )?who(?: is|s| s| are|re| r| the (?:hell|heck|fuck) is| tf is)? (?:this|u|you|dis|texting|that|these)(?: (?:people|guys|texting me|from|please|again|number))*|who dis|who this|whos this|who s this|new phone who(?: dis| s this| is this)?|"
        r"who (?:am i|is) (?:texting|talking to)(?: me)?|whose number is this|how did you get (?:my|this) number|who gave you (?:my|this) number|do i know you|what is this(?: about| number)?|what number is this",
        r"no (?:se|conozco) (?:quien (?:es|eres|son|habla|escribe)|de quien es este numero|este numero)(?: usted| este)?|(?:y )?(?:quien|kien) (?:es|eres|sos|son|habla|escribe|me escribe|me habla|me manda (?:esto|mensajes)|es este|manda esto|eres tu|es usted)(?: (?:este|usted|ustedes|numero|tu))*|de quien es este numero|(?:y )?este numero de quien es|de que numero|como (?:consiguieron|tienen) mi numero|lo conozco|la conozco|te conozco|que es esto",
    )
)


def stranger_in(text: str) -> Stranger | None:
    """What the whole text says of that kind, or None. Longer stories are for the dialogue."""
    words = fold(text.replace("#", " number "))  # "wrong #"
    if not words or len(words.split()) > 14:
        return None
    if any(pattern.match(words) for pattern in _DENIALS):
        return Stranger.DENIES
    if any(pattern.match(words) for pattern in _QUESTIONS):
        return Stranger.ASKS
    # Both in one breath: "who is this? I never reported anything".
    parts = [fold(part) for part in re.split(r"[.,;:!?¿¡\n]+", text) if fold(part)]
    found = [stranger_in(part) for part in parts] if len(parts) > 1 else []
    if found and all(found):
        return Stranger.DENIES if Stranger.DENIES in found else Stranger.ASKS
    return None
