"""Wishes of a resident about what we know of them: to have it deleted, or to be told what it is.

Only whole sentences count, so that a report ("the app lost my data", "delete my report", "remove the phone box") is never one.
Sentences beside it are given back: they are for the dialogue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.text.fold import fold


class EraseWish(StrEnum):
    DELETE = "delete"
    KNOW = "know"


class EraseAnswer(StrEnum):
    """What an answer to "reply ERASE to delete" is."""

    ERASE = "erase"
    KEEP = "keep"
    UNCLEAR = "unclear"  # a plain yes: the word that deletes is asked for again


@dataclass(frozen=True, slots=True)
class ReadWish:
    wish: EraseWish
    alone: bool  # nothing else was said


MAX_LENGTH = 1_000  # characters; a longer text tells a story

_KINDS_EN = r"data|info|information|details|records?|history|messages|texts|text messages|conversations?|chats?|profile|account"
_MINE_EN = (
    rf"(?:(?:all |any |all of )?(?:of )?(?:my|our) (?:(?:personal|private|stored|saved|phone|telephone|cell|mobile|chat|contact) )*"
    rf"(?:{_KINDS_EN}|(?:phone |cell |mobile |telephone )?number|name)"
    rf"(?: and (?:my )?(?:{_KINDS_EN}|(?:phone )?number|name|photos|pictures))*"
    rf"|(?:all |all of |any )?(?:the |of the |personal )*(?:{_KINDS_EN}) (?:that )?(?:you|u|the city) (?:have|has|keep|store|stored|saved|know|hold|got)"
    rf"(?: saved| stored)? (?:about|on|of|from) (?:me|us)"
    rf"|(?:everything|all|anything|whatever|what) (?:that )?(?:you|u|the city) (?:have|has|know|keep|store|stored|saved|got|hold)"
    rf"(?: saved| stored)?(?: (?:about|on|of|from) (?:me|us))"
    rf"|(?:everything|all data|all information|all info) (?:about|on|from) (?:me|us))"
)
_WHERE_EN = r"(?: from (?:your|the) (?:system|systems|records|database|files|servers?|books|computers?))?"
_DELETE_EN = (
    rf"(?:delete|erase|remove|wipe|destroy|clear|purge|get rid of|forget)(?: out)? {_MINE_EN}{_WHERE_EN}"
    rf"|(?:have|get|want) {_MINE_EN} (?:to be )?(?:deleted|erased|removed|wiped|destroyed)"
    rf"|forget (?:me|that i (?:ever )?(?:texted|wrote)(?: you)?)|erase me(?:{_WHERE_EN})|delete me from (?:your|the) (?:system|records|database)"
    rf"|(?:request|ask for|demand|want|exercise)(?: the| a| my)? (?:deletion|erasure|removal) of {_MINE_EN}"
    rf"|exercise my right to (?:deletion|erasure|delete|be forgotten)|(?:be forgotten)"
    rf"|(?:use|invoke) my right to be forgotten|ccpa deletion request|(?:gdpr|data) (?:deletion|erasure) request"
)
_LEAD_EN = (
    r"(?:(?:and|also|ok|okay|hi|hello|hey|so|then|now|just|please|pls|plz|kindly|could you|can you|can u|would you|will you|you must|you should|you need to"
    r"|i want you to|i want to|i d like you to|i would like you to|i d like to|i would like to|i need you to|i need to|how (?:do|can) i|how to|can i|could i|may i|i"
    r"|under (?:the )?(?:ccpa|gdpr|california law)|i hereby|hereby) )*"
)
_TAIL_EN = r"(?: (?:please|pls|plz|now|right now|immediately|asap|completely|for good|forever|today|thanks|thank you))*"
_KNOW_EN = (
    r"what (?:(?:all )?(?:data|info|information|details) )?(?:do|does|did) (?:you|u|the city|this bot|this number) (?:guys )?"
    r"(?:know|have|keep|store|save|collect|hold)(?: stored| saved)? (?:about|on|of) (?:me|us)"
    r"|what (?:personal )?(?:data|info|information) (?:of mine )?(?:do|does) (?:you|u|the city) (?:have|keep|store|save|collect)"
    r"|what (?:data|info|information) (?:have|has) (?:you|u|the city) (?:got |stored |saved |collected )?(?:about|on) me"
    r"|(?:do|does|will|did) (?:you|u|the city) (?:guys )?(?:keep|store|save|record|have|collect|share|sell) (?:my|our) "
    r"(?:(?:phone |cell |telephone )?number|name|data|info|information|texts|messages|personal (?:data|info|information))"
    r"|(?:is|are) my (?:phone |cell )?(?:number|name|data|info|information|texts|messages) (?:kept|stored|saved|private|shared|recorded|public)"
    r"|what happens (?:to|with) my (?:phone |personal )?(?:number|data|info|information|texts|messages)"
    r"|(?:show|tell|send|give) me (?:all )?(?:the )?(?:data|info|information|everything|what) (?:that )?(?:you|u) (?:have|know|keep|store)(?: stored| saved)? (?:about|on) me"
    r"|who (?:can see|sees|reads) my (?:(?:phone )?number|data|info|information|texts|messages)"
)

_KINDS_ES = (
    r"datos|informacion|info|historial|mensajes|textos|conversacion|conversaciones|perfil|cuenta|registros"
)
_MINE_ES = (
    rf"(?:(?:todos |todas |toda |todo )?(?:mis|mi|nuestros) (?:{_KINDS_ES}|numero(?: de (?:telefono|celular))?|telefono|celular|nombre)"
    rf"(?: (?:personales|personal|privados))?(?: y (?:mi |mis )?(?:{_KINDS_ES}|numero|nombre|fotos))*"
    rf"|(?:todo )?(?:lo|todo) que (?:tienes|tienen|tiene|saben|sabes|sabe|guardan|guardas|guarda|hay)(?: guardado)? (?:de mi|sobre mi|mio)"
    rf"|(?:toda |todos )?(?:la|los|las) (?:{_KINDS_ES}) (?:personales )?que (?:tienes|tienen|tiene|guardan|guardas)(?: guardad[ao]s?)? (?:de mi|sobre mi|mios|mia)"
    rf"|todo (?:sobre|de) mi)"
)
_DELETE_ES = (
    rf"(?:borra|borre|borren|borrar|elimina|elimine|eliminen|eliminar|quita|quiten|quite|suprime|suprima|suprimir|destruye|destruyan|olvida|olviden|olvide)"
    rf" {_MINE_ES}(?: de (?:su|tu|el|la|los) (?:sistema|sistemas|base de datos|registros|archivos))?"
    rf"|(?:que )?(?:me )?(?:borren|borres|eliminen|elimines) {_MINE_ES}"
    rf"|(?:borrenme|borrame|eliminenme|eliminame) (?:de (?:su|tu|el|la) (?:sistema|base de datos|registros?))"
    rf"|(?:olvidenme|olvidame|olvidense de mi|olvidate de mi)"
    rf"|(?:pedir|solicitar|solicito|pido|exijo) (?:la |el )?(?:eliminacion|borrado|supresion) de {_MINE_ES}"
    rf"|ejercer mi derecho al olvido"
)
_LEAD_ES = (
    r"(?:(?:y|tambien|ok|hola|bueno|pues|ya|ahora|por favor|porfavor|porfa|puedes|pueden|puede|podrias|podrian|quiero|quisiera|necesito|quiero que|me gustaria"
    r"|como puedo|como|puedo|favor de|deben|tienen que) )*"
)
_TAIL_ES = r"(?: (?:por favor|porfavor|porfa|ya|ahora|ahora mismo|completamente|para siempre|gracias|hoy))*"
_KNOW_ES = (
    r"que (?:datos |informacion |info |cosas )?(?:(?:mios|mia|personales) )?(?:sabes|saben|sabe|tienes|tienen|tiene|guardas|guardan|guarda)"
    r"(?: guardad[ao]s?)?(?: (?:ustedes|la ciudad))? (?:de|sobre) mi"
    r"|que (?:datos|informacion) (?:mios |mia |personales )?(?:guardan|guardas|tienen|tienes|recopilan)"
    r"|(?:guardan|guardas|guarda|tienen|tienes|comparten|compartes|venden) (?:mi|mis) (?:numero(?: de (?:telefono|celular))?|telefono|nombre|datos(?: personales)?|informacion|mensajes|textos)"
    r"|que (?:pasa|hacen|haces) con (?:mi|mis) (?:numero(?: de telefono)?|telefono|datos(?: personales)?|informacion|mensajes)"
    r"|(?:dime|digan|diganme|muestrame) (?:que|lo que|todo lo que) (?:sabes|saben|tienes|tienen) (?:de|sobre) mi"
    r"|quien (?:ve|puede ver|lee) (?:mi|mis) (?:numero|datos|informacion|mensajes)"
)

_WISHES = (
    (EraseWish.DELETE, re.compile(rf"{_LEAD_EN}(?:{_DELETE_EN}){_TAIL_EN}")),
    (EraseWish.DELETE, re.compile(rf"{_LEAD_ES}(?:{_DELETE_ES}){_TAIL_ES}")),
    (EraseWish.KNOW, re.compile(rf"{_LEAD_EN}(?:{_KNOW_EN}){_TAIL_EN}")),
    (EraseWish.KNOW, re.compile(rf"{_LEAD_ES}(?:{_KNOW_ES}){_TAIL_ES}")),
)
_SENTENCE_END = re.compile(r"[.!?;\n¡¿,]+(?:\s+|$)|\n+")
_COURTESY = re.compile(
    r"(?:hi|hello|hey|please|pls|thanks|thank you|ok|okay|yes|bye|sent from my \w+(?: \w+)?"
    r"|hola|por favor|gracias|buenos dias|buenas tardes|buenas|adios|enviado desde mi \w+)?"
)

_ERASE = frozenset(
    {"erase", "borrar", "erase it", "erase all", "erase everything", "borralo", "borrar todo", "borra"}
)
_KEEP = frozenset(
    {
        "no",
        "nope",
        "no thanks",
        "no thank you",
        "keep",
        "keep it",
        "keep them",
        "dont",
        "don t",
        "do not",
        "never mind",
        "nevermind",
    }
    | {
        "no gracias",
        "dejalo",
        "dejalos",
        "dejalo asi",
        "no borres nada",
        "mejor no",
        "conservar",
        "conservalo",
    }
)
_UNCLEAR = frozenset(
    {
        "y",
        "yes",
        "yeah",
        "yep",
        "sure",
        "ok",
        "okay",
        "si",
        "claro",
        "sip",
        "dale",
        "delete",
        "delete it",
        "eliminar",
    }
)


def erase_wish(text: str) -> ReadWish | None:
    """The wish in a text, deleting before knowing; None where there is none."""
    if len(text) > MAX_LENGTH:
        return None
    whole = fold(text)
    found = [wish for wish, pattern in _WISHES if pattern.fullmatch(whole)]
    if found:
        return ReadWish(found[0], alone=True)
    sentences = [fold(part) for part in _SENTENCE_END.split(text)]
    read = [_wish_of(sentence) for sentence in sentences]
    wishes = [wish for wish in read if wish]
    if not wishes:
        return None
    alone = all(wish or _COURTESY.fullmatch(words) for wish, words in zip(read, sentences, strict=True))
    return ReadWish(EraseWish.DELETE if EraseWish.DELETE in wishes else EraseWish.KNOW, alone)


def _wish_of(sentence: str) -> EraseWish | None:
    return next((wish for wish, pattern in _WISHES if pattern.fullmatch(sentence)), None)


def erase_answer(text: str) -> EraseAnswer | None:
    """What a text is as an answer to our question; a signature below the word does not hide it."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    for words in (fold(text), fold(first)):
        if words in _ERASE:
            return EraseAnswer.ERASE
        if words in _KEEP:
            return EraseAnswer.KEEP
        if words in _UNCLEAR:
            return EraseAnswer.UNCLEAR
    return None
