"""Asking how a request stands: which one is meant."""

from __future__ import annotations

import re

from bot.cases.status import ACTIVE
from bot.city.location import ResolutionOutcome
from bot.city.questions import REPORT
from bot.conversation.intake import digressions
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import TellStatus
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.naming import (
    named_by_matter,
    named_by_number,
    reference_in,
    replied_to,
    speaks_of_a_report,
)
from bot.conversation.intake.quoting import quoted_end
from bot.conversation.intake.services import CATCH_ALL, begins_anew, is_no_report, sure_service
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.turn import Say
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
MOST_TOLD = 200  # characters of what is in a report, said newest last: by itself two SMS segments hold it
MOST_TOLD_ELSEWHERE = 600  # where no segments are counted
MUCH = 5  # words beside the number: they tell something
SENTENCES = re.compile(r"(?<=[.!?;\n])\s+|\n+")
_ASKS = re.compile(
    r"\b(?:any (?:news|update|word|progress)|no (?:news|word|update)|updates?|status|(?:what s|whats|what is|what was) (?:going on|happening|up|new)|"
    r"(?:what|whatever) happened|what about|how about|how(?: is|s| s) (?:it|the|that|my)|(?<!do i )(?<!can i )(?<!should i )(?<!could i )ask(?:ed|ing)? about|heard (?:anything|nothing|back)|"
    r"como (?:va|van|sigue|quedo)|que hay|q hay|que onda|q onda|(?:que|q|k) (?:paso|pasa|sucedio|fue)|noticias|novedades?|me han dicho|han dicho nada|saben? (?:algo|de)|se sabe|"
    r"did (?:they|you|u|anyone|anybody|somebody|someone|it|he|she)|when (?:are|r|will|is|do|does|did) (?:they|you|u|it|someone|somebody|the \w+)|"
    r"(?:is|are) (?:anyone|anybody|someone|somebody|they|you|u) (?:even |ever |still )?(?:gonna|going to|coming|calling)|when they|(?:cuando|a que hora) (?:va|van|vienen?|vengan?|vendr\w+|pasan?|pasen?|pasar\w+|llegan?|llegar\w+|mandan|mandar\w+|lo|la)|have (?:they|you)|has (?:it|anyone|anybody|that|my|the)|ya (?:vinieron|pasaron|arreglaron|recogieron|limpiaron|quedo|fueron)|"
    r"(?:wanted|want|like) to (?:know|see) (?:if|when|whether)|(?:anyone|anybody|somebody|someone|they) (?:still )?coming|"
    r"(?:queria|quiero|quisiera|me gustaria|queriamos) saber (?:si|cuando|que)|van a (?:venir|pasar|mandar)|(?:hoy|manana|ya) (?:si )?(?:vienen|pasan|llegan)|"
    r"is (?:it|this|that|my \w+) (?:still |now )?(?:open|closed)|(?:closed or open|open or closed)|(?:esta|sigue|quedo) (?:abiert[oa]|cerrad[oa])|"
    r"(?:is|are) (?:it|that|this|the \w+(?: \w+)?|my \w+|those|they) (?:coming|pending|on (?:its|the) way|happening|still (?:open|pending|waiting))|(?:sigue|siguen|esta|estan|queda|quedo) (?:todavia |aun )?pendientes?|"
    r"que hubo|ya (?:van|va) a (?:llamar|venir|pasar|ir|arreglar|mandar)|(?:pregunt|preguntab)(?:o|e|a|aba)|en que (?:va|quedo|estado)|como va)\b|"
    r"\b(?:pa|para) cuando\b|\b(?:for|by) when$|"
    r"\b(?:que|q|k) si ya\b|\b(?:is|was|are) (?:it|this|that|they) (?:already |now )?(?:cancel+ed|withdrawn|closed|finished)\b|\bya (?:se |lo |la )?(?:cancel\w+|cerr\w+)$|"
    r"\by (?:lo|que|q)(?: paso)? (?:de|con) (?:l[oa]s?|el|mis?|eso|esos?)\b|"
    r"\b(?:fixed|done|gone|coming|there|out|here|anybody|anyone) yet$|"
    r"^(?:hi |hello |hola |oye |ok )*(?:and|y|y de|y que de|y q de|what of) (?:the|my|el|la|lo|los|las|mi|mis) \w+(?: \w+)?$"
)
# A question put as a choice: "ya lo quitaron o todavía no", "did they come or what", "... o sigue diciendo árbol".
_WHETHER = re.compile(
    r"\b(?:o (?:todavia|aun)(?: no| sigue\w*)?|o siguen?(?: \w+){1,2}|o (?:no|que|q|k)|si o no|or (?:not|still|no|what)(?: (?:yet|there|here))?|"
    r"or (?:is|are|does|do) (?:it|they) still(?: \w+){1,2}|yes or no)$"
)
# Intents of words that ask after a request and name nothing.
_LIKE_NEW = frozenset(
    {
        "report",
        "another",
        "add_to_request",
        "give_place",
        "out_of_scope",
        "again",
        "greet",
        "fixed",
        "cancel",
        "complain_service",
        "abuse",
    }
)
# Whether something is in there, said with the matter itself: "did you add the low pressure in unit 2?".
_IS_IT_IN = re.compile(
    r"\b(?:read|repeat|show|tell|send) (?:me |us )?(?:back )?(?:what|everything|all) (?:(?:that )?(?:you|u|the report|it)|is) (?:ve |have |has |got |wrote|put|say|says|down|on file|noted)\w*|\bread (?:it|me|that|mine|my report|the report|them) back\b|"
    r"\bwhat (?:exactly |all )?(?:do|did|does|have|is) (?:you|u|it|my report|the report|in my report) (?:\w+ )?(?:have on file|have down|written|on file|wrote|write|say|got so far|have so far|noted)\b|\b(?:does|do|did) (?:your|my|the) (?:report|summary|request|note) (?:\w+ )?(?:carry|have|contain|mention|include|say|show|list)\b|"
    r"\b(?:le[ae]|leer|leam|repit|digam|muestr|ensen)\w* (?:por favor )?(?:lo |todo lo )?(?:que|q) (?:\w+ )?(?:quedo|quedaron|tiene\w*|anot\w+|apunt\w+|puso|pusieron|dice|escrib\w+|registr\w+)|\bque (?:es lo que |exactamente )?(?:\w+ )?(?:quedo|quedaron|tienen?|esta) (?:anotad|apuntad|escrit|registrad)\w+|\b(?:le[ae]|leam|repit)\w* (?:el|mi|ese|lo del) reporte\b|"
    r"^(?:(?:ok|okay|so|and|but|hey|wait|yes|yeah|no|man|my report) )*(?:did|does|do|is|are|was) (?:the|my|that|it|they|this) (?:\w+ ){0,4}?(?:go in|get in|went in|in (?:there|it|the report)|on (?:there|the report)|say|says|mention|included|noted)\b|"
    r"\b(?:pero )?(?:si )?(?:le|lo|la) (?:puso|pusieron|anoto|anotaron|apunto) (?:que|q|lo|de)\b|\b(?:pusieron|puso|anotaron|apuntaron|agregaron) (?:lo|la|el|los|las) (?:de|del|que)\b|\b(?:viene|sale|dice) (?:ahi |en el reporte )?(?:lo|la|el|los|las) (?:de|del) \w+|"
    r"\b(?:what|which) (?:address|street|corner|place|location) (?:did|do|does|have) (?:you|u|they|it)\b|\bwhere (?:did|does|do) (?:you|u|it) (?:put|have|say|write|send) (?:it|that|this|the report)?\b|"
    r"\b(?:que|q|cual|en que|en q|con que) (?:direccion|calle|esquina|lugar|ubicacion) (?:\w+ )?(?:quedo|quedaron|anot\w+|pus\w+|apunt\w+|tiene[ns]?|registr\w+|dice|mand\w+)\b|"
    r"\b(?:que|q) (?:han|ha|habeis|has) (?:puesto|anotado|escrito|apuntado)\b|\bwhat did (?:you|u) (?:write|put down|put in|file)\b|"
    r"^(?:(?:ok|okay|so|and|but|hey|wait|yes|yeah) )*(?:did|do|does|have|has|is) (?:you|u|it|they|that|the report|my report) (?:guys |also |even )?"
    r"(?:get the|got the|get all|got all|get my|got my|add|added|include|included|put in|mention|mentioned|say|note|noted|write|wrote|written|get that|got that|have that)\b|"
    r"\b(?:reporte|caso|report|request) (?:le |lo |la )?(?:puso|pusieron|agrego|agregaron|anoto|dice|say|says|has|mentions?)\b.*\b(?:que|q|lo|el|la|that|the|it|my)\b|"
    r"^(?:(?:y|e|ok|oiga|oye|pero|ya|si) )*(?:si )?(?:ya )?(?:le |lo |la |les )?(?:puso|pusieron|agrego|agregaron|anoto|anotaron|apunto|apuntaron|incluyo|incluyeron) (?:que|lo|el|la|los|las)\b"
)
# "La luz es otro reporte, ¿no?", "the lamp is in there too, right?".
_TAG = re.compile(r"\b(?:no|verdad|cierto|right|correct|isn t it|aren t they|no es cierto|no es asi)$")
FEW = 5  # words of a question that need not say what is asked: "and the graffiti?"


def status_effect(setting: Setting) -> TellStatus:
    """The request a message names, else the newest ones; or what is in it, where that is asked."""
    own = named_by_number(setting) or replied_to(setting)
    reference = own.reference if own else reference_in(setting.turn.text)
    return TellStatus(reference, contents=asks_contents(setting), whose=asks_whose(setting))


def asks_contents(setting: Setting) -> bool:
    """Whether the words ask what is in a report of theirs: "did you get my two photos?", "does it say which lamp?"."""
    best = next((guess for guess in setting.turn.questions if guess.code in setting.questions), None)
    # Reading it back answers more than it asks, so that less than sure is enough.
    likely = best is not None and best.confidence >= digressions.LIKELY
    if best is not None and likely and setting.questions[best.code].answered_by == REPORT:
        return True
    return _IS_IT_IN.search(fold(setting.turn.text)) is not None


# "Under what kind did you file it?", "quién lo tiene ahora", "which department gets this".
_WHOSE = re.compile(
    r"\b(?:under|as|in) (?:what|which) (?:kind|category|type|department|heading|name)\b|\b(?:what|which) (?:kind|category|type) (?:is it|did (?:you|u)|was it|do you have|of (?:report|request|problem) (?:is|did))\b|"
    r"\b(?:as|under) what (?:did|do|have|was|is) (?:you|u|it)\b|\bwhat did (?:you|u) (?:file|log|list|put) (?:it|this|that|mine) (?:as|under)\b|"
    r"\b(?:which|what) (?:department|office|dept|team|crew|people|division) (?:has|have|gets?|is|handles?|does|did|will|deals|takes)\b|\bwho (?:has|have|got|gets|is handling|handles|is dealing with|deals with|decides on|is in charge of|takes care of|is responsible for) (?:it|this|that|my (?:report|request))\b|"
    r"\bwho (?:(?:is |s )?(?:coming|going)|comes?|goes|will come|ll come|do you send|you send|is sent|gets sent)(?: out)?(?: to| and)? (?:fix|repair|look at|check|see|do|clean|get|pick|remove|take)\w*\b|"
    r"\bquien (?:viene|va|vendra|van|vienen|mandan|manda)(?: a)? (?:arregl|repar|ver|revis|limpi|recog|hac)\w*\b|"
    r"\b(?:bajo|en|con) (?:que|cual) (?:tipo|categoria|rubro|nombre|departamento)\b|\b(?:de|como) que (?:tipo |categoria )?(?:lo |la )?(?:registr|pus|anot|report|clasific)\w+|"
    r"\b(?:que|cual|a que|con que) (?:departamento|oficina|dependencia|area|equipo) (?:lo|la|le|se|tiene|es|va|atiende|recibe|ve)\b|\b(?:quien|a quien|con quien) (?:lo|la|le|se lo) (?:tiene|ve|atiende|toca|corresponde|mand\w+|envi\w+|pas\w+|recibe)(?: (?:ahora|esto|eso|este|mi reporte))*$"
)


def asks_whose(setting: Setting) -> bool:
    """Whether words ask as what a report of theirs is filed, or who has it. Not with a matter of its own ("who has my truck")."""
    return any(_WHOSE.search(fold(one)) for one in re.split(r"[.?!;\n]+", setting.turn.text) if one.strip())


def contents_of(draft: Draft, channel: str = "sms") -> Say:
    """What is in a report that is not sent yet."""
    most = MOST_TOLD if channel == "sms" else MOST_TOLD_ELSEWHERE
    values = {"words": quoted_end(draft.description, most), "photos": str(len(draft.photos))}
    if draft.location is None:
        return Say("utter_draft_contents", values)
    return Say("utter_draft_contents_where", {**values, "where": draft.location.name})


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
    at_hand = talked_of(memory, setting)
    sentences = [one for one in SENTENCES.split(turn.text) if one.strip()]
    for sentence in sentences:
        request = named_by_matter(sentence, setting) if _asks(sentence) else None
        if request is not None and (request.reference != at_hand or turn.intent in _QUESTIONS):
            others = (one for one in sentences if one != sentence and not _says_which(one))
            return request, " ".join(others).strip()
    if is_no_report(turn.text) or speaks_of_a_report(
        turn.text
    ):  # which one in one sentence, how it stands in another
        request = named_by_matter(turn.text, setting) if asks_in_any_sentence(turn.text) else None
        return (request, "") if request is not None else None
    return None


def asks_after(setting: Setting) -> OwnRequest | None:
    """The open request of theirs that words ask after without naming it: "hey it's been 2 days, when are they coming", "gone?".

    None where they tell of a place or surely of something else: that may be a new report.
    """
    turn = setting.turn
    one = replied_to(setting) or next((own for own in setting.own if own.status in ACTIVE), None)
    if one is not None and one.status not in ACTIVE:
        return None
    if one is not None and turn.intent == "ask_how_long" and one.status != "open":
        return one  # staff have said more than how long it usually takes
    unanswered = turn.intent in digressions.QUESTIONS and not digressions.can_answer(turn, setting)
    if (
        one is None
        or not (turn.intent in _LIKE_NEW or unanswered)
        or turn.photos
        or turn.pin is not None
        or not turn.text
    ):
        return None
    anew = begins_anew(turn.text)
    if anew or setting.places.locate(turn.text, setting.language).outcome is not ResolutionOutcome.UNKNOWN:
        return None
    code = sure_service(turn, setting)
    if (code == one.service or named_by_matter(turn.text, setting) == one) and _nags(turn.text):
        return one
    if code not in (None, CATCH_ALL, one.service):
        return None
    return one if asks_in_any_sentence(turn.text) else None


# That it goes on, or that nobody has come: "sigue igual", "todavía no pasan", "it's been three days and nobody came".
_GOES_ON = re.compile(
    r"\b(?:sigue|siguen|todavia|aun (?:no|esta|sigue)|no han (?:venido|pasado|hecho|recogido|arreglado|limpiado)|nadie (?:ha |viene|vino|pasa|paso)|"
    r"still|hasn t|haven t|hasnt|havent|nobody (?:came|has|showed|comes)|no one (?:came|has|showed|comes)|never (?:came|showed))\b"
)
_MORE = re.compile(r"\b(?:another|also|too|second|new|one more|otr[oa]|tambien|ademas|nuev[oa]|segund[oa])\b")


def _nags(text: str) -> bool:
    """Whether words say that it goes on as told, and of nothing besides."""
    words = fold(text)
    return _GOES_ON.search(words) is not None and _MORE.search(words) is None


def asks_in_any_sentence(text: str) -> bool:
    """Whether a sentence asks how a thing stands, whatever the others say. Reads any text, never raises."""
    return any(_asks(sentence) for sentence in SENTENCES.split(text))


def asks_whether(text: str) -> bool:
    """Whether words ask if something is done or in there: "ya lo cambió o sigue diciendo árbol". Reads any text, never raises."""
    words = fold(text)
    return _WHETHER.search(words) is not None or _IS_IT_IN.search(words) is not None


def told_beside(text: str) -> str:
    """What is told beside the question how a thing stands: "that's the wrong day, and it is full. and the lid?"."""
    return " ".join(
        one.strip() for one in SENTENCES.split(text) if one.strip() and not _asks(one) and "?" not in one
    )


# "No mi amor, eso es lo de las hojas": which one we told of instead, and nothing of that one.
_WHICH = re.compile(
    r"^(?:(?:no|nope|nah|not|ay|oh|pero|but|sorry|perdon|disculpe|wait)\b(?: (?:mi amor|mijo|mija|joven|senor\w*|dear|hon|honey|bro|dude))? ?)*"
    r"(?:(?:eso|esa|ese|esto) (?:es|fue|era) (?:lo|el|la|los|las|el reporte|por lo) del?\b|(?:that s|thats|this is|it s|its) (?:for |about )?the \w+(?: \w+)? one\b|not (?:the|that) \w+(?: one)?$)"
)


def _says_which(sentence: str) -> bool:
    return _WHICH.search(fold(sentence)) is not None


def talked_of(memory: Memory, setting: Setting) -> str | None:
    """The reference of the request that the conversation is about."""
    open_ones = memory.open_questions(setting.turn.at)
    if open_ones:
        return open_ones[0].reference
    return memory.filed.reference if memory.filed else None


# "When they come for the slab, any day but the 10th": a wish, and no question.
_NOT_THEN = re.compile(
    r"\b(?:any ?(?:day|time) (?:but|except|after|before)|except (?:on )?(?:the )?\w+|but not (?:on|the|before|after|\d)|not (?:on )?(?:dec|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\w*|"
    r"que no sea(?:n)? (?:el|los|antes|despues)|cualquier dia menos|menos el (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|\d))\b"
)


def _asks(sentence: str) -> bool:
    words = fold(sentence)
    if "?" not in sentence and _NOT_THEN.search(words):
        return False
    put = "?" in sentence and (len(words.split()) <= FEW or _TAG.search(words) is not None)
    return bool(_ASKS.search(words) or _WHETHER.search(words)) or put
