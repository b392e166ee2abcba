"""What the report is about: when a guess is good enough, what to offer otherwise, and menus."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.channels.messages import Option
from bot.city.location import ResolutionOutcome
from bot.conversation.intake.draft import Draft, HalfService
from bot.conversation.intake.reading import phrases_in
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Guess, Turn
from bot.text.fold import fold, fold_in_place

# Confidences are calibrated: right this often. A wrong guess costs a correction, a question costs a turn.
SURE = 0.6
CLEARLY_AHEAD = (0.45, 0.2)  # least confidence, least lead over the second
WORTH_OFFERING = 0.08
MUCH_LESS = 4.0  # times less likely than the first, a guess is only odd beside it
WORTH_OFFERING_ALONE = 0.25  # one guess and "something else" is a poor menu
WORTH_A_MENU = 0.45  # of the offers together: in every second case the right one is among them
PLAINLY = 0.9  # least confidence with which "also" needs no word of the other matter
HEARD = 0.03  # least confidence of a guess that counts once the likeliest is said not to be it
A_SENTENCE = 5  # words
TOLD = 8  # words that tell what is wrong, whatever it is
ASKED_ENOUGH = 2  # answers to "what is it?" that we did not understand: the menu is shown
CATCH_ALL = "general"  # the service for what fits no other

_ALSO = re.compile(
    r"^(?:and|y)\b|\b(?:also|another|too|as well|plus|también|tambien|además|ademas|otro|otra)\b",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"^\W*(?:no|nope|not|sorry|actually|wait|i meant?|it'?s actually|perdón|perdon|en realidad|quise decir)\b",
    re.IGNORECASE,
)


# "By the bus bench", "junto al hidrante" say where, and not what is wrong.
_LANDMARK = re.compile(
    r"\b(?:by|near|nearby|next to|in front of|behind|across from|beside|outside|close to|junto (?:a|al)|cerca (?:de|del)|enfrente (?:de|del)|"
    r"al lado (?:de|del)|atras (?:de|del)|frente (?:a|al)) (?:the |a |my |that |our |el |la |los |un |una |mi )?(?:\w+ ){0,2}\w+"
)
# "Rumbo a la playa", "the side with the ball field": which way, or which side, and no matter of its own.
_TOWARDS = re.compile(
    r"\b(?:rumbo (?:a|al)|hacia|con direccion a|pa(?:ra)? el rumbo de|towards?|heading (?:to|for)|(?:q|que) va (?:a|al|pa|para)|on the way to) (?:the |la |el )?\w+|"
    r"\b(?:the |on the |del |el )?(?:side|lado) (?:w|with|by|near|next to|facing|of|de|del|con)(?: the| la| el)? \w+(?: \w+)?"
)


def without_where(words: str) -> str:
    """Folded words without what they say of where: "by the bus bench", "rumbo a la playa" name no matter. Reads any text, never raises."""
    return _TOWARDS.sub(" ", _LANDMARK.sub(" ", words))


def sure_service(turn: Turn, setting: Setting) -> str | None:
    """The service that is meant, when asking would only annoy."""
    known = _known(turn.guesses, setting)
    if not known:
        return None
    best = known[0]
    # Words the engine doubts ("abandoned car, white camry, plate …") may still name the service outright.
    if turn.vague and not (best.confidence >= SURE and names_service(turn.text, best.code, setting)):
        return None
    second = known[1].confidence if len(known) > 1 else 0.0
    least, lead = CLEARLY_AHEAD
    if best.confidence >= SURE or (best.confidence >= least and best.confidence - second >= lead):
        return best.code
    return None


def without(turn: Turn, refused: str | None) -> Turn:
    """The turn as it reads once a service is said not to be it: what else was heard shares its probability."""
    left = [
        guess
        for guess in turn.guesses
        if guess.code not in (refused, CATCH_ALL) and guess.confidence >= HEARD
    ]
    total = sum(guess.confidence for guess in left)
    guesses = tuple(replace(guess, confidence=guess.confidence / total) for guess in left)
    return replace(turn, guesses=guesses, vague=False)


def likely_services(turn: Turn, setting: Setting) -> tuple[str, ...]:
    """Up to three services worth offering, best first."""
    known = _known(turn.guesses, setting)[:3]
    best = max((guess.confidence for guess in known), default=0.0)
    worth = [guess for guess in known if guess.confidence >= max(WORTH_OFFERING, best / MUCH_LESS)]
    if len(worth) == 1 and worth[0].confidence < WORTH_OFFERING_ALONE:
        return ()
    return tuple(guess.code for guess in worth)


def _known(guesses: tuple[Guess, ...], setting: Setting) -> tuple[Guess, ...]:
    return tuple(guess for guess in guesses if setting.service(guess.code) is not None)


def is_another(draft: Draft, setting: Setting) -> bool:
    """Whether the words, said at the summary, are about another problem rather than a correction of this one.

    They name another service, and say "also", another place or a whole sentence; "no" and "actually" in front, or a
    word or two ("graffiti on the wall"), mean a correction.
    """
    turn = setting.turn
    code = sure_service(turn, setting)
    if turn.intent not in ("report", "add_to_request", "give_place") or code in (
        None,
        CATCH_ALL,
        draft.service,
    ):
        return False
    best = max((guess.confidence for guess in turn.guesses), default=0.0)
    plainly = _ALSO.search(turn.text) is not None and best >= PLAINLY
    found = setting.places.locate(turn.text, setting.language)
    said = without_where(fold(turn.text))
    if found.location is not None:
        its_own = set(fold(f"{found.used or ''} {found.location.name}").split())
        said = " ".join(word for word in said.split() if word not in its_own)
    if not (plainly or names_service(said, code or "", setting)) or _CORRECTS.match(turn.text):
        return False
    if _ALSO.search(turn.text) or len(turn.text.split()) >= A_SENTENCE:
        return True
    return found.outcome is ResolutionOutcome.RESOLVED and found.location != draft.location


def named_besides(draft: Draft, setting: Setting) -> Turn | None:
    """The turn as one of the only other service that its words name with an "also", the draft's being named by none of them: "the
    elevator there is also out", at the summary of a dead pigeon."""
    turn = setting.turn
    if not _ALSO.search(turn.text) or turn.intent not in ("report", "add_to_request", "another"):
        return None
    if draft.service is None or names_service(turn.text, draft.service, setting):
        return None
    none = (draft.service, CATCH_ALL, *draft.refused)
    others = [code for code in setting.catalogue.services if code not in none]
    named = [code for code in others if names_service(turn.text, code, setting)]
    if len(named) != 1 or sure_service(turn, setting) == draft.service:
        return None
    return replace(turn, guesses=(Guess(named[0], 1.0),), vague=False)


# That it is a matter of its own: "new one.", "its own report".
_ANEW = re.compile(
    r"\b(?:(?:do|should|shall|must|can|could) (?:i|we) (?:just )?(?:make|file|do|open|start|send|need|report) (?:me )?(?:another|a second|an extra)(?! (?:photo|pic\w*|form|time))|"
    r"(?:hago|hacemos|mando|abro|lleno|tengo que (?:hacer|mandar)|debo (?:hacer|mandar)) (?:un )?otr[oa](?! (?:foto|vez))|"
    r"(?:a |the |as a |another )?(?:new|separate|second|diff|different) (?:one|report|request|ticket|problem|issue|thing|matter)|(?:its|it s|their) own (?:report|ticket|request)|"
    r"(?:report|reporte|caso|problema|reclamo|queja|solicitud|denuncia)(?: (?:de|por) (?:la |el |lo )?\w+)? (?:nuev[oa]|aparte|por separado|distint[oa]|separad[oa]|diferente)|(?:uno|una|algo) nuev[oa]|(?:pon|hag|haz|mand|abr|reporte)\w* (?:como )?nuevo|nuevo (?:report|reporte|problema|caso)|otr[oa] (?:report|reporte|problema|asunto|reclamo|queja|solicitud|denuncia)|(?:esa|eso|es) (?:es )?otra cosa|another (?:problem|issue|matter|complaint)|(?:second|separate) complaint)\b"
)
# With nothing between the two but spaces: "no, new one" asks for one.
_NOT_ANEW = re.compile(
    r"\b(?:no|not an?|isn'?t an?|don'?t (?:want|need) an?|no es|ningun)(?:\s+\w+)?\s+(?:new|separate|second|different|nuev[oa])\s?(?:one|report|request|ticket|problem|issue)?\b|"
    r"\b(?:ningun[oa]|nada|nothing|none|not|no es|no) (?:new|nuev[oa])\b(?!\s+(?:report|reporte|york))|"
    r"\b(?:no es|ningun|no quiero)\s+(?:un\s+|otro\s+)?(?:reporte|caso|problema)\s+(?:nuevo|aparte|distinto)\b|"
    r"\b(?:no (?:quiero|ocupo|necesito|mande|haga|abra|hagan|manden|abran)|don'?t (?:want|need|make|send|file|open)|do not (?:want|need|make|send|file|open)|i (?:didn'?t|did not) (?:want|ask for))\s+"
    r"(?:otro|un nuevo|another|a new|a second|one more)(?:\s+(?:reporte|caso|report|request|one|ticket))\b"
)


def begins_anew(text: str) -> bool:
    """Whether words say that it is a matter of its own. Reads any text, never raises."""
    return bool(_ANEW.search(fold(text))) and not is_no_report(text)


_A_NEW_ONE = re.compile(
    r"(?:(?:i|we|want|need|to|make|file|do|can|could|you|u|let s|lets|start|open|send|create|a|the|please|pls|ok|okay|yes|then|so|well|i ll|ill|si|quiero|necesito|hacer|haga|hagamos|hazme|haz|hago|abra|abre|"
    r"un|una|otro|pues|entonces|mejor|por favor|porfa) )*"
    r"(?:(?:new|another|separate|second|different) (?:one|report|request)|(?:reporte|caso) (?:nuevo|aparte|distinto)|(?:otro|nuevo) (?:reporte|caso)|hag(?:o|a|amos|ame) (?:un )?otro)(?: (?:please|pls|then|too|as well|por favor|porfa|pues|entonces|tambien))*"
)


def asks_for_a_new_one(text: str) -> bool:
    """Whether words ask to begin a report and tell nothing of it yet: "new report". Reads any text, never raises."""
    return "?" not in text and _A_NEW_ONE.fullmatch(fold(text)) is not None


def is_no_report(text: str) -> bool:
    """Whether words say that no report is meant: "no new report!!", "no es un reporte nuevo"."""
    return bool(_NOT_ANEW.search(fold_in_place(text)))


def names_service(words: str, code: str, setting: Setting) -> bool:
    """Whether the words hold a keyword of the service, in either language; plurals count."""
    service = setting.service(code)
    if service is None:
        return False
    return bool(phrases_in(service.keywords, fold_in_place(words)))


def with_words(draft: Draft, turn: Turn, setting: Setting) -> Draft:
    """The draft after the resident said what it is about (or tried to)."""
    code = sure_service(turn, setting) or _said_again(draft, turn, setting) or _one_more(turn, setting)
    if code is not None:
        return of_service(draft, code)
    offers = likely_services(turn, setting)
    unclear = draft.unclear + 1
    told = len(turn.text.split()) >= TOLD  # who has told it is not asked what is wrong
    clear = not turn.vague or told or unclear > 1 or worth_a_menu(turn, offers)
    if offers == (CATCH_ALL,):  # a list of "something else" alone asks nothing
        if told:
            return of_service(draft, CATCH_ALL)
        offers = ()
    if offers and clear and _offered(draft) != offers:
        return replace(draft, half_service=HalfService(offers), unclear=unclear)
    group = draft.half_service.group if draft.half_service else None
    left = HalfService(group=group) if group else None  # its menu stays open
    return replace(draft, half_service=left, unclear=unclear)


def of_service(draft: Draft, code: str) -> Draft:
    """The draft of this service."""
    return replace(draft, service=code, half_service=None)


def without_service(draft: Draft, group: str | None = None) -> Draft:
    """The draft whose service is chosen from the menu: in a group, where one is named."""
    left = HalfService(group=group) if group else None
    return replace(draft, service=None, half_service=left, unclear=max(ASKED_ENOUGH, draft.unclear))


def _offered(draft: Draft) -> tuple[str, ...]:
    return draft.half_service.codes if draft.half_service else ()


def _said_again(draft: Draft, turn: Turn, setting: Setting) -> str | None:
    """The service that other words point to again, after it was offered: two doubtful descriptions make a clear one."""
    known = _known(turn.guesses, setting)
    if known and known[0].code in _offered(draft) and known[0].confidence >= CLEARLY_AHEAD[0]:
        return known[0].code
    return None


def _one_more(turn: Turn, setting: Setting) -> str | None:
    """The service of their newest request, where the words tell of one more and may mean such: "and now the one at the corner, too"."""
    if not setting.own or not _ALSO.search(turn.text):
        return None
    before = setting.own[0].service
    return before if before in likely_services(turn, setting) else None


def worth_a_menu(turn: Turn, offers: tuple[str, ...]) -> bool:
    """Whether words ("trash") narrow it down enough to show what they may mean."""
    likely = sum(guess.confidence for guess in turn.guesses if guess.code in offers)
    return likely >= WORTH_A_MENU


def guess_options(draft: Draft, setting: Setting) -> tuple[Option, ...]:
    # "Something else" stands below them as it is: the catch-all would be its double.
    codes = [code for code in _offered(draft) if setting.service(code) is not None and code != CATCH_ALL]
    return tuple(_option(code, setting) for code in codes)


def group_options(setting: Setting) -> tuple[Option, ...]:
    return tuple(
        Option(setting.words(group.names), choose(f"group:{group.code}"))
        for group in setting.catalogue.groups
    )


def group_service_options(code: str, setting: Setting) -> tuple[Option, ...]:
    try:
        services = setting.catalogue.in_group(code)
    except KeyError:
        return ()
    return tuple(_option(service.code, setting) for service in services)


def _option(code: str, setting: Setting) -> Option:
    service = setting.service(code)
    assert service is not None  # noqa: S101 - callers keep to known codes
    return Option(setting.words(service.short), choose(f"service:{code}"))


def choose(choice: str) -> str:
    """The payload of an option."""
    return f'/choose{{"choice": "{choice}"}}'
