"""Wishes that something said is not in the report: "leave my name out", "quite lo de los clavos".

In a report in the making it is left out; of one that is filed staff are asked, who may have passed it on already.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.naming import PLAIN
from bot.conversation.intake.sending import is_polite_yes, says_send
from bot.text.fold import fold

# What can only be meant of the report: "remove the graffiti" and "quiten el árbol" are work.
_OF_THE_REPORT = (
    r"(?:(?:every|any)?(?:thing)? ?about (?:me|my|us|the|where|how)|everything (?:about|where|with)|that sentence|this sentence|my (?:full |last |first |home )?(?:name|number|phone|address|info|email|photo|picture|unit|apartment)|the (?:part|bit|line|thing) (?:about|where|with|of)|the \w+ (?:words|part|bit|stuff)|that (?:part|bit|line)|"
    r"what i (?:said|wrote|told)|(?:the|my|that) (?:photo|picture|pic)|"
    r"mi (?:nombre|apellido|numero|telefono|direccion|address|name|correo|foto|apartamento|depa)|lo de(?:l)?(?: (?:la|los|las|que))?|lo que (?:dije|puse|escribi|le dije)|esa parte|la parte|la foto|esa foto)"
)
_REPORT = r"(?:from|out of|off|in|on|de|del|en el) (?:the |my |that |el |mi |ese )?(?:report|request|ticket|reporte|caso)"
_WISH = re.compile(
    rf"\b(?:scratch|strike|lose) (?P<h>{_OF_THE_REPORT}.{{0,60}})|"
    rf"\b(?:take|leave|keep|cut|get) (?:out |off )?(?P<a>{_OF_THE_REPORT}.{{0,60}}?)(?: out| off|$)|"
    r"\b(?:keep|leave|take) (?P<i>(?:the |my |our )\w+(?: \w+){0,3}?) out of (?:it|this|that|the report)\b|\b(?:deje[ns]?|saque[ns]?) (?:a )?(?P<j>(?:la |el |mi |nuestr[oa] )\w+(?: \w+){0,3}?) fuera\b|"
    rf"\b(?:remove|delete|erase|strike|drop) (?P<b>{_OF_THE_REPORT}.{{0,60}}|.{{1,40}} {_REPORT}\b)|"
    rf"\b(?:don t|dont|do not|never) (?:put|include|mention|write|add|show|say|use) (?P<c>{_OF_THE_REPORT}.{{0,60}})|"
    rf"\b(?:quit|borr|sa[cq]u?|elimin)(?:a|e|en|an|ar|ame|eme|enme)?(?:l[oa]s?)? (?P<d>{_OF_THE_REPORT}.{{0,60}}|.{{1,40}} {_REPORT}\b)|"
    rf"\bno (?:pong|menci|inclu|escrib|agreg|muestr|dig)\w* (?P<e>{_OF_THE_REPORT}.{{0,60}})|"
    r"\bsin (?P<f>lo de(?:l)? .{1,60})|"
    r"\b(?:eso|esa parte) de(?:l)?(?: que| q)? (?P<g>.{1,60}?) (?:no (?:lo |la )?(?:pong|inclu|menci|escrib)\w*|quit\w+|borr\w+|saqu\w+)\b"
)
# "Eso bórrelo", "that part out please".
_THAT = re.compile(
    r"\b(?:eso|esa parte|lo ultimo) (?:por favor |porfa )?no (?:lo |la )?(?:pong|inclu|menci|escrib)\w*|\beso (?:por favor |porfa )?borr\w*|"
    r"\b(?:esa parte|lo ultimo) (?:por favor |porfa )?(?:borr|quit|saqu)\w*|\b(?:that|this) (?:part|bit|sentence|line) (?:pls |please )?(?:out|away|off)\b|"
    r"\b(?:por que|porque|pa que|pa q|para que|xq|why (?:do|did|would) (?:you|u)) (?:\w+ ){0,2}?(?:pones?|puso|escrib\w+|put|write|add)\b.*\b(?:quit\w+|borr\w+|saqu\w+|remove it|take it out|delete it)\b|"
    r"\b(?:not want|don t want|dont want|rather not have) (?:\w+ ){1,5}?(?:written|put|included|kept) (?:\w+ ){0,2}?(?:record|report|file|it)\b"
)
# Who writes without signs joins what they tell with small words: a clause is taken out, and not all that was told.
_SENTENCES = re.compile(
    r"(?:(?!\s(?:y|and|but|pero|porque|because|so)\s)[^.!?;\n,])+(?:[.!?;\n,]+\s*|(?=\s(?:y|and|but|pero|porque|because|so)\s)|$)|\s(?:y|and|but|pero|porque|because|so)\s",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r"(?:(?!,?\s(?:and then|y luego|y ya|then)\s)[^.!?;\n])+(?:[.!?;\n]+\s*|(?=,?\s(?:and then|y luego|y ya|then)\s)|$)|,?\s(?:and then|y luego|y ya|then)\s",
    re.IGNORECASE,
)
_WHOLE_SENTENCES = re.compile(r"[^.!?;\n]+[.!?;\n]*\s*")
_LEAST = 3  # letters of a word that tells a sentence from the others
_SMALL = frozenset({
    "the", "about", "where", "part", "bit", "line", "thing", "that", "what", "said", "wrote", "told", "out", "off", "from", "report",
    "please", "pls", "words", "stuff", "lo", "del", "los", "las", "que", "dije", "puse", "escribi", "parte", "esa", "porfa", "por", "favor", "reporte",
    "mi", "my", "everything", "every", "anything", "sentence", "me", "us", "scratch", "written", "record", "how",
})  # fmt: skip


WHAT_WAS_SAID_LAST = frozenset({"that"})  # "eso bórrelo"


def to_take_out(text: str) -> frozenset[str] | None:
    """The words that tell what is not to be in the report; None where nothing is wished of the kind. Reads any text, never raises."""
    if "?" in text:  # "you keep my name out of it, ok?"
        return None
    wishes = [found for part in _WHOLE_SENTENCES.findall(text) if (found := _WISH.search(fold(part)))]
    named = " ".join(value for found in wishes for value in found.groupdict().values() if value)
    words = frozenset(word for word in named.split() if len(word) >= _LEAST) - _SMALL - PLAIN
    if words:
        return words
    return WHAT_WAS_SAID_LAST if wishes or _THAT.search(fold(text)) else None


def left_out(before: Draft, after: Draft) -> str:
    """What one draft tells and the other does not any more."""
    if before.description.startswith(after.description):
        return before.description[len(after.description) :].strip()
    kept = set(_SENTENCES.findall(after.description))
    return "".join(one for one in _SENTENCES.findall(before.description) if one not in kept).strip()


def told_besides_the_wish(text: str) -> str:
    """The words without the sentences that wish something left out; "" where nothing is told besides. Reads any text, never raises."""
    parts = [one for one in _CLAUSES.findall(text) if to_take_out(one) is None]
    rest = "".join(parts).strip(" ,;")
    more = len(rest.split()) >= LEAST_BESIDES or says_send(rest) or is_polite_yes(rest)
    return rest if more and rest != text.strip() else ""


LEAST_BESIDES = 4  # words


ALIKE = 4  # letters with which two words begin that are one: "parking" and "park"


def _tells_of(sentence: str, words: frozenset[str]) -> bool:
    said = set(fold(sentence).split())
    alike = {word[:ALIKE] for word in words if len(word) > ALIKE} & {
        word[:ALIKE] for word in said if len(word) >= ALIKE
    }
    return bool(said & words) or bool(alike)


def without_it(draft: Draft, words: frozenset[str]) -> Draft | None:
    """The draft without the sentences that tell of it, without what was said last where "that" is all they name; None where none
    does, or nothing would be left."""
    if words is WHAT_WAS_SAID_LAST:
        before, _, _ = draft.description.rpartition("\n")
        before = before or "".join(_SENTENCES.findall(draft.description)[:-1]).strip()
        return replace(draft, description=before) if before else None
    sentences = _SENTENCES.findall(draft.description)
    kept = [one for one in sentences if not _tells_of(one, words)]
    left = "".join(kept).strip()
    if not left or len(kept) == len(sentences):
        return None
    return replace(draft, description=left)
