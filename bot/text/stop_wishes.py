"""Wishes to get no more texts, or to get them again, in people's own words, English and Spanish.

Since April 2025 any reasonable wording of a wish to stop counts in the United States (47 CFR 64.1200(a)(10)), not only
the carriers' words. What must not be taken for one: a stop sign, a bus stop, leaf blowers that should stop, "they won't
stop", somebody else who texts. So a wish names what is to stop (texts) and whom (me), or is nothing but the word.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.text.fold import fold
from bot.text.own_words import own_words


class Wish(StrEnum):
    STOP = "stop"
    START = "start"


# Nobody who wants to hear no more writes a page about it; in a long report such words are somebody else's.
MOST_WORDS = 40

# What is said around a word without changing it.
_COURTESY = (
    r"please|pls|plz|plss|plis|now|ok|okay|hey|hi|hello|thanks|thank you|thx|ty|just|already|asap|immediately|right now|"
    r"i said|i say|sir|maam|guys|everyone|bot|the|city of \w+(?: \w+)?|for good|forever|"
    r"por favor|porfa|porfavor|x favor|xfa|gracias|ya|oigan|oye|hola|ahora|ahorita|de una vez|les pido|te pido|quiero"
)
_ALONE = re.compile(
    rf"^(?:(?:{_COURTESY})\s+)*(?:"
    # English
    r"(?:stop|stopp|sotp|stpo|stopall|stop all|stop everything|all stop)(?: stop| stopp| all)*|"
    r"unsubscribe(?: me| all)?|(?:i (?:want|would like|wish|d like) to |let me |i m |im )?opt(?:ing)? ?(?:me )?out(?: me)?|"
    r"(?:end|cancel|no|stop) (?:all )?(?:texts|messages|msgs|updates|alerts)|no more|leave me alone|i revoke (?:my )?consent|revoke consent|"
    # Spanish
    r"alto|alto a (?:los |sus )?(?:mensajes|textos)|parar|paren|para|pare|basta|no mas|baja|desuscribir(?:me|se)?|desuscribeme|"
    r"darse de baja|darme de baja|dar de baja|denme de baja|deme de baja|dame de baja|cancelar (?:la |mi )?suscripcion|"
    r"dejen?me en paz|dejen de molestar(?:me)?|deja de molestar(?:me)?|no molesten?|no molestar"
    rf")(?:\s+(?:{_COURTESY}))*$"
)

_COURTESIES = re.compile(rf"\b(?:{_COURTESY})\b")

_TEXTS = r"(?:texts?|txts?|text messages?|messages?|msgs?|mssgs?|sms|smses|updates?|alerts?|notifications?|spam|reminders)"
_THESE = r"(?:(?:me|us|my (?:phone|number|cell)|this (?:phone|number)|all|any|more|any more|the|these|those|this|your|of|further|stupid|annoying|damn|so many|automated) )*"
_ME = r"(?:me|us|my (?:phone|number|cell)|this (?:phone|number))"
_TO_WRITE = (
    r"(?:text|txt|message|msg|messege|contact|bother|spam|notify|write(?: to)?|bug|harass|ping|update)"
)
_WRITING = (
    r"(?:texting|txting|txtng|texing|testing|messaging|messageing|msging|massaging|contacting|bothering|spamming|notifying|"
    r"writing(?: to)?|bugging|harassing|pinging|updating|blowing up)"
)
_STOP = r"(?:stop|stopp|sotp|stpo|quit|cease|halt|discontinue|end|cancel|knock off|enough with|enough of|done with)"
_NOT = r"(?:do not|don t|dont|dnt|do nt|never|not|no longer)"
_WANT = r"(?:want|wanna|need|wish|care|like)(?: to)?(?: (?:get|receive|have|see|hear))?"

_STOPS = tuple(
    re.compile(rf"\b(?:{pattern})\b")
    for pattern in (
        rf"{_STOP} {_WRITING} {_ME}",
        rf"{_STOP} (?:sending|send|with) {_THESE}{_TEXTS}(?! (?:to|at|on|for|board|sign)\b)",
        rf"{_STOP} (?:all |these |those |your |the |my |any ){{1,2}}(?:text messages|texts|txts|messages|msgs|sms)(?! (?:at|on|board|sign)\b)",
        r"stop (?:it|this) with the (?:texts|messages)",
        rf"(?:{_NOT}) (?:ever )?{_TO_WRITE} {_ME}(?: (?:about|with) (?:this|it|that))?(?: (?:anymore|any more|again|ever|ever again|back|no more|please|pls|plz|ok|thanks|at all))*$",
        rf"(?:{_NOT}) (?:ever )?send (?:me |us )(?:any |any more |more |no more |these |anymore |no |your )*{_TEXTS}",
        rf"(?:{_NOT}) {_WANT} (?:any |any more |more |no more |these |your |the |to get |anymore )*{_TEXTS}(?! (?:to|at|board|sign)\b)",
        rf"(?:{_NOT}) {_WANT} hear from you(?: guys)?|(?:{_NOT}) want to hear from (?:you|the city)|(?:{_NOT}) want to be (?:texted|contacted|messaged)",
        rf"no more (?:of )?(?:these |those |your |the )?{_TEXTS}(?! (?:board|sign|on|at)\b)|no (?:texts|messages) (?:please|pls|anymore|any more)|enough (?:with the |of the |of these )?(?:texts|messages|texting|spam)",
        r"(?:take|get|remove|delete|drop|erase) (?:me|my (?:name|(?:phone |cell )?number|phone)|this (?:phone )?number|us)(?: off| out| from)*(?: of| from)? (?:this|the|your|ur|any|all|these|ur)(?: \w+)? ?(?:lists?|texts?|messages|thread|chat|database|system|txt|notifications|alerts|sms|distribution)",
        r"(?:take|get) me off(?: (?:this|of this|here|please))*$|remove me(?: please)?$|(?:remove|delete|lose|erase|forget) (?:my|this) (?:phone |cell )?number|take my (?:phone |cell )?number off|remove my name",
        r"unsubscribe(?! (?:from|to) (?:the |your |this |my )?(?:\w+ )?(?:newsletter|e ?mails?|magazine|mail))|unsuscribe|unsubcribe|unsubscrib",
        rf"opt(?:ing|ed)? (?:me )?out(?: of| from)? (?:these|this|the|your|all|any|getting|receiving)? ?(?:more )?(?:{_TEXTS}|service|list|program$)|(?:want|like|wish|need|how do i|how to|please|pls) (?:to )?opt (?:me )?out$|how (?:do|can) i opt out",
        r"leave me alone|lose my number",
        # Spanish
        r"(?:ya )?no me (?:mand|envi|escrib|text|contact|molest|avis|notifi|lleg)\w* (?:mas|ya|nada|nada mas)$|"
        r"(?:ya )?no (?:me|nos) (?:sigan? |vuelvan? a )?(?:mand|envi)\w* (?:mas |ya |tantos |sus |esos |estos |los |ningun |otro |otros )*(?:mensajes?|textos?|msj\w*|msg\w*|sms|avisos?|notificacion\w*|alertas?)",
        r"ya no (?:me|nos) (?:sigan? )?(?:escrib|text|contact|molest|mensaje|manden|mandes|mande)\w*(?: (?:por favor|porfa|gracias|mas|a este numero|aqui|nada))*$|"
        r"no (?:me|nos) (?:vuelvan? a |sigan? )?(?:escrib|text|contact|molest|mensaje)\w*(?: (?:mas|por favor|porfa|gracias|a este numero|ya|nunca))*$",
        r"(?:ya )?no quiero (?:recibir |que me (?:manden|mandes|envien|envies) |ver |tener )?(?:mas |ya |sus |estos |esos |tantos |ningun )*(?:mensajes?|textos?|msj\w*|sms|avisos|notificaciones|alertas)|"
        r"(?:ya )?no quiero que me (?:escrib|contact|molest|text|mand|avis)\w*(?: (?:mas|nada|por favor))*$",
        r"(?:dejen?|deje|deja|dejar|paren?|para|parar) (?:ya )?de (?:estar )?(?:mandarme|enviarme|escribirme|textearme|mensajearme|contactarme|molestarme|mandar\w*|enviar\w*) ?(?:mas |tantos |sus |esos |estos |los )*(?:mensajes?|textos?|msj\w*|sms|avisos|notificaciones|alertas)",
        r"(?:dejen?|deje|deja|dejar|paren?|pare|para) (?:ya )?de (?:escribirme|textearme|mensajearme|contactarme|molestarme|mandarme cosas|estarme molestando)",
        r"(?:paren|pare|para|basta|alto|no mas|ya no mas|ni un|cero|basta ya) (?:con |de |a )?(?:los |sus |estos |esos |tantos |mas )*(?:mensajes?|textos|msjs?|sms|mensajitos)",
        r"(?:quiten|quite|quita|saquen|saque|saca|borren|borre|borra|eliminen|elimine|elimina)(?:me|nme)?(?: a)?(?: mi)?(?: \w+)? ?(?:de (?:la|su|tu|esta|esa) lista|mi numero|mi telefono|mi celular|este numero|de los mensajes)",
        r"(?:dar|dar[ms]e|denme|deme|dame|darnos|den) de baja(?: (?:de|a) (?:los |la |sus |estos |mi |este |esta )?(?:mensajes|lista|textos|avisos|numero|servicio de mensajes|esto|aqui|notificaciones|alertas))?(?: (?:por favor|porfa|gracias|ya))*$",
        r"(?:quiero|deseo|como|puedo|necesito) (?:me )?(?:cancelo|cancelar|dejar de recibir|parar) (?:la |mi |estos |los |sus )*(?:suscripcion|mensajes|textos|avisos)|dejar de recibir (?:sus |estos |los )?(?:mensajes|textos|avisos)|desuscrib\w+",
        r"dejen?me en paz|deja(?:me)? en paz",
    )
)

# Who does the stopping or texting in these is somebody else, or it is asked for rather than refused.
_NOT_OURS = re.compile(
    r"\b(?:they|he|she|it|drivers?|people|neighbors?|kids|someone|somebody|ex|landlord|scammers?)(?: \w+){0,3} (?:stop|quit|texting|messaging|texts|sending)\b|"
    r"\b(?:tell|ask|get|make|order|force|want) (?:him|her|them|it|my \w+|the \w+|someone|people|drivers)(?: \w+)? to (?:stop|quit|cease)\b|"
    r"\b(?:dont|don t|do not|never|didnt|didn t|not|no need to|wont|won t|why did you|why d you|did you|why have you|if you|when you) (?:stop|stopped|quit|unsubscribe|opt)\b|\byou stopped\b|"
    r"\b(?:why|when) (?:did|do|have|are) (?:you|they)\b|\b(?:while|texting and) driving\b|"
    # a limit is no stop
    r"\b(?:texts?|texting|messages?|messaging|me) (?:so (?:early|late|much)|at night|at \d|after \d|before \d|during|until|till|before|after|on (?:sundays?|weekends?)|in the (?:middle|morning|evening)|while|when i)\b|"
    r"\b(?:en espanol|in english|en ingles|in spanish)\b|\b(?:no|nunca) (?:dejen|dejes|deje|paren|pares) de\b|"
    r"\b(?:digan?le|dile|diganles|que (?:el|ella|ellos|mi \w+|los \w+)) (?:que )?(?:deje|dejen|pare|paren)\b|\b(?:por la noche|de noche|tan tarde|tan temprano|de madrugada|los domingos)\b|"
    r"\b(?:newsletter|boletin|correos?|e ?mails?)\b"
)

_STARTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?:(?:{_COURTESY}|yes|si|yeah)\s+)*(?:start|start all|restart|unstop|un stop|resume|resubscribe|subscribe|re subscribe|opt (?:me )?(?:back )?in|optin|"
        rf"comenzar|iniciar|empezar|reanudar|reactivar|reiniciar|suscribir(?:me|se)?|alta|(?:dar|dar[ms]e|denme|dame) de alta)(?:\s+(?:{_COURTESY}))*$",
        rf"\b(?:start|resume|restart|begin|continue|keep) (?:sending |getting |receiving )?(?:{_WRITING} {_ME}|{_THESE}{_TEXTS})\b",
        rf"\b(?:text|message|msg|update|write) me again\b|\bsend me (?:the |your |those |more )?{_TEXTS}(?: again)?\b|\bturn (?:the |my )?{_TEXTS} (?:back )?on\b",
        rf"\bi (?:do |d like|would like|want|wanna)(?: want)?(?: to)? ?(?:get |receive |have )?(?:the |your |my |those |more )?{_TEXTS}\b|\bi want (?:the |your )?{_TEXTS} (?:back|again)\b",
        r"\b(?:opt|sign|put|add) me (?:back )?(?:in|up|on)\b|\bput me back on\b|\bopt (?:back )?in\b|\b(?:re ?)?subscribe me\b",
        r"^(?:si )?(?:ya )?quiero (?:otra vez |de nuevo |volver a )?(?:recibir |tener )?(?:otra vez )?(?:los |sus |mas )?(?:mensajes|textos|avisos|notificaciones|alertas)\b",
        r"\b(?:vuelvan?|vuelve) a (?:mandarme|enviarme|escribirme|avisarme|textearme)\b|\bvolver a recibir\b",
        r"\b(?:mandenme|mandame|envienme|enviame|manden|envien) (?:otra vez |de nuevo )?(?:los |sus |mas )?(?:mensajes|textos|avisos)\b|\b(?:escribanme|escribeme|avisenme|avisame) (?:otra vez|de nuevo)\b",
    )
)
_NEGATED = re.compile(r"\b(?:dont|don t|do not|didnt|not|never|no|nunca|tampoco|stop|quit)\b")

# "-- ", "Sent from my iPhone", "Enviado desde mi iPhone", "- Maria": what phones and people put below their words.
_SIGNED = re.compile(
    r"^\s*(?:--|__|—|–|-\s*\w|sent (?:from|via|with|by)\b|get outlook\b|enviado (?:desde|por|con)\b|mandado desde\b|>|<|\*|~)",
    re.IGNORECASE,
)
_NAME = re.compile(r"^\s*(?:[^\W\d_][\w.'’-]*\s*,?\s*){1,3}$")


def wish_in(text: str) -> Wish | None:
    """The wish that the words state clearly, or None. "START" words count as a wish whatever was before."""
    words = _spelled(fold(text))
    if not words or len(words.split()) > MOST_WORDS:
        return None
    if _ALONE.match(words) or _is_signed_word(text):
        return Wish.STOP
    if _NOT_OURS.search(words) is None and any(pattern.search(words) for pattern in _STOPS):
        return Wish.STOP
    if _NEGATED.search(words) is None and any(pattern.search(words) for pattern in _STARTS):
        return Wish.START
    return None


def says_more(text: str) -> bool:
    """Whether a wish to stop says anything beside the wish and courtesy: "leave me alone i want to die"."""
    words = _spelled(fold(own_words(text)))
    if _ALONE.match(words):
        return False
    for pattern in _STOPS:
        words = pattern.sub(" ", words)
    return bool(_COURTESIES.sub(" ", words).strip())


def _is_signed_word(text: str) -> bool:
    """Whether a stop word stands alone in its line, and what follows is a signature."""
    first, *rest = [line for line in text.splitlines() if line.strip()] or [""]
    if not rest:  # "STOP - Maria", "STOP. Sent from my iPhone"
        head, mark, tail = _split_at_mark(text)
        first, rest = (head, [mark + tail]) if mark else (first, [])
    if not rest or not _ALONE.match(_spelled(fold(first))):
        return False
    # A name has a capital: "Stop\nSign down" has one too, but a sign is no name.
    return all(_SIGNED.match(line) or _is_name(line) for line in rest)


def _split_at_mark(text: str) -> tuple[str, str, str]:
    found = re.search(r"\s-{1,2}\s*(?=\S)|[.,!]\s+(?=sent\b|enviado\b|get outlook\b)", text, re.IGNORECASE)
    return (text[: found.start()], "- ", text[found.end() :]) if found else (text, "", "")


_THINGS = re.compile(
    r"\b(?:sign|signs|light|lights|blowers?|bus|street|st|ave|blvd|noise|trucks?|cars?|line|lines|bar|the|at|on|in|and|down|knocked|missing|senal|letrero|poste|calle|en|el|la)\b"
)


def _is_name(line: str) -> bool:
    return bool(_NAME.match(line)) and line.strip()[:1].isupper() and _THINGS.search(fold(line)) is None


# Words of such wishes that phones and thumbs misspell, mended where a slip of one letter cannot be another word.
_SLIPS = {
    "unsubscribe": ("unsuscribe", "unsubcribe", "unsubscrib", "unsubsribe", "unsubscibe", "unsubscrive", "unsubscribed"),
    "texting": ("texing", "texitng", "textin", "txting", "txtng", "tesxting", "texring", "textting"),
    "messages": ("mesages", "messeges", "messges", "mesagges", "massages", "messags"),
    "messaging": ("mesaging", "messageing", "messeging", "masaging"),
    "stop": ("sotp", "stpo", "tsop", "stopp", "sttop"),
    "mensajes": ("mensages", "mensjes", "mesajes", "menajes", "mensaje", "mensajs", "mensaje s"),
    "manden": ("mandn", "mandem", "nanden", "mandenm"),
    "please": ("plese", "pleas", "pleease", "pls", "plz"),
    "dont": ("dnt", "donot"),
}  # fmt: skip
_MENDED = {slip: word for word, slips in _SLIPS.items() for slip in slips}


def _spelled(words: str) -> str:
    """Folded words with slips of the thumb mended."""
    return " ".join(_MENDED.get(token, token) for token in words.split())
