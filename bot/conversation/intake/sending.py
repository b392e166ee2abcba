"""Words that ask for the report to be sent: "i SAID send it", "nothing just send the damn thing", "si mandelo ya"."""

from __future__ import annotations

import re

from bot.text.fold import fold

SENDING = (
    r"(?:(?:send|file|submit|report|post) (?:it|that|this|in|away|(?:the |my |this |that )?(?:\w+ )?(?:report|thing|one))|(?:just|please|pls|so|yes|yeah) (?:send|submit)|"
    r"(?:mand|envi|report|sub)(?:a|e|ar|en|an|ame|eme)(?:l[oa]|(?: el| mi| ese)? reporte| lo de(?:l)?))"
)
# "Did you send it?", "don't send it", "lo mandó?", "before you send it": a question about it, a no, or a condition.
_REFUSES = re.compile(
    r"\b(?:don t|dont|do not|never|not|cannot|can t|no (?:lo|la|me|le) (?:mand|envi|report)\w*|no (?:mand|envi|report)(?:e|en|es)\b|did|didn t|was|is it|have|has|before|after|until|unless|if|when|"
    r"ya (?:lo |la )?(?:mand|envi)(?:o|aron|aste|e)|antes|hasta|cuando|who|why|where|how)\b"
)
_SENDS = re.compile(rf"\b{SENDING}\b(?! (?:to|a la|al|instead|elsewhere)\b)")
# With it in front of anything else: "enviar porfa, y la otra tiene un tornillo salido", "ok send but make it about the lane".
_SENDS_FIRST = re.compile(
    r"^(?:(?:ok|okay|si|yes|ya|fine|bueno|vale|dale|sale|pues|please|porfa|1) )*(?:send|submit|enviar|envia|envie|manda|mandar|mande)(?: (?:ya|porfa|por favor|please|pls|gracias|thanks))*(?=$| (?:y|and|but|pero|also|tambien)\b)"
)


# With which a clause begins that says so whatever stands in the next one.
_SEND_IT_FIRST = re.compile(
    r"^(?:(?:ok|okay|si|yes|ya|fine|bueno|vale|dale|sale|pues|please|porfa|1|just|well|alright|all right|so|and|y) )*(?:(?:send|submit|file) (?:it|this|that)|(?:mand|envi)(?:e|a)l[oa])"
    r"(?: (?:i guess|then|now|already|please|pls|anyway|anyways|in|off|ya|pues|porfa|por favor|igual))*$"
)
_CLAUSES = re.compile(r"[.!?;,\n]+")


def says_send(text: str) -> bool:
    """Whether words ask for it to be sent, whatever else they say. Reads any text, never raises."""
    words = fold(text)
    parts = [fold(part) for part in _CLAUSES.split(text)]
    outright = any(part == "send it" or _SEND_IT_FIRST.match(part) for part in parts)
    said_first = any(_SENDS_FIRST.match(part) for part in parts)
    first = _FIRST_CLAUSE.match(text)
    alone = first is not None and (
        _SENDS_FIRST.fullmatch(fold(first["clause"])) or _SEND_IT_FIRST.fullmatch(fold(first["clause"]))
    )
    if alone and not any(_OR.match(part) or _NEVER.search(part) or _WAITS.match(part) for part in parts[1:]):
        return True  # "send, dont need my name on it right?"
    asked_for = said_first or _SENDS.search(words) is not None
    if outright and not any(_NEVER.search(part) or _WAITS.match(part) for part in parts) and "?" not in text:
        return True  # "send it I guess, not that you'll do anything"
    return bool(asked_for) and not _REFUSES.search(words)


_FIRST_CLAUSE = re.compile(r"\s*(?P<clause>[^.!?;,\n]+)[.!;,\n]")
_OR = re.compile(r"(?:or|o)\b")
# What takes it back before it is sent: "send it, wait, not yet".
_WAITS = re.compile(
    r"(?:(?:no|oh|ay|and|y) )*(?:(?:but |pero )?wait|hold on|not yet|first|before|espere?|todavia no|antes|primero|but (?:first|change|make|not)|pero (?:antes|primero|cambi\w+))\b"
)
_NEVER = re.compile(
    r"^(?:(?:no|nope|nah|wait|stop|please|pls|porfa|ya|mejor|espere?) )*(?:do not|don t|dont|never) (?:send|file|submit)(?: (?:it|that|this|that one|this one|anything|the report|my report|pls|please|now))*$|"
    r"^(?:(?:no|ya|mejor|espere?|porfa) )*no (?:l[oa] )?(?:mande[sn]?|envie[sn]?)(?:l[oa])?(?: (?:nada|porfa|por favor|ya|gracias))*$"
)


# "K before i do. do u guys ...", "antes de mandarlo, una pregunta": a yes that waits.
_PUT_OFF = re.compile(
    r"^(?:(?:ok|okay|k|yes|yeah|si|sure|well|but|pero|and|y|wait|hold on|actually|um|oh|bueno) )*(?:before (?:i|you|u|we|that|sending|it)|first(?! (?:one|street|option))|hold on|wait(?: a (?:sec|second|minute|moment))?$|one (?:sec|second|moment)|"
    r"antes (?:de|que)|primero (?:una|digame|dime|quiero)|espere|esperame|un momento|todavia no)\b"
)


def puts_off(text: str) -> bool:
    """Whether words say that something comes before it is sent. Reads any text, never raises."""
    return _PUT_OFF.search(fold(text)) is not None


def refuses_to_send(text: str) -> bool:
    """Whether a sentence says that it is not to be sent, and nothing else. Reads any text, never raises."""
    return any(_NEVER.search(fold(part)) for part in re.split(r"[.!?;,\n]+", text))


# What is said around a wish to send it, and tells nothing of the matter.
_AROUND = re.compile(
    r"\b(?:a|ok(?:ay)?|it|its|is|fine|good|with|without|out|no|not|photos?|pictures?|pics?|just|please|pls|thanks?|you|yes|yeah|the|that|this|i|my|have|got|any|"
    r"more|now|already|as|so|well|do|don|dont|t|s|si|ya|ta|esta|bien|asi|sin|con|fotos?|imagen|por|favor|gracias|tengo|mas|nada|pues|bueno|listo|ahorita|"
    r"el|la|mi|que|todo|es|yo|me|se|ni|modo|sale|orale)\b"
)
# With these a yes is only a polite one: "Sí, está correcto, señorita. Proceda usted."
_POLITE = frozenset({
    "absolutely", "acuerdo", "adelante", "agradeceria", "agradezco", "agree", "ahead", "all", "am", "amable", "and",
    "asi", "bien", "claro", "correct", "correcta", "correcto", "dale", "de", "dear", "do", "el", "envie", "envielo",
    "es", "esta", "everything", "exactamente", "exacto", "favor", "fine", "go", "good", "gracias", "great", "i",
    "indeed", "is", "it", "its", "jefe", "joven", "la", "le", "lo", "look", "looks", "ma", "maam", "mande",
    "mandelo", "mi", "mija", "mijo", "mil", "much", "muchas", "muy", "my", "now", "ok", "okay", "perfect",
    "perfecto", "please", "pls", "por", "porfa", "porfavor", "proceda", "procedan", "procede", "proceed", "report",
    "reporte", "right", "s", "sale", "se", "send", "senor", "senora", "senorita", "si", "sir", "so", "sure", "thank",
    "thanks", "that", "thats", "the", "todo", "u", "usted", "ustedes", "va", "vale", "very", "y", "yeah", "yep",
    "yes", "you", "yup",
})  # fmt: skip
_CLOSING = re.compile(
    r"\b(?:with (?:my |our )?)?(?:kind(?:est)? |best |warm(?:est)? )?(?:regards|wishes)\b.*$|\b(?:sincerely|respectfully|yours truly|atentamente|saludos|bendiciones)\b.*$"
)


def is_polite_yes(text: str) -> bool:
    """Whether words say yes and please, and nothing of the matter, a signature aside. Reads any text, never raises."""
    words = _CLOSING.sub(" ", fold(text)).split()
    return bool(words) and all(word in _POLITE for word in words)


TELLS = 3  # words beside those


def tells_besides(text: str) -> bool:
    """Whether words that ask for it to be sent tell something of the matter, too. Reads any text, never raises."""
    return len(_AROUND.sub(" ", _SENDS.sub(" ", fold(text))).split()) >= TELLS


# That nothing is to be changed: "nada nada, asi esta bien", "no its fine as is".
_NOTHING = re.compile(
    r"^(?:(?:no|nah|nope|nothing|nada|nadita|ok|okay|oh|sorry|pues|ya|ah) )*(?:(?:it s|its|that s|thats|all|everything s|everything is|looks|is) )?(?:nothing|nada|fine|good|ok|okay|right|correct|perfect|"
    r"(?:leave|keep) it(?: like that| as (?:it )?is)?|no changes?|don t change anything|as is|(?:asi )?(?:esta|queda|quedo) (?:bien|perfecto)(?: asi)?|asi dejel[oa]|dejel[oa] asi|ningun cambio|sin cambios|todo bien|esta correcto)"
    r"(?: (?:as is|like that|now|thanks|thank you|gracias|asi|the way it is))*$"
)


def wants_no_change(text: str) -> bool:
    """Whether words say that all of it is right, and nothing else. Reads any text, never raises."""
    return _NOTHING.search(fold(text)) is not None
