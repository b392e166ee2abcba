"""One turn in words, heard with everything that is open in mind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.city.location import ResolutionOutcome
from bot.conversation.hearing.acts import as_meant, by_its_figure
from bot.conversation.hearing.buttons import options_below
from bot.conversation.hearing.competition import likelihoods
from bot.conversation.hearing.evidence import Scene, evidence
from bot.conversation.intake import digressions
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.language import beside_the_wish
from bot.conversation.intake.memory import ADDITIONS_FOR, Memory
from bot.conversation.intake.one_matter import is_denied
from bot.conversation.intake.only_asking import asks_something
from bot.conversation.intake.sending import says_send
from bot.conversation.intake.services import CATCH_ALL, begins_anew, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import asks_after, asks_contents, asks_whether
from bot.conversation.intake.telling import insists, tells_something
from bot.conversation.intake.turn import SideQuestion, Turn
from bot.conversation.questions.next import with_question
from bot.text.fold import fold
from bot.text.numbers import bare_figure

# A reading that is likelier than this counts; below it the words are taken as the engine reads them by themselves.
# These bars were set by hand, looking at conversations that went wrong; only what SURE lets through is measured (docs/dialogue.md).
SURE = 0.6
# Readings that do what cannot be taken back with a word have to be surer.
SURER = 0.75
SUREST = 0.9
_LASTING = frozenset({"cancel", "another", "stop", "fixed", "not_fixed"})
# What the intents of single messages are as readings, where they would do something else than answer beside the point.
_ALONE = {
    "report": "another", "give_place": "tell", "correct": "correct", "affirm": "yes", "deny": "no", "not_fixed": "not_fixed",
    "fixed": "fixed", "out_of_scope": "chatter", "abuse": "anger", "complain_service": "anger", "greet": "greet", "rate": "rate",
}  # fmt: skip
# Questions about finished work, at which "fixed" and "not fixed" are no surprise.
_FINISHED = frozenset({"verdict", "what_is_left", "rating", "reopened"})
_VERDICTS = frozenset({"fixed", "not_fixed"})
# Right after it was told that the work has ended, and nothing was asked.
_ENDED = "ended"
# What comes to the same at "is it fixed?": thanks, a yes and praise are no three things that each are unlikely.
_COMES_TO: Mapping[str, Mapping[str, frozenset[str]]] = {
    "verdict": {"fixed": frozenset({"fixed", "yes", "thanks"}), "not_fixed": frozenset({"not_fixed", "no"})},
    _ENDED: {"thanks": frozenset({"fixed", "thanks"})},
}
MUCH_LESS = 4.0
FEW_TO_CANCEL = 8  # words that may give a report up without saying so
A_REMARK = 4  # words beside a question that tell of nothing: "... en la arena"
MUCH_BESIDE_A_PLACE = 6  # words: they may tell what is wrong there
_SENDS = frozenset({"summary", "change"})
GIVEN_UP = 0.3
_WHOLE = frozenset({f"place {ResolutionOutcome.RESOLVED.value}", "names another service"})
# What beside a question is no more than its manners, or another question.
_SAYS_NOTHING = digressions.DIGRESSIONS | {"again", ""}
# What a report begins with where nothing is known yet.
_BEGINS = frozenset({"report", "give_place"})
# Of words after which nothing is open: the replies were written where something was, and manners are the same.
_TALKED = "filed"
# What thanks and goodbyes are mistaken for.
_LIKE_MANNERS = frozenset({"out_of_scope", "report", "give_place", "fixed", "affirm", "deny", "skip"})
_SAY_YES = frozenset({"affirm", "file"})
_WORRY = re.compile(
    r"\b(?:don t|dont|do not|not) (?:want|need|looking for) (?:any |no |more )*(?:trouble|troubles|problems|drama|beef)\b|"
    r"\bno (?:quiero|busco|ocupo|necesito) (?:mas |tener |meterme en |que me metan en )*(?:problemas?|broncas?|lios?|pleitos?)\b"
)
# What a question about what is in a report is mistaken for.
_LIKE_CONTENTS = frozenset(
    {*digressions.QUESTIONS, "ask_status", "out_of_scope", "ask_about_bot", "report", "add_to_request"}
)
# What Spanish wishes as it asks: "que pasen hoy", "que lo arreglen ya".
_WISHES = re.compile(
    r"^(?:y |pero |mejor )?que (?:(?:lo|la|los|las|le|les|me|nos|se|ya|por favor) )*(?:\w+(?:en|an)|venga|pase|mande|arregle|limpie|recoja|quite|haga)\b"
)
# What is a question by the order of its words: "also is there another restroom close we can use now".
_INVERTED = re.compile(
    r"(?:(?:and|but|also|so|then) )*(?:(?:is|are) (?:there|it|they|this|that)|(?:do|does|did|can|could|will|would|should) (?:i|you|u|we|they|it|he|she|somebody|someone|anyone))\b"
)
# Questions about the place, and what tells of it though it begins like a question.
_PLACES = frozenset({"where", "cross_street", "which_place", "photo_place"})
_SAYS_WHERE = re.compile(
    r"(?:donde|where|como|when|cuando) (?!(?:is|are|do|does|did|can|should|esta|queda|mando|puedo|quiere)\b)"
)
# A rest that leads up to the question, and is no answer of its own.
_HANGS = re.compile(r"\b(?:but|pero)$")
# A rest that is a sigh or an oath, and is told to nobody: "a ver, ¿qué pusieron?", "joder, que solo pregunto ...".
_SAYS_NO_WORD = re.compile(
    r"(?:(?:a ver|oye|oiga|mire|mira|joder|cono|carajo|chin|chale|hijole|caray|no manches|dios mio|por dios|ay|uf|damn|dammit|jesus|christ|omg|oh my god|my god|man|dude|bro|"
    r"come on|seriously|wow|ugh|hey|look|listen|wait|hold on|hmm+|um+|uh+|en serio|neta|disculpe|perdon|perdone|excuse me|sorry) ?)+"
)
# Words that say to put it there.
_PLACES_IT = re.compile(
    r"^(?:no|nel|nope|nah)\b.*\b(?:es|son|esta|its|it s|it is) (?:en|on|at|in) \w|\b(?:pon(?:le|ga|gale|lo|galo)?|put it|make it|change it to|cambie?(?:l[oa])? a) (?:en |on |at )?\w"
)
_BUT = re.compile(r"(?:but|pero)\b")
A_YES = 2  # words of a bare yes
_YES_LASTS = frozenset({"summary", "change", "same_matter", "verdict"})  # it files, follows or closes


def heard(draft: Draft | None, memory: Memory, setting: Setting) -> Setting:
    """The setting with the turn as it is meant at what is open. Where nothing is, a message is read by itself.

    A question of the resident's that stands beside something else is taken out of the turn, as its `aside`.
    """
    scene = scene_of(draft, memory, setting)
    beside_a_photo = scene is not None and setting.turn.photos and bare_figure(setting.turn.text) is not None
    if scene is not None and beside_a_photo and (option := by_its_figure(setting.turn, scene)) is not None:
        return replace(setting, turn=option)
    rest = _beside_a_question(scene, setting)
    if rest is not None:
        return replace(setting, turn=rest)
    if (own := _of_their_own(setting)) is not None:
        return replace(setting, turn=own)
    if (known := _known_in_part(setting)) is not None:
        return replace(setting, turn=known)
    turn = setting.turn
    if (
        turn.intent == "change_language"
        and scene is not None
        and scene.question in _SENDS
        and says_send(turn.text)
    ):
        return replace(setting, turn=replace(turn, intent="file"))  # and in that language from now on
    beside = beside_the_wish(turn.text) if turn.intent == "change_language" else ""
    if tells_something(beside):
        told = as_meant(replace(turn, text=beside), "tell", scene or Scene("nothing"))
        return replace(setting, turn=told)
    meant = _meant(scene, setting) if scene is not None else _between(memory, setting)
    return replace(setting, turn=meant) if meant is not None else setting


def _of_their_own(setting: Setting) -> Turn | None:
    """A question about what is in a report of theirs, which is looked up like how it stands."""
    turn = setting.turn
    if turn.intent not in _LIKE_CONTENTS or not (_is_worded(turn) and asks_contents(setting)):
        return None
    return replace(turn, intent="ask_status")


def _known_in_part(setting: Setting) -> Turn | None:
    """A question of many words that has an answer only by itself: "hi! just moved here, … which day is street sweeping?"."""
    turn, side = setting.turn, setting.turn.side
    if side is None or turn.intent not in digressions.QUESTIONS or digressions.can_answer(turn, setting):
        return None
    part = next((one for one in (side.asked, side.rest) if _is_answered(one, setting)), None)
    return replace(part, text=turn.text, photos=turn.photos) if part is not None else None


def _meant(scene: Scene | None, setting: Setting) -> Turn | None:
    """The turn as it is meant at the scene; None where nothing is sure enough to read it otherwise than by itself."""
    turn = setting.turn
    if scene is None or not _is_worded(turn):
        return None
    if (option := by_its_figure(turn, scene)) is not None:
        return option
    found = evidence(scene, setting)
    chances = _together(scene, setting, likelihoods(scene, turn.replies, found))
    best = max(chances, key=chances.__getitem__)
    if scene.question in _SENDS and is_denied(turn.text, scene.service, setting):
        return as_meant(turn, "correct", scene)  # "no, not a cart. it's the public can": nothing is given up
    if best == "cancel" and "sign:gives_up" not in found and len(turn.text.split()) > FEW_TO_CANCEL:
        return as_meant(
            turn, "add", scene
        )  # "it's the second time, please don't do that again": a reason to send it
    if best == "yes" and scene.question in _SENDS and _asks_how_it_stands(turn.text):
        return replace(
            turn, intent="ask_status"
        )  # "ya lo cambió o sigue diciendo árbol": a question sends nothing
    if _gives_up(scene, turn, found, chances):
        return as_meant(turn, "cancel", scene)
    needed = _needed(best, scene, found, turn)
    if scene.question in _SENDS and _PLACES_IT.search(fold(turn.text)) and _names_a_place(setting):
        return as_meant(turn, "correct", scene)  # "ponle pico y 17th", "no ahí sí hay luz, es en kansas"
    if best == "another" and insists(turn.text):
        return as_meant(turn, "add", scene)  # "it's noise, I told you": the same matter in other words
    # Where two witnesses disagree nothing less than the surest reading counts against the words themselves.
    if chances[best] >= needed or (needed < SUREST and _is_out_of_place(scene, turn, best, chances)):
        return as_meant(turn, best, scene)
    return None


def _names_a_place(setting: Setting) -> bool:
    found = setting.places.locate(setting.turn.text, setting.language)
    return found.outcome in (ResolutionOutcome.RESOLVED, ResolutionOutcome.STREET_ONLY)


def _asks_how_it_stands(text: str) -> bool:
    """Whether words ask whether something is in it, or done, and do not say that it is to be sent."""
    return asks_whether(text) and not says_send(text)


def _together(scene: Scene, setting: Setting, chances: Mapping[str, float]) -> dict[str, float]:
    """The likelihoods with those summed up that come to the same at the question."""
    added = dict(chances)
    ended = scene.question == _TALKED and bool(setting.own) and setting.own[0].finished
    for reading, alike in _COMES_TO.get(_ENDED if ended else scene.question, {}).items():
        added[reading] = sum(added.pop(one, 0.0) for one in sorted(alike))
    return added


def _between(memory: Memory, setting: Setting) -> Turn | None:
    """The turn where nothing is open, as what it would be right after a filing: how a request of theirs stands ("oye y el
    semáforo ya lo vieron?"), or, while the talk goes on, thanks or a goodbye ("ok will call them. have a good one")."""
    turn = setting.turn
    if not _is_worded(turn) or turn.intent not in _LIKE_MANNERS:
        return None
    scene = Scene(_TALKED)
    chances = likelihoods(scene, turn.replies, evidence(scene, setting))
    going_on = any(own.status in ACTIVE for own in setting.own)
    if going_on and chances.get("status", 0.0) >= SURE and not begins_anew(turn.text):
        return replace(turn, intent="ask_status")
    nowhere = setting.places.locate(turn.text, setting.language).outcome is ResolutionOutcome.UNKNOWN
    if chances.get("ask", 0.0) >= SURER and nowhere and asks_something(turn.text):
        return replace(turn, intent="ask_city")
    known = sure_service(turn, setting) not in (None, CATCH_ALL)
    polite = memory.goes_on(turn.at) and not known and chances.get("thanks", 0.0) >= SURER
    return as_meant(turn, "thanks", scene) if polite else None


def _beside_a_question(scene: Scene | None, setting: Setting) -> Turn | None:
    """What is left of a turn in which a question stands beside something else; None where the two are no more than one."""
    turn, side = setting.turn, setting.turn.side
    if side is None or not _is_worded(turn):
        return None
    if all(_is_answered(one, setting) for one in (side.rest, side.asked)):
        return replace(side.rest, aside=side.asked)  # two questions, and nothing else
    if scene is None:
        return _begun_beside(side, setting) if digressions.is_asked(side.asked, setting) else None
    if _WISHES.search(fold(side.asked.text)) and "?" not in side.asked.text:
        return None  # "el jueves no me sirve, que pasen hoy": nothing is asked
    if scene.question in _PLACES and "?" not in side.asked.text and _SAYS_WHERE.match(fold(side.asked.text)):
        return None  # "mas para la 14. donde los árboles colorines": where it is
    asked = _of_their_own(replace(setting, turn=side.asked)) or side.asked
    if not digressions.is_asked(asked, setting):
        asked = _meant(scene, replace(setting, turn=asked)) or asked
        if asked.intent != "ask_status" or not digressions.is_asked(asked, setting):
            # "Do you need to know they start at 6?" tells more than it asks; beside a plain yes or no it is asked all the same.
            plain = (
                _meant(scene, replace(setting, turn=side.rest))
                if _asks_something(asked, scene, setting)
                else None
            )
            put = "?" in asked.text or _INVERTED.match(fold(asked.text))
            polite = (
                plain is not None and plain.intent in ("thanks", "goodbye") and asked.intent not in _BEGINS
            )
            if plain is None or not (plain.intent in ("affirm", "deny") or polite) or not put:
                return None
            return replace(plain, aside=replace(asked, intent="ask"))
    rest_words = fold(side.rest.text)
    if (
        turn.intent in digressions.QUESTIONS
        and len(rest_words.split()) <= A_REMARK
        and side.rest.intent in _BEGINS
    ):
        return replace(asked, text=turn.text)  # "and the crossing guard?? who do I call about that"
    hangs = _HANGS.search(rest_words) or (_BUT.match(fold(asked.text)) and len(rest_words.split()) <= A_YES)
    if hangs:  # "ok but what about the bags??" says no yes
        return replace(asked, text=turn.text)
    alone = replace(setting, turn=side.rest)
    rest = _meant(scene, alone) or side.rest
    withdraws = rest.intent == "cancel" and "sign:gives_up" not in evidence(scene, alone)
    if withdraws or _WORRY.search(fold(side.rest.text)):
        # "Will my name be on it? I don't want trouble with the owner": a reason to ask, and nothing is withdrawn or told.
        return replace(asked, text=turn.text)
    if _SAYS_NO_WORD.fullmatch(fold(side.rest.text)):
        return replace(asked, text=turn.text)
    return replace(rest, aside=asked) if rest.intent not in _SAYS_NOTHING else None


def _asks_something(asked: Turn, scene: Scene, setting: Setting) -> bool:
    """Whether half a message asks, though it reads like something else: "is there another bathroom close by?"."""
    if asked.intent == "out_of_scope":
        return True
    known = sure_service(asked, setting) in (None, CATCH_ALL, scene.service)
    return known and asked.intent in _ALONE and digressions.asks_by_its_form(asked)


def _is_answered(turn: Turn, setting: Setting) -> bool:
    """Whether words are a question that the city answers."""
    return turn.intent in digressions.QUESTIONS and digressions.can_answer(turn, setting)


def _begun_beside(side: SideQuestion, setting: Setting) -> Turn | None:
    """A report that begins beside a question. Its own words are kept whole: rhetorical questions belong to a report."""
    if not digressions.can_answer(side.asked, setting):
        return None
    if asks_after(setting) is not None:
        return None  # about a request of theirs, all of it
    asks = setting.turn.intent in digressions.QUESTIONS and len(side.rest.text.split()) <= A_REMARK
    if asks or (sure_service(side.rest, setting) is None and _says_only_where(side.rest, setting)):
        # "How do I get a permit, just moved to 5th & Ashland": where they live, and nothing is wrong there.
        return replace(side.asked, text=setting.turn.text)
    told = next((one for one in (setting.turn, side.rest) if one.intent in _BEGINS), None)
    return replace(told, text=setting.turn.text, aside=side.asked) if told is not None else None


def _says_only_where(turn: Turn, setting: Setting) -> bool:
    """Whether words tell of a place, or of nothing, but of no matter."""
    placed = setting.places.locate(turn.text, setting.language)
    elsewhere = turn.text.replace(placed.used, " ") if placed.used else turn.text
    return len(elsewhere.split()) <= MUCH_BESIDE_A_PLACE


def _needed(reading: str, scene: Scene, found: Mapping[str, float], turn: Turn) -> float:
    """How likely a reading has to be to count."""
    a_report = reading != "another" and turn.intent == "report" and "sure of a service" in found
    if a_report and found.keys() & _WHOLE:
        return SUREST  # by itself a whole report, or one of another matter by name: two witnesses disagree
    if reading == "yes" and scene.question in _YES_LASTS:
        says_yes = "sign:begins_yes" in found or turn.intent in _SAY_YES
        return (
            SURER if says_yes or scene.question in _FINISHED else SUREST
        )  # nothing is sent by words that may ask
    return SURER if reading in _LASTING else SURE


def _gives_up(scene: Scene, turn: Turn, found: Mapping[str, float], chances: Mapping[str, float]) -> bool:
    """Whether a no to the report in the making is a no to all of it: "never mind, do not send", "forget it"."""
    likely = chances.get("cancel", 0.0)
    if scene.question == "reopened":  # that it is fixed after all, and that nobody has to come, is the same
        return likely + chances.get("fixed", 0.0) >= SURER
    if scene.question in _SENDS and "sign:gives_up" in found:
        return likely + chances.get("no", 0.0) >= SURER
    return turn.intent == "start_over" and likely >= GIVEN_UP


def _is_out_of_place(scene: Scene, turn: Turn, best: str, chances: Mapping[str, float]) -> bool:
    """Whether the words are far less likely here what they are by themselves than what is likeliest, though that is not sure."""
    alone = _ALONE.get(turn.intent)
    expected = best in _VERDICTS and scene.question in _FINISHED
    if (best in _LASTING and not expected) or alone is None or alone == best:
        return False
    return chances.get(alone, 0.0) * MUCH_LESS < chances[best]


def _is_worded(turn: Turn) -> bool:
    return bool(turn.text and turn.replies) and turn.choice is None and turn.pin is None and not turn.edited


def scene_of(draft: Draft | None, memory: Memory, setting: Setting) -> Scene | None:
    """What the resident has before their eyes; None for one of whom nothing is known yet."""
    now = setting.turn.at
    if draft is not None:
        question = with_question(draft, setting).open
        assert question is not None  # noqa: S101 - with_question says so
        options = options_below(question.ask(draft, setting), setting.language)
        return Scene(question.name, draft.service, draft.location is not None, options)
    # An offer that stands is no scene for ever: a day later words are about something else.
    open_ones = [
        one
        for one in memory.open_questions(now)
        if one.is_asked and (one.settles or now - one.at <= ADDITIONS_FOR)
    ]
    if open_ones:
        newest = open_ones[0]
        return Scene(newest.name, newest.service, True, options_below(newest.ask(setting), setting.language))
    filed = memory.filed_lately(now)
    return Scene("filed", filed.service, True) if filed else None
