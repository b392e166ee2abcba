"""Whether words belong to a request that was just talked of, or tell of another matter."""

from __future__ import annotations

import re

from bot.cases.status import ACTIVE
from bot.city.location import Location, ResolutionOutcome
from bot.conversation.intake.naming import named_by_matter, named_by_number, speaks_of_a_report, takes_up
from bot.conversation.intake.reading import answers_in
from bot.conversation.intake.services import (
    A_SENTENCE,
    CATCH_ALL,
    PLAINLY,
    begins_anew,
    names_service,
    sure_service,
)
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.telling import insists
from bot.text.fold import fold

_ALSO = re.compile(
    r"\b(?:also|another|other|too|as well|plus|one more thing|tambien|tmb|tambn|otro|otra|otros|otras|ademas|aparte)\b"
)

# How something is spoken of that was not spoken of before.
_INTRODUCES = re.compile(
    r"^(?:(?:hi|hello|hey|hola|oye|ok|so|and|y|pues|btw|also|tambien) )*(?:there s|theres|there is|there are|there re|hay|"
    r"i (?:want|need|d like|would like) to report|quiero reportar|necesito reportar)\b"
)

_BY_THE_WAY = re.compile(
    r"^(?:oh and|oh also|and also|also theres|also there s|oh|btw|by the way|one more|por cierto|otra cosa|ah y|oiga y|oye y|y aparte)\b"
)
# That a report is to be made, in so many words.
_TO_REPORT = re.compile(
    r"\b(?:i|we) (?:want|need|d like|would like|have) to (?:report|file)\b|\b(?:quiero|quisiera|necesito|vengo a|quiero hacer un) (?:reportar|reporte)\b"
)

# That something else comes now: "another thing, ...", "ay otra cosita ...", "other problem the same stairs".
_ANNOUNCES = re.compile(
    r"^(?:(?:hi|hello|hey|oh|ah|ay|oye|oiga|ok|okay|and|y|also|pues|thanks|thank you|gracias|sorry|perdon|disculpe|mire|mija|mijo|joven|i have|there is|there s|tengo) )*"
    r"(?:(?:another|one more|one other|other|a different|a second) (?:thing|problem|issue|matter)|one thing more|something else|otra cos(?:a|ita)|otro (?:asunto|problema|detalle)|una cos(?:a|ita) mas)\b"
)
SURELY = 0.75  # least confidence of another service where words were taken for an addition

# A report of theirs that is filed, as the place for these words: "add it to the report i made yesterday".
_FILED_BEFORE = re.compile(
    r"\b(?:add|put|attach|include|goes?|belongs?|agreg\w+|anad\w+|pon\w*|met[ae]\w*|sum[ae]\w*|va|es)\b(?: \w+){0,4}? "
    r"(?:(?:my|the|that|same) (?:other |earlier |last |previous |first |old |existing |same |original )?(?:report|request|ticket|case)|"
    r"(?:al|el|mi|ese|en el|del) (?:otro |mismo |primer |ultimo )?(?:reporte|caso|ticket)|the (?:other |same |first |last )?one(?= (?:that )?(?:i|we) )|(?:to|on|in) the (?:other|same|first|last|old|earlier) one\b|"
    r"(?:al|en el) (?:otro|mismo|primero|anterior)\b(?! (?:lado|dia))|al(?= que ))"
    r"(?P<which>(?: (?:that )?(?:i|we) (?:already )?(?:made|sent|filed|did|put in|gave)| from (?:yesterday|before|last|the other)| already (?:sent|filed)|"
    r" que (?:ya )?(?:hice|mande|puse|envie|hicimos)| de (?:ayer|antes|la otra)| anterior| pasado| que ya)?)"
)
# That it is one they have sent: "it's the same one I already sent", "no lo mandes otra vez, ya hay uno".
_SENT_ALREADY = re.compile(
    r"\b(?:same (?:one|thing|report|issue) (?:that |as )?(?:i|we) (?:already |just )?(?:sent|reported|filed|told|made)|(?:don t|dont|do not) (?:send|file|report|submit) (?:it|this|that|another|one)(?: one)? (?:again|twice)|"
    r"(?:i|we) (?:already |just )(?:have |got |sent |filed |reported )(?:one|a report|a ticket)\b|(?:there s|there is) already (?:one|a report|a ticket)\b|"
    r"l[oa] mism[oa] que (?:ya |le |les )*(?:mande|reporte|envie|dije|puse|hice)|no l[oa] (?:mand|envi|report)\w+ (?:otra vez|de nuevo|dos veces)|ya (?:hay|tengo|tienen|hice|mande|esta) un[oa]?\b(?: reporte)?|ya l[oa] (?:mande|reporte|envie))\b"
)
# "Agréguele que hay un charco", "please add that it is slippery".
_ADD_THAT = re.compile(
    r"^(?:(?:ok|okay|pls|please|no esta|entonces|pues|y|and|also|oiga|oye|tambien|si|yes|no|but|pero|nomas|solo|just|mejor) )*"
    r"(?:(?:add|note)(?: (?:to|on|in) (?:the|my|that) (?:\w+ ){0,2}?(?:one|report)?)? ?that|"
    r"(?:agreg|anad|pon|apunt|anot)\w*les? (?:(?:a la|ala|al|a el|en la|en el|a ese|a esa|a lo de la|a lo del) \w+ )?(?:que|q|lo de|lo del))\b"
)
# "... since january. add that pls", "ceiling mold, add to it", "agréguelo".
_ADD_IT = re.compile(
    r"\b(?:add|put|include|attach) (?:(?:this|that|it|these|those) (?:too|also|as well|in|on|there|to (?:it|that|this|mine|the \w+))|(?:to|in) (?:it|that|mine)|(?:this|that|it|those))(?: (?:pls|plz|please|too|as well|thanks|ty))*$|"
    r"\b(?:agreg|anad|pon|apunt|anot|sum|inclu)\w*(?:l[oa]s?|me(?:l[oa]s?)?)(?: (?:al? (?:mismo|reporte|mio)|ahi|alli|tambien|mismo|nomas|porfa|por favor|gracias))*$"
)
# "Can you also note they come at 5:45 am?", "¿puede anotar que es de noche?": a wish in the form of a question.
_ASKS_TO_NOTE = re.compile(
    r"\b(?:can|could|would|will) (?:you|u|ya)(?: (?:please|pls|plz|also|maybe|just))* "
    r"(?:note|add|mention|include|specify|point out|make a note|write (?:down|in)|put (?:in|down)|tell them|let them know)\b|"
    r"\b(?:puede|podria|pueden|podrian|podemos)(?: (?:por favor|porfa|tambien))* "
    r"(?:(?:anot|apunt|agreg|anad|mencion|inclu|pon)\w*|(?:dec|avis)irles?|avisarles?)\b"
)
# "Ok update, it's tuesdays and SATURDAYS": news of what was told, and no matter of its own.
_UPDATES_IT = re.compile(
    r"^(?:(?:ok|okay|hi|hello|hey|hola|oye|oiga|so|and|y|un|una|an|a|quick|small|sorry|perdon) )*(?:update|correction|actualizacion|correccion)\b(?! (?:me|on|about|please|pls|yet|sobre|de)\b)(?: \w+){2}"
)
_OTHER = re.compile(
    r"\b(?:other|earlier|last|previous|first|old|existing|same|original|otro|mismo|primer|ultimo)\b"
)


def filed_before(setting: Setting) -> OwnRequest | None:
    """The request of theirs that words ask to be added to, though a report is in the making or none was talked of."""
    words = fold(setting.turn.text)
    numbered = named_by_number(setting)
    if numbered is not None and "?" not in setting.turn.text and not wants_to_report(setting.turn.text):
        return numbered  # "just add the rats to SM-7K3R9P", "SM-7K3R9P ese mismo"
    found = _FILED_BEFORE.search(words) if setting.own else None
    if _SENT_ALREADY.search(words):
        going_on = [one for one in setting.own if one.status in ACTIVE]
        return named_by_matter(setting.turn.text, setting) or (going_on[0] if len(going_on) == 1 else None)
    parts = (fold(part) for part in re.split(r"[.!?;,\n]+", setting.turn.text))
    adds = (
        ("?" not in setting.turn.text and _UPDATES_IT.search(words))
        or _ADD_IT.search(words)
        or _ADD_THAT.search(words)
        or any(_ADD_IT.search(part) for part in parts)
    )
    if found is None and adds and setting.own and setting.own[0].status in ACTIVE:
        return named_by_number(setting) or setting.own[0]
    if found is None and speaks_of_a_report(setting.turn.text):
        return _spoken_of(setting)
    if found is None or not (found["which"] or _OTHER.search(found.group())):
        return None
    return named_by_number(setting) or named_by_matter(setting.turn.text, setting) or setting.own[0]


def _spoken_of(setting: Setting) -> OwnRequest | None:
    """The open request of theirs that is spoken of by what it is, as one that is there."""
    text = setting.turn.text
    if wants_to_report(text) or begins_anew(text):
        return None
    named = named_by_matter(text, setting)
    return named if named is not None and named.status in ACTIVE else None


def asks_to_note(text: str) -> bool:
    """Whether a question only asks that something be written into the report. Reads any text, never raises."""
    return _ASKS_TO_NOTE.search(fold(text)) is not None


def introduces(text: str) -> bool:
    """Whether words tell of something not spoken of before: "there's a ...", "hay un ...". Reads any text, never raises."""
    return _INTRODUCES.search(fold(text)) is not None


def says_also(text: str) -> bool:
    """Whether words tell of one more thing: "also", "otra cosa". Reads any text, never raises."""
    return _ALSO.search(fold(text)) is not None


def announces_another(reference: str, service: str, setting: Setting) -> bool:
    """Whether words say that something else comes now, and go on with nothing that was told before: "otra cosita, el foco ..."."""
    words = fold(setting.turn.text)
    found = _ANNOUNCES.search(words)
    if found is None or len(words[found.end() :].split()) < LEAST_TOLD:
        return False
    return not takes_up(words[found.end() :].strip(), reference, service, setting, told_only=True)


LEAST_TOLD = 3  # words of one more thing


def wants_to_report(text: str) -> bool:
    """Whether words say that they begin a report: "i want to report a pothole". Reads any text, never raises."""
    return _TO_REPORT.search(fold(text)) is not None


def belongs(reference: str, service: str, setting: Setting, *, wanted: bool) -> bool:
    """Whether the words are about the request, not clearly about another matter.

    `wanted`: we have just asked for words about it, so that only another matter by its name is one.
    """
    turn = setting.turn
    if (
        begins_anew(turn.text)
        or announces_another(reference, service, setting)
        or _is_surely_another(service, setting)
    ):
        return False
    found = setting.places.locate(turn.text, setting.language)
    placed = found.outcome is not ResolutionOutcome.UNKNOWN
    elsewhere = found.location is not None and not is_its_place(found.location, reference, setting)
    other = sure_service(turn, setting) not in (None, CATCH_ALL, service)
    another = _names_another(service, setting)
    introduced = _INTRODUCES.search(fold(turn.text)) is not None
    also = _ALSO.search(fold(turn.text)) is not None
    heard_another = turn.intent == "another"
    if (introduced or also or heard_another) and names_another_thing(reference, service, setting):
        return False  # "also the bike rack there", of scooters
    surely = max((guess.confidence for guess in turn.guesses), default=0.0) >= PLAINLY
    if also and other and surely and (another or heard_another) and not insists(turn.text):
        return False  # "also someone tagged the barrier last night", of the barrier itself
    taken_up = not (heard_another and also) and takes_up(
        turn.text, reference, service, setting, told_only=heard_another
    )
    if insists(turn.text) and not elsewhere:
        return True  # the same in other words
    if wanted:
        if other and (introduced or heard_another) and not taken_up:
            return False
        if another and not taken_up:
            return turn.intent != "report" and not (placed or also)
        return not (also and (heard_another or elsewhere)) and not (elsewhere and another)
    if taken_up:
        return not elsewhere or turn.intent == "give_place"
    if _BEGINS_NO.match(fold(turn.text)) and not (also or introduced or placed):
        # "No hay que hallar ningún bus, es el letrero de la parada el que falta": what we said of it is put right.
        puts_right = turn.replies.get("correct", 0.0)
        if puts_right >= CORRECTS and puts_right >= turn.replies.get("another", 0.0):
            return True
    if heard_another or introduced or elsewhere or (placed and also):
        return False
    if turn.intent == "give_place":
        return not another
    return not other


SOUNDS_LIKE_ANOTHER = 0.5  # least chance of a reply that tells of one more thing


def _is_surely_another(service: str, setting: Setting) -> bool:
    """Whether words are almost surely of another service and sound like one more matter, whatever known thing they say it is by:
    "the lamp over that same door is burnt out"."""
    turn = setting.turn
    best = turn.guesses[0] if turn.guesses else None
    if best is None or best.code in (CATCH_ALL, service) or best.confidence < PLAINLY or insists(turn.text):
        return False
    said = turn.intent in ("report", "another") and len(turn.text.split()) >= A_SENTENCE
    return said and turn.replies.get("another", 0.0) >= SOUNDS_LIKE_ANOTHER


_BEGINS_NO = re.compile(r"(?:no|nope|not|nah)\b")
CORRECTS = 0.3  # least chance of a reply that puts right what was said before


def is_told_apart(service: str, setting: Setting) -> bool:
    """Whether words behind an answer tell of another matter: another service with a place of its own, or named with an "also"."""
    text = setting.turn.text
    if begins_anew(text) or wants_to_report(text):
        return True
    placed = setting.places.locate(text, setting.language).outcome is ResolutionOutcome.RESOLVED
    introduced = _INTRODUCES.search(fold(text)) or _ALSO.search(fold(text)) or _BY_THE_WAY.search(fold(text))
    other = sure_service(setting.turn, setting) not in (None, CATCH_ALL, service)
    if other and _BY_THE_WAY.search(fold(text)):
        return True
    return other and (placed or (introduced is not None and _names_another(service, setting)))


# That it stands apart, said of what comes behind it: "but what about the sewer", "no, the elevator is separate", "y lo del cambiador".
_APART = re.compile(
    r"\b(?:what about|how about|and the|but the|separate|seperate|has nothing to do|nothing to do with|y (?:lo|el|la|los|las|que hay)(?: del?)? \w+|pero (?:el|la|los|las|lo de)|"
    r"aparte|nada que ver|otro reporte|another report|(?:a )?different (?:one|report|thing))\b"
)


def tells_of_its_own(service: str, setting: Setting) -> bool:
    """Whether words that may be an addition surely tell of another service, and set it apart: then they are added to nothing."""
    turn = setting.turn
    code = sure_service(turn, setting)
    best = max((guess.confidence for guess in turn.guesses), default=0.0)
    if code in (None, CATCH_ALL, service) or best < SURELY or insists(turn.text):
        return False
    words = fold(turn.text)
    marks = any(pattern.search(words) for pattern in (_APART, _ALSO, _INTRODUCES))
    named = names_service(turn.text, code or "", setting) or best >= PLAINLY
    return (marks or wants_to_report(turn.text)) and named


def is_another_matter(reference: str, service: str, setting: Setting) -> bool:
    """Whether words tell of another matter, where anything may have been asked: a word that names one is not enough."""
    turn = setting.turn
    if begins_anew(turn.text) or wants_to_report(turn.text):
        return True
    if not _names_another(service, setting):
        return False
    return not belongs(reference, service, setting, wanted=False) and (
        setting.places.locate(turn.text, setting.language).outcome is ResolutionOutcome.RESOLVED
    )


def is_its_place(place: Location, reference: str, setting: Setting) -> bool:
    request = setting.own_request(reference)
    return request is not None and fold(place.name) == fold(request.place)


def is_another_elsewhere(reference: str, service: str, setting: Setting) -> bool:
    """Whether a sentence tells of another service, at another place: "a big branch hangs down at Arizona and 4th"."""
    turn = setting.turn
    likeliest = turn.guesses[0] if turn.guesses else None
    if likeliest is None or likeliest.code in (CATCH_ALL, service) or likeliest.confidence < SURELY:
        return False
    found = setting.places.locate(turn.text, setting.language)
    elsewhere = found.location is not None and not is_its_place(found.location, reference, setting)
    return elsewhere and len(turn.text.split()) >= A_SENTENCE


def names_another_thing(reference: str, service: str, setting: Setting) -> bool:
    """Whether another thing of the same service is named, one that has a name of its own: the bike rack, where scooters were told."""
    request, catalogued = setting.own_request(reference), setting.service(service)
    if request is None or catalogued is None:
        return False
    of_its_own = tuple(
        question
        for question in catalogued.questions
        if any(choice.short is not None for choice in question.choices)
    )
    told, now = answers_in(request.told, of_its_own), answers_in(setting.turn.text, of_its_own)
    return any(code in told and told[code] != choice for code, choice in now.items())


def _names_another(service: str, setting: Setting) -> bool:
    """Whether another service is surely meant, and named."""
    code = sure_service(setting.turn, setting)
    return code not in (None, CATCH_ALL, service) and names_service(setting.turn.text, code or "", setting)
