"""Wishes to join the conversations of one person, or to part them: "link my phone", "desvincular".

Only whole sentences count, and they name a phone, a number or a chat of one's own, so that a report ("the link fence is broken",
"connect the sprinklers", "my phone line is down") is never one.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.text.fold import fold


class LinkWish(StrEnum):
    LINK = "link"
    UNLINK = "unlink"


MAX_LENGTH = 300  # characters; a longer text tells a story

# What may be joined, and whose it is. "My phone line" and "the phone at the pier" are none.
_OTHER_EN = r"(?:(?:other|second|two|2|cell|mobile|work|home|personal|own|sms|text|telegram) )*"
_THINGS_EN = (
    r"(?:phones?|(?:phone |cell |mobile )?numbers?|cell ?phones?|cells?|mobiles?|telegram(?: (?:account|app))?|chats?|"
    r"conversations?|threads?|accounts?|devices?|texts|text messages|sms)"
)
_MINE_EN = (
    rf"(?:(?:my|our|both(?: of)?(?: my| our)?|these(?: two)?|this) {_OTHER_EN}{_THINGS_EN}|telegram|sms)"
)
_WITH_EN = rf"(?: (?:to|with|and|from) (?:(?:my|our|the|this|that|your) )?{_OTHER_EN}(?:{_THINGS_EN}|one|here|you|311))?"
_JOIN_EN = r"(?:link|connect|join|pair|merge|combine|sync|tie|hook up|link up)"
_PART_EN = r"(?:unlink|un link|unpair|disconnect|unjoin|unmerge|separate|detach)"
_ANOTHER_EN = rf"(?:(?:another|a different|a second|my other|my second|my work|the other) {_OTHER_EN}(?:phone|number|cell|cell phone|mobile|device|account|chat))"
_LINK_EN = (
    rf"{_JOIN_EN} (?:{_MINE_EN}|(?:up )?{_MINE_EN}){_WITH_EN}(?: together| up| here| please)*"
    r"|(?:link|pair) (?:phones?|numbers?|accounts?|chats?|conversations?|another phone|a phone|a second phone)"
    rf"|{_JOIN_EN} (?:this|it|me) (?:to|with|on) (?:my {_OTHER_EN}{_THINGS_EN}|telegram|{_ANOTHER_EN})"
    rf"|(?:i|we) (?:also|sometimes|already) (?:text|write|message|use|texted|wrote|reach|contact)(?: to)?(?: (?:you|u|311|the city|this|y all))?(?: guys)?"
    rf"(?: (?:from|on|with|by|via|through))? (?:{_ANOTHER_EN}|telegram|sms)"
    rf"|(?:i|we) (?:also )?(?:have|use|got) (?:two|2) (?:phones|numbers|cell phones|cells)"
    rf"|(?:i|we) (?:also |already )?(?:have|made|sent|filed) (?:some |my |a |other |more )?(?:reports?|requests?) (?:from|on|with|under|by) {_ANOTHER_EN}"
    rf"|(?:see|show|get|view|find)(?: me)? my (?:other )?(?:reports|requests) (?:from|on|of) {_ANOTHER_EN}(?: here)?"
    r"|(?:(?:send|give|get|text|need|want|make|have)(?: me)? )?(?:a |the |another |new |a new )?(?:link|linking|pairing) code(?: again)?"
)
_UNLINK_EN = (
    rf"(?:unlink|un link)(?: (?:me|us|it|them|this|that|everything|all))?"
    rf"|{_PART_EN} (?:{_MINE_EN}|(?:the|my) (?:two|other) {_THINGS_EN}){_WITH_EN}(?: again)?"
    rf"|(?:undo|remove|delete|cut|end|cancel) (?:the|that|my) link(?: (?:between|to|with) (?:{_MINE_EN}|the (?:two|other) ?{_THINGS_EN}?){_WITH_EN})?"
)
_LEAD_EN = (
    r"(?:(?:and|also|ok|okay|hi|hello|hey|so|then|now|just|please|pls|plz|kindly|could you|can you|can u|would you|will you|i want you to|i want to|id like to"
    r"|i d like to|i would like to|i need you to|i need to|how (?:do|can) i|how to|how do you|can i|could i|may i|is it possible to|i want|i need|let me) )*"
)
_TAIL_EN = r"(?: (?:please|pls|plz|now|again|thanks|thank you|too|as well))*"

_OTHER_ES = r"(?:(?:otro|otra|otros|otras|segundo|dos|2|propio) )*"
_THINGS_ES = (
    r"(?:telefonos?|numeros?(?: de (?:telefono|celular))?|celular(?:es)?|cels?|moviles?|movil|telegram|chats?|conversacion(?:es)?|cuentas?(?: de telegram)?|"
    r"aparatos?|dispositivos?|mensajes(?: de texto)?|textos|sms)"
)
_MINE_ES = rf"(?:(?:mi|mis|nuestros|este|estos|esta|estas|ambos|ambas|los dos|las dos) {_OTHER_ES}{_THINGS_ES}|telegram|sms)"
_WITH_ES = rf"(?: (?:con|a|y|de|al|del) (?:(?:mi|mis|el|la|este|esta|su) )?{_OTHER_ES}(?:{_THINGS_ES}|aqui|ustedes|311))?"
_JOIN_ES = (
    r"(?:vincul(?:ar|e|en|a|o)|conect(?:ar|e|en|a|o)|enlaz(?:ar|a|o)|enlac(?:e|en)|unir|unan|unen|junt(?:ar|e|en|a)|ligar|liguen?|asoci(?:ar|e|en|a)|"
    r"emparej(?:ar|e|en|a)|sincroni(?:zar|ce|cen|za)|combin(?:ar|e|en|a))"
)
_PART_ES = r"(?:desvincul(?:ar|e|en|a|o)|desconect(?:ar|e|en|a|o)|desenlaz(?:ar|a)|desenlac(?:e|en)|deslig(?:ar|a|ue|uen)|separ(?:ar|e|en|a))"
_ANOTHER_ES = (
    rf"(?:(?:mi |el |un )?otro {_OTHER_ES}(?:telefono|numero|celular|cel|movil|aparato|chat)|otra cuenta)"
)
_LINK_ES = (
    rf"{_JOIN_ES} {_MINE_ES}{_WITH_ES}(?: aqui| juntos| juntas)*"
    rf"|(?:vincular|enlazar) (?:telefonos?|numeros?|cuentas?|chats?|celular(?:es)?|otro telefono|otro numero)"
    rf"|{_JOIN_ES} (?:esto|este chat|esta conversacion) (?:con|a) (?:mi {_OTHER_ES}{_THINGS_ES}|telegram|{_ANOTHER_ES})"
    rf"|(?:yo )?(?:tambien|a veces) (?:(?:les?|te|los) )?(?:escribo|mando|texteo|envio|mensajeo|reporto|hablo)(?: (?:mensajes|textos|reportes))? (?:desde|de|por|con|en) (?:{_ANOTHER_ES}|telegram|sms)"
    rf"|(?:yo )?tengo (?:dos|2) (?:telefonos|numeros|celulares)"
    rf"|(?:yo )?(?:tambien |ya )?(?:tengo|hice|mande) (?:unos |mis |un |otros )?reportes? (?:desde|en|de|con|por) {_ANOTHER_ES}"
    rf"|ver (?:aqui )?mis (?:otros )?reportes (?:de|del|desde|en) {_ANOTHER_ES}(?: aqui)?"
    r"|(?:(?:mande|mandeme|deme|dame|envieme|necesito|quiero) )?(?:un |el |otro )?codigo (?:para|de) (?:vincular|enlazar|conectar|vinculacion|enlace)(?: (?:mi|mis) \w+)?"
)
_UNLINK_ES = (
    r"desvincul(?:ar|e|en|a|ame|enme|eme|alo|elo|arlo|arlos|arme)"
    rf"|{_PART_ES} {_MINE_ES}{_WITH_ES}"
    r"|(?:quite|quiten|quitar|borre|borren|borrar|deshacer|deshaga) (?:el|ese|mi) (?:vinculo|enlace)"
)
_LEAD_ES = (
    r"(?:(?:y|tambien|ok|hola|bueno|pues|ya|ahora|por favor|porfavor|porfa|puedes|pueden|puede|podrias|podrian|podria|quiero|quisiera|necesito|quiero que|me gustaria"
    r"|como puedo|como hago para|como|puedo|se puede|favor de|para|me pueden|me puede) )*"
)
_TAIL_ES = r"(?: (?:por favor|porfavor|porfa|ya|ahora|gracias|otra vez|tambien))*"

_WISHES = (
    (LinkWish.UNLINK, re.compile(rf"{_LEAD_EN}(?:{_UNLINK_EN}){_TAIL_EN}")),
    (LinkWish.UNLINK, re.compile(rf"{_LEAD_ES}(?:{_UNLINK_ES}){_TAIL_ES}")),
    (LinkWish.LINK, re.compile(rf"{_LEAD_EN}(?:{_LINK_EN}){_TAIL_EN}")),
    (LinkWish.LINK, re.compile(rf"{_LEAD_ES}(?:{_LINK_ES}){_TAIL_ES}")),
)
_SENTENCE_END = re.compile(r"[.!?;\n¡¿,]+(?:\s+|$)|\n+")
_COURTESY = re.compile(
    r"(?:hi|hello|hey|please|pls|thanks|thank you|ok|okay|yes|bye|sent from my \w+(?: \w+)?"
    r"|hola|por favor|gracias|buenos dias|buenas tardes|buenas|adios|enviado desde mi \w+)?"
)


def link_wish(text: str) -> LinkWish | None:
    """The wish that a text is, courtesies beside it apart; None where it says anything else. Reads any text, never raises."""
    if len(text) > MAX_LENGTH:
        return None
    if (whole := _wish_of(fold(text))) is not None:
        return whole
    sentences = [fold(part) for part in _SENTENCE_END.split(text)]
    read = [_wish_of(sentence) for sentence in sentences]
    rest = [words for wish, words in zip(read, sentences, strict=True) if wish is None]
    if not all(_COURTESY.fullmatch(words) for words in rest):
        return None
    return next((wish for wish in read if wish is not None), None)


def _wish_of(sentence: str) -> LinkWish | None:
    return next((wish for wish, pattern in _WISHES if pattern.fullmatch(sentence)), None)
