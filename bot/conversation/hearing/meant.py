"""What a turn means at the question that is open: the likeliest reading, where it is likely enough to count there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.city.location import ResolutionOutcome
from bot.conversation.hearing.acts import as_meant, by_its_figure
from bot.conversation.hearing.competition import likelihoods
from bot.conversation.hearing.evidence import Scene, evidence
from bot.conversation.intake.digressions import asks_for_work, asks_permission
from bot.conversation.intake.half_done import one_is_gone
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.only_asking import asks_plainly, asks_something
from bot.conversation.intake.refusing import is_denied
from bot.conversation.intake.sending import refuses_to_send, says_send
from bot.conversation.intake.services import CATCH_ALL, begins_anew, names_service, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import asks_whether
from bot.conversation.intake.telling import insists
from bot.conversation.intake.turn import Turn
from bot.text.fold import fold

# A reading that is likelier than this counts; below it the words are taken as the engine reads them by themselves.
# These bars were set by hand, looking at conversations that went wrong; only what SURE lets through is measured (docs/dialogue.md).
SURE = 0.6
# Readings that do what cannot be taken back with a word have to be surer.
SURER = 0.75
SUREST = 0.9
_LASTING = frozenset({"cancel", "another", "stop", "fixed", "not_fixed"})
# What the intents of single messages are as readings, where they would do something else than answer beside the point.
ALONE = {
    "report": "another", "give_place": "tell", "correct": "correct", "affirm": "yes", "deny": "no", "not_fixed": "not_fixed",
    "fixed": "fixed", "out_of_scope": "chatter", "abuse": "anger", "complain_service": "anger", "greet": "greet", "rate": "rate",
}  # fmt: skip
# Questions about finished work, at which "fixed" and "not fixed" are no surprise.
_FINISHED = frozenset({"verdict", "what_is_left", "rating", "reopened"})
_VERDICTS = frozenset({"fixed", "not_fixed"})
# Right after it was told that the work has ended, and nothing was asked.
_ENDED = "ended"
# Of words after which nothing is open: the replies were written where something was, and manners are the same.
_TALKED = "filed"
# What comes to the same at "is it fixed?": thanks, a yes and praise are no three things that each are unlikely.
_COMES_TO: Mapping[str, Mapping[str, frozenset[str]]] = {
    "verdict": {"fixed": frozenset({"fixed", "yes", "thanks"}), "not_fixed": frozenset({"not_fixed", "no"})},
    _ENDED: {"thanks": frozenset({"fixed", "thanks"})},
}
MUCH_LESS = 4.0
FEW_TO_CANCEL = 8  # words that may give a report up without saying so
SENDS = frozenset({"summary", "change"})
GIVEN_UP = 0.3
_WHOLE = frozenset({f"place {ResolutionOutcome.RESOLVED.value}", "names another service"})
# What thanks and goodbyes are mistaken for.
_LIKE_MANNERS = frozenset({"out_of_scope", "report", "give_place", "fixed", "affirm", "deny", "skip"})
_MANNERS = frozenset({"thanks", "goodbye", "ask_city", "ask"})
# What may stand behind thanks and is worth more than a "you're welcome".
_BESIDE_THANKS = ("ask", "status", "add")
# What asks for work to be done: no question, however it is put.
_ASKS_FOR_WORK = re.compile(
    r"\b(?:can|could|will|would) (?:you|u|ya|yall|someone|somebody|they|the city) (?:guys |please |pls )?(?!tell|say|answer|explain)\w+|\b(?:puede[ns]?|podrian?|pueden|pudieran) (?!decir|saber|explicar)\w+(?:ar|er|ir)(?:l[oa]s?|me|nos)?\b"
)
_DO_YOU_KNOW = re.compile(
    r"\b(?:do|does|can|could|would) (?:you|u|ya|yall|anyone|anybody) (?:\w+ )?(?:know|tell|have|do)\b|\b(?:sabe|saben|sabra|sabran|me puede decir)\b"
)
_TELLS_ON = frozenset({"add", "tell", "correct", "another"})
MORE_THAN_MANNERS = 6  # words
NOT_UNLIKELY = 0.15
_SAY_YES = frozenset({"affirm", "file"})
# Words that say to put it there.
_PLACES_IT = re.compile(
    r"^(?:no|nel|nope|nah)\b.*\b(?:es|son|esta|its|it s|it is) (?:en|on|at|in) \w|\b(?:pon(?:le|ga|gale|lo|galo)?|put it|make it|change it to|cambie?(?:l[oa])? a) (?:en |on |at )?\w"
)
_YES_LASTS = frozenset({"summary", "change", "same_matter", "verdict"})  # it files, follows or closes


def meant(scene: Scene | None, setting: Setting) -> Turn | None:
    """The turn as it is meant at the scene; None where nothing is sure enough to read it otherwise than by itself."""
    turn = setting.turn
    if scene is None or not is_worded(turn):
        return None
    if (option := by_its_figure(turn, scene)) is not None:
        return option
    found = evidence(scene, setting)
    chances = _together(scene, setting, likelihoods(scene, turn.replies, found))
    best = max(chances, key=chances.__getitem__)
    if scene.question in SENDS and turn.intent in _MANNERS and refuses_to_send(turn.text):
        return as_meant(turn, "cancel", scene)  # "don't send anything. bye"
    if scene.question in SENDS and is_denied(turn, scene.service, setting):
        return as_meant(turn, "correct", scene)  # "no, not a cart. it's the public can": nothing is given up
    # "It's the second time, please don't do that again": a reason to send it.
    if best == "cancel" and "sign:gives_up" not in found and len(turn.text.split()) > FEW_TO_CANCEL:
        return as_meant(turn, "add", scene)
    # "Ya lo cambió o sigue diciendo árbol": a question sends nothing.
    if best == "yes" and scene.question in SENDS and _asks_how_it_stands(turn.text):
        return replace(turn, intent="ask_status")
    if _gives_up(scene, turn, found, chances):
        return as_meant(turn, "cancel", scene)
    if best == "status" and scene.question == _TALKED and one_is_gone(turn.text):
        return as_meant(turn, "add", scene)  # "the couch is gone now but the paint is still there"
    if best in _TELLS_ON and scene.question == _TALKED and _DO_YOU_KNOW.search(fold(turn.text)):
        return as_meant(turn, "ask", scene)  # "yay saturday! do you know when the pool has toddler swim"
    if best == "thanks" and (more := _beside_thanks(turn, chances)) is not None:
        return as_meant(turn, more, scene)  # "ok gracias. y del tiket ya me ban a contestar o q"
    needed = _needed(best, scene, found, turn)
    if scene.question in SENDS and _PLACES_IT.search(fold(turn.text)) and _names_a_place(setting):
        return as_meant(turn, "correct", scene)  # "ponle pico y 17th", "no ahí sí hay luz, es en kansas"
    if best == "another" and insists(turn.text):
        return as_meant(turn, "add", scene)  # "it's noise, I told you": the same matter in other words
    # Where two witnesses disagree nothing less than the surest reading counts against the words themselves.
    if chances[best] >= needed or (needed < SUREST and _is_out_of_place(scene, turn, best, chances)):
        return as_meant(turn, best, scene)
    return None


def meant_between(memory: Memory, setting: Setting) -> Turn | None:
    """The turn where nothing is open, as what it would be right after a filing: how a request of theirs stands ("oye y el
    semáforo ya lo vieron?"), or, while the talk goes on, thanks or a goodbye ("ok will call them. have a good one")."""
    turn = setting.turn
    if not is_worded(turn):
        return None
    if turn.intent == "ask_city" and _tells_and_asks_nothing(setting):
        return replace(turn, intent="report")
    if turn.intent not in _LIKE_MANNERS:
        return None
    going_on = any(own.status in ACTIVE for own in setting.own)
    asks = asks_something(turn.text)
    if not (going_on or asks or memory.goes_on(turn.at)):
        return None  # a first report, mostly: nothing below can come of it, so nothing is weighed
    # "Can I just leave a couch in the alley": nothing lies there yet.
    if asks and turn.intent in ("report", "give_place") and not turn.photos and asks_permission(turn.text):
        return replace(turn, intent="ask_city")
    scene = Scene(_TALKED)
    chances = likelihoods(scene, turn.replies, evidence(scene, setting))
    service = sure_service(turn, setting)
    known = service if service != CATCH_ALL else None
    if going_on and chances.get("status", 0.0) >= SURE and not begins_anew(turn.text):
        return replace(turn, intent="ask_status")
    if turn.intent == "report" and asks_for_work(turn.text) and _likely_ours(turn):
        return None  # "can u guys pick up a couch": a wish in the form of a question
    if asks and not _tells_beside_asking(turn, known, setting) and chances.get("ask", 0.0) >= SURER:
        nowhere = setting.places.locate(turn.text, setting.language).outcome is ResolutionOutcome.UNKNOWN
        if nowhere:
            return replace(turn, intent="ask_city")
    polite = memory.goes_on(turn.at) and not known and chances.get("thanks", 0.0) >= SURER
    return as_meant(turn, "thanks", scene) if polite else None


def _likely_ours(turn: Turn) -> bool:
    likeliest = max(turn.guesses, key=lambda guess: guess.confidence, default=None)
    return likeliest is not None and likeliest.code != CATCH_ALL and likeliest.confidence >= HALF


def _tells_and_asks_nothing(setting: Setting) -> bool:
    """Whether words that sound of something we answer put no question, and tell what is wrong and where: "árbol 7 y california, las
    raíces levantaron el medidor"."""
    turn = setting.turn
    if asks_plainly(turn.text) or asks_something(turn.text) or turn.replies.get("ask", 0.0) >= HARDLY:
        return False
    tells = sum(turn.replies.get(reading, 0.0) for reading in _TELLS_ON)
    if tells < SURE or not _likely_ours(turn):
        return False
    return setting.places.locate(turn.text, setting.language).outcome is ResolutionOutcome.RESOLVED


HARDLY = 0.1
HALF = 0.5


def _tells_beside_asking(turn: Turn, service: str | None, setting: Setting) -> bool:
    """Whether a clause that asks nothing names the matter: "my neighbor has roosters that crow at 4 am, is that legal?"."""
    if turn.intent != "report" or service is None:
        return False
    clauses = (part for part in _CLAUSES.split(turn.text) if len(part.split()) >= MORE_THAN_MANNERS)
    return any(names_service(part, service, setting) and not asks_something(part) for part in clauses)


_CLAUSES = re.compile(r"(?<=[.?!;,\n])\s")


def _beside_thanks(turn: Turn, chances: Mapping[str, float]) -> str | None:
    """What words are beside their thanks, where they are too many to be only that and it is not unlikely."""
    if len(turn.text.split()) < MORE_THAN_MANNERS:
        return None
    asks = "?" in turn.text or asks_something(turn.text) or _DO_YOU_KNOW.search(fold(turn.text)) is not None
    among = _BESIDE_THANKS[:2] if asks else _BESIDE_THANKS
    more = max(among, key=lambda reading: chances.get(reading, 0.0))
    return more if asks or chances.get(more, 0.0) >= NOT_UNLIKELY else None


def _together(scene: Scene, setting: Setting, chances: Mapping[str, float]) -> dict[str, float]:
    """The likelihoods with those summed up that come to the same at the question."""
    added = dict(chances)
    ended = scene.question == _TALKED and bool(setting.own) and setting.own[0].finished
    for reading, alike in _COMES_TO.get(_ENDED if ended else scene.question, {}).items():
        added[reading] = sum(added.pop(one, 0.0) for one in sorted(alike))
    return added


def _names_a_place(setting: Setting) -> bool:
    found = setting.places.locate(setting.turn.text, setting.language)
    return found.outcome in (ResolutionOutcome.RESOLVED, ResolutionOutcome.STREET_ONLY)


def _asks_how_it_stands(text: str) -> bool:
    """Whether words ask whether something is in it, or done, and do not say that it is to be sent."""
    return asks_whether(text) and not says_send(text)


def _needed(reading: str, scene: Scene, found: Mapping[str, float], turn: Turn) -> float:
    """How likely a reading has to be to count."""
    if (
        reading == "ask"
        and asks_something(turn.text)
        and not turn.photos
        and not _ASKS_FOR_WORK.search(fold(turn.text))
    ):
        return SURE  # "how do I get an overnight permit": it names a service of the city, and reports nothing
    if reading in ("yes", "no") and scene.question == "updates_wanted" and not _speaks_of_texts(turn, found):
        return SUREST  # "gracias a Dios contestan", "ese mismo baño": nobody consents, or refuses, with words about something else
    if reading != "another" and "sure of a service" in found and _is_whole(turn, found):
        return SUREST  # by itself a whole report, or one of another matter by name: two witnesses disagree
    if reading == "yes" and scene.question in _YES_LASTS:
        says_yes = "sign:begins_yes" in found or turn.intent in _SAY_YES
        return (
            SURER if says_yes or scene.question in _FINISHED else SUREST
        )  # nothing is sent by words that may ask
    return SURER if reading in _LASTING else SURE


def _is_whole(turn: Turn, found: Mapping[str, float]) -> bool:
    """Whether words by themselves are a report with its place, or of another matter; what sounds like a place alone has to be both:
    "streetlight out at 1427 Lincoln Blvd"."""
    if turn.intent == "give_place":
        return found.keys() >= _WHOLE
    return turn.intent == "report" and bool(found.keys() & _WHOLE)


def _speaks_of_texts(turn: Turn, found: Mapping[str, float]) -> bool:
    """Whether words say yes or no, or speak of texts, so that they can be an answer to whether we shall send some."""
    signs = ("sign:begins_yes", "sign:begins_no", "sign:texts")
    return turn.intent in ("affirm", "deny", "skip", "start_texts", "stop_texts") or any(
        sign in found for sign in signs
    )


def _gives_up(scene: Scene, turn: Turn, found: Mapping[str, float], chances: Mapping[str, float]) -> bool:
    """Whether a no to the report in the making is a no to all of it: "never mind, do not send", "forget it"."""
    likely = chances.get("cancel", 0.0)
    if scene.question == "reopened":  # that it is fixed after all, and that nobody has to come, is the same
        return likely + chances.get("fixed", 0.0) >= SURER
    if scene.question in SENDS and "sign:gives_up" in found:
        return likely + chances.get("no", 0.0) >= SURER
    return turn.intent == "start_over" and likely >= GIVEN_UP


def _is_out_of_place(scene: Scene, turn: Turn, best: str, chances: Mapping[str, float]) -> bool:
    """Whether the words are far less likely here what they are by themselves than what is likeliest, though that is not sure."""
    alone = ALONE.get(turn.intent)
    expected = best in _VERDICTS and scene.question in _FINISHED
    if (best in _LASTING and not expected) or alone is None or alone == best:
        return False
    return chances.get(alone, 0.0) * MUCH_LESS < chances[best]


def is_worded(turn: Turn) -> bool:
    return bool(turn.text and turn.replies) and turn.choice is None and turn.pin is None and not turn.edited
