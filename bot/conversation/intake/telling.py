"""Using what a message tells: what, where, and as description."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.city.location import Resolution, ResolutionOutcome
from bot.conversation.intake import places, services
from bot.conversation.intake.clauses import clauses_of, is_manners, without_manners
from bot.conversation.intake.draft import MAX_DESCRIPTION, Draft
from bot.conversation.intake.filler import says_nothing
from bot.conversation.intake.refused import instead_of, with_heard
from bot.conversation.intake.sending import is_polite_yes, says_send, tells_besides
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.texts_wanted import answer_in
from bot.conversation.intake.turn import Clause, Say, Turn
from bot.text.fold import fold
from bot.text.tables import word_set

# Who says that it was said before speaks of the same matter.
_INSISTS = re.compile(
    r"\b(?:(?:i|we) (?:already |just )?(?:told|said|wrote)|(?:like|as) i said|already told|(?:ya )?(?:le|les|te|lo|se lo|te lo) (?:habia )?(?:dije|di|puse|mande|escribi|indicado)|como (?:le|les|te) dije)\b"
)
# What a reply is read as that tells nothing of the matter, and how surely it has to be.
_NOTHING_TOLD = ("yes", "thanks", "anger")
SURELY_NOTHING = 0.95
FEW_WORDS = 9  # more may tell something besides
MORE_WORDS = 6
MORE_THAN_A_NAME = 10  # words of who chose an option by its name: "its the sewer one, out by hill street, every friday at 10"
SOME_WORDS = 4


def absorb(
    draft: Draft, setting: Setting, elsewhere: Resolution | None = None
) -> tuple[Draft, tuple[Say, ...]]:
    """Use the words of a report: what, where, and as description.

    `elsewhere` is where the rest of the message says it is, for words that name no place.
    """
    turn = setting.turn
    draft = described(draft, turn)
    found = setting.places.locate(turn.text, setting.language)
    if found.outcome is ResolutionOutcome.UNKNOWN:
        found = elsewhere or places.where_before(setting) or places.where_the_last_is(draft, setting) or found
    before = draft.service
    if draft.refused:
        draft = instead_of(draft, setting)
    elif _says_only_where(turn, found):
        pass  # "main and pier ave": the pier in it is no matter
    elif turn.intent != "give_place" or services.sure_service(turn, setting) is not None:
        draft = services.with_words(draft, turn, setting)
    if before is not None and draft.service is None:
        draft = replace(draft, service=before)
    draft = with_heard(draft, turn)
    placed, says = places.with_place(draft, found, turn.text)
    return placed, says or (places.hint_says(found) if placed.location is None else ())


def _says_only_where(turn: Turn, found: Resolution) -> bool:
    """Whether a place is all that words tell."""
    if found.outcome is not ResolutionOutcome.RESOLVED or not found.used or len(turn.text.split()) > A_PLACE:
        return False
    return not set(fold(turn.text).split()) - set(fold(found.used).split()) - _AROUND_PLACES


A_PLACE = 8  # words
_AROUND_PLACES = word_set(
    "and y at on in the en la el los con es its it s is was corner of esquina de del calle one ones that this there here right over "
    "by near uno una ese esa este esta ahi aqui por cerca queda ok please pls"
)


def described(draft: Draft, turn: Turn) -> Draft:
    """The draft with the words of a turn on file, as they were written."""
    words = to_be_kept(without_manners(turn)) if draft.description else turn.written.strip()
    if not words or words in draft.description or says_nothing(words):
        return draft
    return replace(draft, description=f"{draft.description}\n{words}".strip()[:MAX_DESCRIPTION])


_CLAUSE = re.compile(r"[^.!?,;\n]+[.!?,;\n]*\s*")
_FIGURE = re.compile(
    r"\W*(?:(?:el|la|number|numero|número|option|opción|opcion|i (?:already )?said|(?:ya )?(?:le |te )?dije(?: que)?) )*\d{1,2}\W*(?:i guess\W*|creo\W*)?",
    re.IGNORECASE,
)
# The number of an option, and what else is to be said: "1 but tell them the light is ok".
_OPTION = re.compile(
    r"\W*\d\W+(?=(?:but|and|pero|y|yes|si|sí|pls|please|tell|dile|diga|es|it'?s)\b)", re.IGNORECASE
)


def to_be_kept(text: str) -> str:
    """The words without those in front that only tell us to send it, or to text: "1. and one more thing, …", "yes text me. it's behind
    the bank". Where nothing is left, all of them. Reads any text, never raises."""
    rest = _OPTION.sub("", text.strip(), count=1) if _OPTION.match(text.strip()) else text.strip()
    while (clause := _CLAUSE.match(rest)) is not None and _only_tells_us(clause.group()):
        rest = rest[clause.end() :].strip()
    return rest if len(rest.split()) >= LEAST_KEPT else text.strip()


LEAST_KEPT = 2  # words


def _only_tells_us(clause: str) -> bool:
    sends = says_send(clause) and not tells_besides(clause)
    answers = answer_in(clause) is not None and len(clause.split()) <= SOME_WORDS
    return _FIGURE.fullmatch(clause) is not None or is_polite_yes(clause) or sends or answers


def _tells_a_fact(clause: Clause) -> bool:
    """Whether a clause that is no option and no wish to send has a figure in it, or is surely read as telling something."""
    if _only_tells_us(clause.text) or is_manners(clause) or "?" in clause.text:
        return False
    figure = len(clause.text.split()) >= LEAST_KEPT and _IN_IT.search(clause.text) is not None
    tells = sum(clause.replies.get(one, 0.0) for one in _TOLD)
    return figure or (tells >= SURELY_TOLD and len(clause.text.split()) >= SOME_WORDS)


# A figure that is no option in front: "2318", "row 4".
_IN_IT = re.compile(r"\d{2}|(?<=\w\W)\d")
_TOLD = ("tell", "add", "correct")
SURELY_TOLD = 0.8  # least chance of a clause that tells something


_BLESSES = re.compile(
    r"(?:(?:and |y )?(?:thank you|thanks|gracias)[ .,!]*)?(?:god bless(?: \w+){0,3}|bless you|(?:que )?dios (?:los|las|le|les|te|lo|la) (?:bendiga|pague|cuide)\w*(?: \w+){0,2}|have a (?:good|nice|great|blessed) \w+|bendiciones)",
    re.IGNORECASE,
)


def tells_more(turn: Turn) -> bool:
    """Whether an answer has so many words that it tells something besides: "yes, and it popped my tire"."""
    if turn.choice is None and any(_tells_a_fact(clause) for clause in clauses_of(turn)):
        return True  # "send it, its space 2318": a few words, and what the crew looks for
    many = turn.choice is None and len(turn.text.split()) >= MORE_WORDS and not is_polite_yes(turn.text)
    few = len(turn.text.split()) <= FEW_WORDS and "?" not in turn.text
    if clauses_of(turn) and all(map(is_manners, clauses_of(turn))):
        return False  # "and then yes, you may send it"
    if _BLESSES.fullmatch(to_be_kept(turn.text).strip(" .!")):
        return False  # "Send it and thank you. God bless"
    if few and sum(turn.replies.get(one, 0.0) for one in _NOTHING_TOLD) >= SURELY_NOTHING:
        return False  # "mándelo así pues, ustedes verán", "ok send. hope you come this time"
    return many and (not says_send(turn.text) or tells_besides(turn.text))


def tells_beside_a_choice(turn: Turn) -> bool:
    """Whether the words with which an option was chosen tell something besides: "el 2, no hay una fuga, nadie lo apaga"."""
    words = to_be_kept(turn.text)
    least = SOME_WORDS if words != turn.text.strip() else MORE_THAN_A_NAME
    return len(words.split()) >= least and not says_send(words)


def insists(text: str) -> bool:
    """Whether words say that they were said before: "it's noise, I told you". Reads any text, never raises."""
    return _INSISTS.search(fold(text)) is not None


# What is written beside a photo and tells nothing that it does not: "heres a pic", "mire", "here", "ahí le va otra foto".
_ANNOUNCES = re.compile(
    r"(?:(?:ok|okay|ya|y|and|so|oh|ah|hi|hey|hola|oiga|oye|sorry|perdon|here|heres|here s|is|are|it|its|it s|s|a|an|the|my|this|that|these|"
    r"them|you|u|go|took|take|taken|just|now|one|another|more|other|some|couple|few|two|2|3|of|at|for|see|look|attached|attaching|adding|add|send|sending|sent|i|m|im|"
    r"photos?|pics?|pix|pictures?|images?|proof|below|please|pls|thanks|thx|mire|mira|miren|vea|aqui|ahi|aca|le|les|te|va|van|esta|estan|este|estos|mando|envio|pongo|"
    r"mandando|tome|la|las|el|los|lo|una?|otras?|otros?|fotos?|fotitos?|fotografias?|imagen(?:es)?|prueba|adjunt[oa]s?|de|del|con|para|que|vean|por favor|porfa|gracias) ?)+"
)
_SHOWS = re.compile(
    r"\b(?:here|heres|look|see|mire|mira|miren|vea|ahi|aqui|photo|pic|pix|picture|image|proof|fot|imagen|prueba|adjunt)"
)
MOST_TO_ANNOUNCE = 9  # words


def announces_photos(text: str) -> bool:
    """Whether words beside photos say that they are there, and nothing else. Reads any text, never raises."""
    words = fold(text)
    few = "?" not in text and len(words.split()) <= MOST_TO_ANNOUNCE
    return few and _SHOWS.search(words) is not None and _ANNOUNCES.fullmatch(words) is not None


def tells_something(words: str) -> bool:
    """Whether words say more than an answer does: what is wrong, not only that it is."""
    return len(words.split()) >= SOME_WORDS


def with_pin(draft: Draft, setting: Setting) -> tuple[Draft, tuple[Say, ...]]:
    pin = setting.turn.pin
    return places.at_pin(draft, pin, setting) if pin else (draft, ())
