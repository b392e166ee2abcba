"""A question of the resident's that stands beside something else: taken out of the turn, or all that there is to it."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.city.location import ResolutionOutcome
from bot.conversation.hearing.acts import by_its_figure
from bot.conversation.hearing.evidence import Scene, evidence
from bot.conversation.hearing.meant import ALONE, is_worded, meant
from bot.conversation.intake import digressions
from bot.conversation.intake.only_asking import asks_plainly
from bot.conversation.intake.sending import says_send
from bot.conversation.intake.services import CATCH_ALL, PLAINLY, begins_anew, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import asks_after, asks_contents
from bot.conversation.intake.telling import to_be_kept
from bot.conversation.intake.turn import SideQuestion, Turn
from bot.text.fold import fold

A_STORY = 12
KNOWN = 0.75  # confidence of a question whose answer is surely the right one
# What is asked of us behind a greeting.
_ABOUT_US = frozenset({"ask_services", "ask_about_bot", "ask_hours"})
# Who asks says who they are: "hi, I own a fourplex on Euclid. how much can I raise the rent?".
_BACKGROUND = re.compile(
    r"(?:(?:hi|hello|hey|hola|buenas|buenos dias|buenas tardes|good morning) )*(?:(?:i|we) (?:own|live|rent|manage|run|work|just|am|are|have an?)|(?:i m|im|we re|my|soy|somos|vivo|rento|trabajo|tengo un[oa]?|acabo de)\b)"
)
A_REMARK = 4  # words beside a question that tell of nothing: "... en la arena"
MUCH_BESIDE_A_PLACE = 6  # words: they may tell what is wrong there
# What beside a question is no more than its manners, or another question.
_SAYS_NOTHING = digressions.DIGRESSIONS | {"again", ""}
# What a report begins with where nothing is known yet.
_BEGINS = frozenset({"report", "give_place"})
# What a question about what is in a report is mistaken for.
_LIKE_CONTENTS = frozenset(
    {
        *digressions.QUESTIONS,
        "ask_status",
        "out_of_scope",
        "ask_about_bot",
        "report",
        "add_to_request",
        "again",
    }
)
_WORRY = re.compile(
    r"\b(?:don t|dont|do not|not) (?:want|need|looking for) (?:any |no |more )*(?:trouble|troubles|problems|drama|beef)\b|"
    r"^(?:(?:pero|y|and|but) )*(?:es (?:que|q)|because|cause|cuz|it s just)\b|"
    r"\b(?:(?:don t|dont|do not) want (?:him|her|them|anybody|anyone|people|(?:my |the )?\w+) (?:to )?(?:know|find out|think|see|read)|no quiero (?:que|q) (?:el|ella|sepan?|se enter\w+|mi \w+))\b|"
    r"\bno (?:quiero|busco|ocupo|necesito) (?:mas |tener |meterme en |que me metan en )*(?:problemas?|broncas?|lios?|pleitos?)\b"
)
# What Spanish wishes as it asks: "que pasen hoy", "que lo arreglen ya".
_WISHES = re.compile(
    r"^(?:y |pero |mejor )?que (?:(?:lo|la|los|las|le|les|me|nos|se|ya|por favor) )*(?:\w+(?:en|an)|venga|pase|mande|arregle|limpie|recoja|quite|haga)\b"
)
# What is a question by the order of its words: "also is there another restroom close we can use now".
_INVERTED = re.compile(
    r"(?:(?:and|but|also|so|then) )*(?:(?:is|are) (?:there|it|they|this|that)|(?:do|does|did|can|could|will|would|should) (?:i|you|u|we|they|it|he|she|somebody|someone|anyone)|"
    r"what s|whats|who s|whos|when s|whens|how (?:long|much|many|do|does)|what (?:is|are)|who (?:is|are|do|does))\b"
)
# Moments after a filing.
_AFTER = frozenset({"filed", "updates_wanted", "helpful_detail", "verdict", "rating", "reopened"})
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
_BUT = re.compile(r"(?:but|pero)\b")
A_YES = 2  # words of a bare yes
# Of what was told in front: "is that even legal", "eso es legal".
_OF_THAT = re.compile(
    r"^(?:(?:and|so|y|pero) )*(?:(?:is|are|isn t|isnt) (?:that|this|it|they)(?: even| really)? (?:legal|allowed|permitted|ok|okay|illegal|against)|"
    r"(?:eso |esto )?(?:es|esta) (?:legal|ilegal|permitido|prohibido)|(?:eso|esto) se (?:puede|vale))\b"
)


def beside_a_question(scene: Scene | None, setting: Setting) -> Turn | None:
    """What is left of a turn in which a question stands beside something else; None where the two are no more than one."""
    turn, side = setting.turn, setting.turn.side
    if (sent := _sent_and_asked(scene, setting)) is not None:
        return sent
    if side is None or not is_worded(turn):
        return None
    if all(is_answered(one, setting) for one in (side.rest, side.asked)):
        return replace(side.rest, aside=side.asked)  # two questions, and nothing else
    if scene is None and turn.intent == "greet" and side.asked.intent in _ABOUT_US:
        return replace(side.asked, text=turn.text)  # "hi there, what can u do"
    if scene is None:
        return _begun_beside(side, setting) if digressions.is_asked(side.asked, setting) else None
    if _WISHES.search(fold(side.asked.text)) and "?" not in side.asked.text:
        return None  # "el jueves no me sirve, que pasen hoy": nothing is asked
    if scene.question in _PLACES and "?" not in side.asked.text and _SAYS_WHERE.match(fold(side.asked.text)):
        return None  # "mas para la 14. donde los árboles colorines": where it is
    asked = of_their_own(replace(setting, turn=side.asked)) or side.asked
    if not digressions.is_asked(asked, setting):
        asked = meant(scene, replace(setting, turn=asked)) or asked
        if asked.intent != "ask_status" or not digressions.is_asked(asked, setting):
            # "Do you need to know they start at 6?" tells more than it asks; beside a plain yes or no it is asked all the same.
            plain = (
                meant(scene, replace(setting, turn=side.rest))
                if _asks_something(asked, scene, setting) or _asks_of_theirs(asked, scene, setting)
                else None
            )
            put = _is_put(asked.text)
            polite = (
                plain is not None
                and plain.intent in ("thanks", "goodbye")
                and (asked.intent not in _BEGINS or _asks_of_theirs(asked, scene, setting))
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
    if hangs and not says_send(side.rest.text):  # "ok but what about the bags??" says no yes
        return replace(asked, text=turn.text)
    alone = replace(setting, turn=side.rest)
    rest = meant(scene, alone) or side.rest
    withdraws = rest.intent == "cancel" and "sign:gives_up" not in evidence(scene, alone)
    if withdraws or _WORRY.search(fold(side.rest.text)):
        # "Will my name be on it? I don't want trouble with the owner": a reason to ask, and nothing is withdrawn or told.
        return replace(asked, text=turn.text)
    if _SAYS_NO_WORD.fullmatch(fold(side.rest.text)):
        return replace(asked, text=turn.text)
    if rest.intent in ("thanks", "goodbye") and _is_put(asked.text):
        # "Yay saturday, thank u!! do you know when the pool has toddler swim": the thanks do not count.
        return replace(asked, text=turn.text)
    return replace(rest, aside=asked) if rest.intent not in _SAYS_NOTHING else None


def option_beside_a_question(scene: Scene | None, setting: Setting) -> Turn | None:
    """The option whose number stands in front of a question, which is asked besides: "1. who pays for those?"."""
    turn = setting.turn
    if scene is None or not is_worded(turn) or (option := by_its_figure(turn, scene)) is None:
        return None
    behind = to_be_kept(turn.text)
    told = len(turn.side.rest.text.split()) > A_REMARK if turn.side is not None else False
    asked = replace(turn, text=behind, whole="", side=None, besides=None)
    asks = turn.intent in digressions.QUESTIONS or asks_plainly(behind)
    if behind == turn.text.strip() or told or not asks:
        return None
    intent = turn.intent if turn.intent in digressions.QUESTIONS else "ask"
    return replace(
        option, text="", whole=turn.text, aside=replace(asked, intent=intent), side=None, besides=None
    )


# What may stand in front of one more question.
_ACTS = frozenset({"affirm", "file", "deny", "thanks", "fixed", "not_fixed"})


def _sent_and_asked(scene: Scene | None, setting: Setting) -> Turn | None:
    """An answer in front, and behind it a question of many clauses: "ya mándelo así. oye y otra, me pusieron una multa, ¿se puede
    pelear?"."""
    turn, besides = setting.turn, setting.turn.besides
    if (
        scene is None
        or besides is None
        or not is_worded(turn)
        or besides.told.intent not in digressions.QUESTIONS
    ):
        return None
    if (option := by_its_figure(besides.rest, scene)) is not None:
        return replace(
            option, aside=besides.told, besides=None
        )  # "1. oiga y pa poner un contenedor, ocupo permiso?"
    rest = meant(scene, replace(setting, turn=besides.rest)) or besides.rest
    # What it is about is in front of the question itself, so that nothing but all of it is asked.
    return replace(rest, aside=besides.told, besides=None) if rest.intent in _ACTS else None


def _is_put(text: str) -> bool:
    """Whether words are put as a question, by their sign or by their order."""
    return "?" in text or _INVERTED.match(fold(text)) is not None


def _asks_of_theirs(asked: Turn, scene: Scene, setting: Setting) -> bool:
    """Whether a question behind thanks is about what is filed, though it reads like a report: "y ese día van a cerrar la calle?"."""
    nowhere = setting.places.locate(asked.text, setting.language).outcome is ResolutionOutcome.UNKNOWN
    return "?" in asked.text and scene.question in _AFTER and nowhere and not begins_anew(asked.text)


def _begun_beside(side: SideQuestion, setting: Setting) -> Turn | None:
    """A report that begins beside a question. Its own words are kept whole: rhetorical questions belong to a report."""
    alone = replace(setting, turn=side.rest)
    # "My neighbor at 1416 Yale has roosters that crow at 4, is that legal?": what is wrong, and where.
    told = sure_service(side.rest, alone) is not None and _is_placed(side.rest.text, setting)
    is_that = _OF_THAT.search(fold(side.asked.text)) and side.rest.intent in _BEGINS
    if is_that and is_answered(setting.turn, setting) and sure_service(setting.turn, setting) is not None:
        # "The crew next door starts at 6, is that even legal??": what they may do, and whether it is to be reported.
        return replace(setting.turn, intent="report", side=None, aside=setting.turn)
    if not digressions.can_answer(side.asked, setting):
        reports = told and setting.turn.intent in digressions.QUESTIONS and side.rest.intent in _BEGINS
        return replace(side.rest, text=setting.turn.text) if reports else _with_a_worry(side, setting)
    if asks_after(setting) is not None:
        return None  # about a request of theirs, all of it
    rest = fold(side.rest.text)
    background = len(rest.split()) <= A_STORY and _BACKGROUND.match(rest) and not told
    little = len(rest.split()) <= A_REMARK or background
    asks = setting.turn.intent in digressions.QUESTIONS and little
    if asks or (sure_service(side.rest, setting) is None and _says_only_where(side.rest, setting)):
        # "How do I get a permit, just moved to 5th & Ashland": where they live, and nothing is wrong there.
        return replace(side.asked, text=setting.turn.text)
    begun = next((one for one in (setting.turn, side.rest) if one.intent in _BEGINS), None)
    return replace(begun, text=setting.turn.text, aside=side.asked) if begun is not None else None


def _is_placed(text: str, setting: Setting) -> bool:
    return setting.places.locate(text, setting.language).outcome is ResolutionOutcome.RESOLVED


# What somebody beside it wants to know for themselves: "is it dangerous?", "can my kids drink it?", "who pays for that". What asks
# for work, or asks why, is the report put as a question; what asks for a permit is no report.
_USE = r"(?:drink|use|touch|eat|breathe|swim|walk|let|go|stay|sit|sleep|play|cross)"
_WANTS_TO_KNOW = re.compile(
    r"(?:(?:and|but|so|y|pero|oiga|please|also) )*(?:(?:is|are) (?:it|that|this|they|the \w+) (?:\w+ )?(?:ok|okay|safe|dangerous|poison\w*|toxic|harmful|contagious|clean)\b|"
    rf"(?:should|can|may|could) (?:i|we|my \w+|people|kids|he|she) (?:still )?{_USE}\b|who pays\b|does the city (?:pay|cover)\b|"
    r"(?:es|son|esta|estan) (?:\w+ )?(?:peligros[oa]s?|segur[oa]s?|toxic[oa]s?|contagios[oa]s?|limpi[oa]s?)\b|"
    r"(?:no )?hace dano\b|se puede (?:tomar|beber|usar|tocar|pasar|caminar|nadar)\b|(?:la ciudad|quien) (?:me )?paga\b)"
)


def _with_a_worry(side: SideQuestion, setting: Setting) -> Turn | None:
    """A report that begins beside a question that staff will answer; none where the question is one in form only."""
    turn, asked = setting.turn, side.asked
    worries = _WANTS_TO_KNOW.match(fold(asked.text)) is not None
    if turn.intent not in _BEGINS or not worries or sure_service(turn, setting) is None:
        return None
    return replace(turn, aside=replace(asked, intent="ask"))


def of_their_own(setting: Setting) -> Turn | None:
    """A question about what is in a report of theirs, which is looked up like how it stands."""
    turn = setting.turn
    if turn.intent not in _LIKE_CONTENTS or not (is_worded(turn) and asks_contents(setting)):
        return None
    return replace(turn, intent="ask_status")


def known_in_part(setting: Setting) -> Turn | None:
    """A question of many words that has an answer only by itself: "hi! just moved here, … which day is street sweeping?"."""
    turn, side = setting.turn, setting.turn.side
    if side is None or turn.intent not in digressions.QUESTIONS or digressions.can_answer(turn, setting):
        return None
    part = next((one for one in (side.asked, side.rest) if is_answered(one, setting)), None)
    return replace(part, text=turn.text, photos=turn.photos) if part is not None else None


def _asks_something(asked: Turn, scene: Scene, setting: Setting) -> bool:
    """Whether half a message asks, though it reads like something else: "is there another bathroom close by?"."""
    if asked.intent == "out_of_scope":
        return True
    known = sure_service(asked, setting) in (None, CATCH_ALL, scene.service)
    return known and asked.intent in ALONE and digressions.asks_by_its_form(asked)


def is_answered(turn: Turn, setting: Setting) -> bool:
    """Whether words are a question that the city answers."""
    return turn.intent in digressions.QUESTIONS and digressions.can_answer(turn, setting)


def tells_what_it_is(turn: Turn) -> bool:
    """Whether what stands beside a question surely tells of a matter, and an answer would only be supposed: "why does it say that? it
    is an illegal airbnb, a party house every weekend"."""
    rest = turn.side.rest if turn.side is not None else None
    if rest is None or rest.intent != "report" or not rest.guesses or not turn.questions:
        return False
    return rest.guesses[0].confidence >= PLAINLY and turn.questions[0].confidence < KNOWN


def _says_only_where(turn: Turn, setting: Setting) -> bool:
    """Whether words tell of a place, or of nothing, but of no matter."""
    placed = setting.places.locate(turn.text, setting.language)
    elsewhere = turn.text.replace(placed.used, " ") if placed.used else turn.text
    return len(elsewhere.split()) <= MUCH_BESIDE_A_PLACE
