"""That nothing is to be reported: "nothing happened, I was only asking", "no quiero reportar nada, nomás preguntaba"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.city.location import ResolutionOutcome
from bot.conversation.intake import digressions
from bot.conversation.intake.belonging import introduces, wants_to_report
from bot.conversation.intake.services import begins_anew
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.text.fold import fold

# Said of reporting itself: nothing is reported, wherever it is.
_NO_REPORT = re.compile(
    r"\b(?:(?:i m|im|i am|we re|we are) not (?:trying to |here to )?report(?:ing)?|(?:don t|dont|do not) (?:want|need) to (?:report|file)|"
    r"(?:it s|its|this is|that s) not a (?:report|complaint)|no (?:quiero|queria|vengo a|estoy) report\w+|no es (?:un |ningun )?reporte(?! (?:nuevo|aparte|distinto))|"
    r"(?:there s |theres |there is )?nothings?(?: is| s)? wrong|no (?:new )?reports? (?:please|pls|needed|thanks|thx|just))\b(?! (?:with|but|except|another|anything else))"
)
_ONLY_ASKS = re.compile(
    r"\b(?:(?:only|just|simply) (?:asking|wondering|curious|checking|a question|had a question|have a question|wanted to (?:ask|know)|want to (?:ask|know)|"
    r"looking for (?:info\w*|the (?:\w+ )?(?:rules?|number|link|website|hours|schedule)))|"
    r"(?:nothing|not|don t have|dont have|do not have|haven t got|have nothing|have no)(?: \w+){0,3}? to report|nothing happened|"
    r"(?:not|no) (?:trying to |going to |here to )?(?:report|reporting|file|filing) (?:anything|something|a thing)|(?:don t|dont|do not) (?:want|need) to (?:report|file) (?:anything|something)|"
    r"(?:it s|its|it is|this is|that s|that is) not a (?:report|complaint)(?! (?:of|about|against))|(?:no es|no era) (?:un |ningun |una )?(?:reporte|queja)(?! (?:de|del|contra|sobre|por))|"
    r"(?:was|is|were) (?:just|only) (?:a |my )?(?:question|asking|curious)|(?:era|es|fue) (?:solo|nomas|no mas|nada mas|namas|solamente) (?:una )?(?:pregunta|duda)|"
    r"(?:solo|nomas|no mas|nada mas|namas|solamente) (?:era |es |fue |queria |quiero |estaba |estoy |tengo |tenia )?(?:una (?:pregunta|duda)|pregunt(?:ar|aba|ando|o)|saber)|"
    r"no (?:quiero|queria|vengo a|voy a|tengo que|tengo nada que|hay nada que) (?:reportar|quejarme)(?: de)?(?: nada)?|nada que reportar|no paso nada|no ha pasado nada)\b"
)


# Of one matter among others: "lo de la multa no mandes nada, ya yo les llamo", "the ticket thing was only a question".
_SENDS_NOTHING = re.compile(
    r"\b(?:no (?:me )?(?:mand|envi|report|hag|abr)\w*(?: nada| reporte| eso)\b|(?:don t|dont|do not) (?:send|file|report|open) (?:anything|that one|a report|one)|"
    r"ya (?:yo )?(?:les|le|los) (?:llamo|hablo|marco)|i ll (?:just )?(?:call|phone) (?:them|about it)|ill (?:just )?call them)\b"
)


def wants_nothing_sent(text: str) -> bool:
    """Whether words about a matter say that nothing is to be filed of it: it was only a question, or they see to it themselves."""
    words = fold(text)
    return _ONLY_ASKS.search(words) is not None or _SENDS_NOTHING.search(words) is not None


def says_no_report(text: str) -> bool:
    """Whether words say outright that nothing is reported: "nothing's wrong there". Reads any text, never raises."""
    return _NO_REPORT.search(fold(text)) is not None


def only_asks(setting: Setting) -> bool:
    """Whether words say that nothing is to be reported, and name no place where something is."""
    text = setting.turn.text
    if text and _NO_REPORT.search(fold(text)):
        return True
    if not text or _ONLY_ASKS.search(fold(text)) is None:
        return False
    return setting.places.locate(text, setting.language).outcome is not ResolutionOutcome.RESOLVED


def nothing_filed(setting: Setting) -> Say:
    """That nothing was filed; to who has a request that goes on, that it does."""
    going_on = next((own.reference for own in setting.own if own.status in ACTIVE), None)
    return (
        Say("utter_nothing_filed_besides", {"reference": going_on})
        if going_on
        else Say("utter_nothing_filed")
    )


def goes_on(setting: Setting) -> bool:
    """Whether words of who has said that they report nothing are one more question: they tell of nothing that is somewhere."""
    turn = setting.turn
    if not turn.text or turn.photos or turn.pin is not None or turn.choice is not None:
        return False
    if wants_to_report(turn.text) or begins_anew(turn.text) or introduces(turn.text):
        return False
    placed = setting.places.locate(turn.text, setting.language).outcome is ResolutionOutcome.RESOLVED
    return not placed and turn.intent in _MAY_ASK


# What a question of one who only asks is mistaken for.
_MAY_ASK = frozenset({*digressions.QUESTIONS, "report", "another", "out_of_scope", "add_to_request"})


def answered(setting: Setting) -> tuple[Say, ...]:
    """What is asked in such words, if it is; who knows, where we do not."""
    turn = setting.turn
    asked = turn.side.asked if turn.side is not None else turn
    if asked.intent in digressions.QUESTIONS:
        return digressions.answer(None, replace(setting, turn=asked))
    return (digressions.city_answer(setting),) if asks_something(turn.text) else ()


def asks_something(text: str) -> bool:
    """Whether words ask, with the sign of a question or by the form of a clause. Reads any text, never raises."""
    return "?" in text or any(_ASKS.match(fold(part)) for part in _PARTS.split(text))


_PARTS = re.compile(r"[.!?;,\n]+")
# A clause that asks without its sign: "a q hora es el ruido", "solo quiero saber dónde saco el permiso".
_ASKS = re.compile(
    r"(?:(?:and|but|so|y|pero|solo|nomas|just|i|only|quiero|quisiera|queria|want(?:ed)?|to|know|saber|wondering) )*"
    r"(?:what|who|when|where|which|how|can|could|do|does|(?:am|are|should|may) (?:i|we)|is there|are there|(?:a |de |en |por |hasta |desde )?(?:que|q|k)(?= (?:hora|dia|dias|numero|calle|oficina))|"
    r"cuando|donde|quien|cual|cuanto|cuanta|como|se puede|puedo|hay que)\b"
)


def asks_plainly(text: str) -> bool:
    """Whether a clause is put as a question, with its sign or without: "n do yall empty those on sundays", "dígame si me llega una multa".
    Reads any text, never raises."""
    return next(questions_in(text), None) is not None


def questions_in(text: str) -> Iterator[str]:
    """The clauses of a text that ask by their form, as they are written. Reads any text, never raises."""
    for sentence in _SENTENCES.findall(text):
        parts = [part for part in _JOINTS.split(sentence) if part.strip()]
        found = [number for number, part in enumerate(parts) if _PUT.match(fold(part))]
        if found:
            yield "".join(parts[found[0] :]).strip()
        elif "?" in sentence and re.search(r"\w", sentence):
            yield sentence.strip()


_SENTENCES = re.compile(r"[^.!?;\n]+[.!?;\n]*")
_JOINTS = re.compile(r"(?<=,)|(?=\s(?:and|n|but|so|y|pero)\s)")
_WHO = r"(?:i|you|u|ya|yall|we|they|it|he|she|that|this|these|those|there|anyone|anybody|someone|somebody|people|the city|my \w+)"
_PUT = re.compile(
    r"(?:(?:and|n|but|so|y|pero|also|oh|ok|okay|btw|by the way|oiga|oye|entonces|tambien|please|pls|porfa|(?:una|one|a|quick|otra|another) (?:quick )?(?:question|pregunta|duda)|i (?:was |am )?wonder\w*|i d like to know|quisiera saber|quiero saber) )*"
    r"(?:who(?:m|se)? (?:do|does|did|is|are|can|should|will|pays?|decides?|sees?|reads?|gets?|fixes|handles?|comes?|takes?|owns?|runs?|to)\b|"
    r"(?:what|when|where|why|which|how)(?: (?!(?:it|this|that|they|he|she|we|i|you|there|the)\b)\w+){0,2}? (?:do|does|did|is|are|s|can|should|will|would|much|many|long|often|soon|happens)\b(?! (?:the|it|they) (?:rain|wind)\w*)|"
    rf"(?:do|does|did|can|could|is|are|will|would|should|am|has|have) {_WHO}\b(?! need to know\b)|"
    rf"(?:tell me|let me know|can you tell me|do you know) (?:if|when|who|how|what|where|whether|why)\b|"
    r"(?:(?:mis?|el|la|los|las|lo del?|my|the) \w+ )?como (?:les?|l[oa]s?|me|se|puedo|hago) (?!dec|dij|dig|coment|mencion|indiq)\w+|"
    r"(?:a |de |con |en |para )?(?:quien(?:es)?|cuando|cuant[oa]s?|donde|cual(?:es)?|por que|que (?:dia|hora|tanto|pasa|hago|numero|oficina)|como (?:les?|l[oa]s?|me|se|puedo|hago|hacemos|hay))\b(?! (?:dec|dij|dig|coment|mencion|indiq|llueve|hace)\w*)|"
    r"(?:digame|dime|diganme|me (?:puede[ns]?|podria[ns]?) decir|me (?:dice[ns]?|avisa[ns]?)|sabe[ns]?(?: usted)?) (?:si|cuando|cuanto|quien|como|donde|que|cual|por que)\b|"
    r"(?:se puede|puedo|podemos|tengo que|hay que|voy a tener que|me (?:van|va) a|les? (?:van|va) a|alguien (?:puede|va|viene))\b)"
)
