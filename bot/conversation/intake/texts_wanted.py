"""A wish about our texts that stands in words of its own: "no thanks", "text me", "dont text me about it"."""

from __future__ import annotations

import re

from bot.text import stop_wishes
from bot.text.fold import fold

_CLAUSES = re.compile(r"[.!?,;:\n()]+")
_OPENS = r"(?:(?:i|we) (?:already )?(?:said|told you)|(?:y )?(?:ya )?(?:le |les )?dije(?: que)?|(?:and|y) (?:i|we) (?:already )?said|wait|actually|no wait|espere?|mejor|finally|ok|okay|well|um|uh|oh|pues|bueno|ay|omg|please|por favor)"
_NO = r"(?:no|nope|nah|nel|naw)"
_YES = r"(?:(?:ok|okay|yes|si|sure) 1|yes|ye|yea|yas|yess+|yeah|yep|yup|ya|sure|ok|okay|absolutely|of course|definitely|si|sip|simon|claro|orale|dale|sale|andale)"
_POLITE = r"(?:thanks?|thank you|thank u|thx|ty|gracias|please|pls|plz|plis|por favor|porfa|porfis|x favor|senor|senora|senorita|mija|mijo|dear|hon)"
_OF_TEXTS_NO = re.compile(
    r"\b(?:don t|dont|do not|stop|quit|no more|without|never) (?:\w+ ){0,2}(?:text\w*|messag\w*|notify\w*|updates?)\b|"
    r"\b(?:no|sin|ni) (?:mas |quiero |ocupo |necesito |want |need )*(?:(?:thanks?|thank you) (?:to|for) )?(?:the |your |los |sus |any |more )*(?:texts|messages|mensajes|textos|avisos)\b|"
    r"\b(?:no|ya no) (?:me|nos) (?:avis|mand|escrib|text|mensaj)(?:e|en|es)\b"
)
_OF_TEXTS_YES = re.compile(
    rf"^(?:{_OPENS} |{_YES} |{_POLITE} |so |just )*(?:(?:text|message|notify|update) (?:me|us)\b|(?:tell (?:me|us)|let (?:me|us) know) (?:when|once|if|as soon)\b|keep (?:me|us) (?:posted|updated)\b|"
    r"(?:(?:le|les) )?agradec\w+ (?:que )?(?:me|nos) (?:avis|escrib)\w*|(?:que )?(?:me|nos) (?:avis|escrib)(?:e|en|an|a)\b|(?:que )?(?:me|nos) mand(?:e|en|a|an) (?:un )?(?:mensajes?|textos?|avisos?)\b|avis(?:e|en|a)(?:me|nos|nme|nos)?\b|mand(?:e|en|a)(?:me|nos) (?:un |los )?(?:mensajes?|textos?|avisos?)\b)"
)
_PLAIN_NO = re.compile(rf"^(?:{_OPENS} )*{_NO}(?: {_NO})*(?: {_POLITE})*$")
_PLAIN_YES = re.compile(
    rf"^(?:{_OPENS} )*{_YES}(?: {_YES})*(?: (?:(?:for |of |on )?(?:that|this|it|both)(?: one)?(?: too| also| as well)?|too|also|(?:de |para |en )?(?:es[eao]|este|esta|ambos)(?: tambien| tmb)?|tambien|tmb))?(?: {_POLITE})*$"
)


def wish_in(text: str) -> bool | None:
    """Whether texts are wanted, where the words speak of texts; None where they do not."""
    return _first(text, _OF_TEXTS_NO, _OF_TEXTS_YES)


def wants_none(text: str) -> bool:
    """Whether words wish no texts, by what is heard here or by what stops them at the door (`bot.text.stop_wishes`)."""
    return wish_in(text) is False or stop_wishes.wish_in(text) is stop_wishes.Wish.STOP


def answer_in(text: str) -> bool | None:
    """Whether texts are wanted, as an answer to whether we shall: a plain yes or no among the words counts, too."""
    wish = wish_in(text)
    # "Will they tell my landlord? Please no": behind a question it answers that.
    return wish if wish is not None else _first(text.partition("?")[0], _PLAIN_NO, _PLAIN_YES)


def beside_the_answer(text: str) -> str:
    """The words without those that answer whether we shall text; all of them where none does outright."""
    clauses = [clause for clause in map(fold, _CLAUSES.split(text)) if not _OF_TEXTS_NO.search(clause)]
    for wish in (_OF_TEXTS_YES, _PLAIN_NO, _PLAIN_YES):
        clauses = [wish.sub("", clause) for clause in clauses]
    return " ".join(" ".join(clauses).split())


def _first(text: str, refuses: re.Pattern[str], wants: re.Pattern[str]) -> bool | None:
    for clause in map(fold, _CLAUSES.split(text)):
        if refuses.search(clause) and not stop_wishes.complains_of_silence(clause):
            return False
        if wants.search(clause):
            return True
    return None
