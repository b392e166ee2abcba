"""Asking how a request stands: which one is meant."""

from __future__ import annotations

import re

from bot.conversation.intake.effects import TellStatus
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.naming import named_by_matter, named_by_number, reference_in
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.turn import Turn
from bot.text.fold import fold

# Intents of words that tell or wish something of a request; any other words with its number ask how it stands.
_WISHES = frozenset(
    {
        "add_to_request",
        "correct",
        "change",
        "cancel",
        "fixed",
        "not_fixed",
        "rate",
        "ask_person",
        "stop_texts",
        "start_texts",
    }
)
# What a short question about the one that is talked of is mistaken for.
_QUESTIONS = frozenset({"ask_city", "ask", "out_of_scope", "ask_about_bot", "ask_hours"})
MUCH = 5  # words beside the number: they tell something
_SENTENCES = re.compile(r"(?<=[.!?;\n])\s+|\n+")
_ASKS = re.compile(
    r"\b(?:any (?:news|update|word|progress)|no (?:news|word|update)|updates?|status|(?:what s|whats|what is|what was) (?:going on|happening|up|new)|"
    r"(?:what|whatever) happened|what about|how about|how(?: is|s| s) (?:it|the|that|my)|ask(?:ed|ing)? about|heard (?:anything|nothing|back)|"
    r"que hay|q hay|que onda|q onda|(?:que|q|k) (?:paso|pasa|sucedio|fue)|noticias|novedades?|me han dicho|han dicho nada|saben? (?:algo|de)|se sabe|"
    r"did (?:they|you|u|anyone|anybody|somebody|someone|it|he|she)|have (?:they|you)|has (?:it|anyone|anybody|that|my|the)|ya (?:vinieron|pasaron|arreglaron|recogieron|limpiaron|quedo|fueron)|"
    r"(?:pregunt|preguntab)(?:o|e|a|aba)|en que (?:va|quedo|estado)|como va)\b|"
    r"^(?:hi |hello |hola |oye |ok )*(?:and|y|y de|y que de|y q de|what of) (?:the|my|el|la|lo|los|las|mi|mis) \w+(?: \w+)?$"
)
FEW = 5  # words of a question that need not say what is asked: "and the graffiti?"


def status_effect(turn: Turn) -> TellStatus:
    """The request a message names, else the newest ones."""
    return TellStatus(reference_in(turn.text))


def asked_about(memory: Memory, setting: Setting) -> tuple[OwnRequest, str] | None:
    """The one of their requests whose state the words ask for, and what else they say; None where they ask for none.

    One that is named by its number, or another than the one that is talked of, named by what it is.
    """
    turn = setting.turn
    if not turn.text or turn.choice is not None or not setting.own:
        return None
    named = named_by_number(setting)
    if named is not None:
        tells = turn.intent in _WISHES or ("?" not in turn.text and len(turn.text.split()) > MUCH)
        return None if tells else (named, "")
    talked_of = _talked_of(memory, setting)
    sentences = [one for one in _SENTENCES.split(turn.text) if one.strip()]
    for sentence in sentences:
        request = named_by_matter(sentence, setting) if _asks(sentence) else None
        if request is not None and (request.reference != talked_of or turn.intent in _QUESTIONS):
            return request, " ".join(one for one in sentences if one != sentence).strip()
    return None


def _talked_of(memory: Memory, setting: Setting) -> str | None:
    """The reference of the request that the conversation is about."""
    open_ones = memory.open_questions(setting.turn.at)
    if open_ones:
        return open_ones[0].reference
    return memory.filed.reference if memory.filed else None


def _asks(sentence: str) -> bool:
    words = fold(sentence)
    return bool(_ASKS.search(words)) or ("?" in sentence and len(words.split()) <= FEW)
