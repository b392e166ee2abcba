"""What is wished of a request that staff have already: its place put right, or a change that people decide."""

from __future__ import annotations

import re

from bot.cases.status import ACTIVE
from bot.city.location import ResolutionOutcome
from bot.conversation.intake.effects import AddToRequest, Effect, PutRight, Rename, TellStatus
from bot.conversation.intake.finished import FINISHED
from bot.conversation.intake.half_done import came_back, leaves_a_part
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.naming import named_as_subject, named_by_matter, named_by_number, replied_to
from bot.conversation.intake.refusing import is_denied, preferred
from bot.conversation.intake.services import CATCH_ALL, begins_anew, names_service, sure_service, without
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.status import asks_in_any_sentence
from bot.conversation.intake.texts_wanted import wants_none
from bot.conversation.intake.turn import Turn
from bot.text.fold import fold

# What would change a report that staff have already: told to them, in the resident's words.
_FOR_STAFF = ("correct", "change", "cancel")
# Intents of words that put a place right, where they say that it is wrong.
_PUTS_RIGHT = (
    "correct",
    "change",
    "deny",
    "add_to_request",
    "report",
    "give_place",
    "out_of_scope",
    "ask_status",
)
_IS_WRONG = re.compile(
    r"\b(?:(?:right|correct|actual|real|wrong) (?:address|street|place|corner|number|house)|(?:the|its) (?:address|street|place|corner) is|(?:fix|change|correct|update) the (?:address|street|place|location)|"
    r"(?:it s|its|is|the \w+ is) (?:\w+ ){1,3}not \w+|not (?:on |at )?(?:\w+ ){1,2}(?:it s|its|but)|(?:moved|rolled|drove|pushed) (?:it |them |that )?(?:\w+ ){0,4}to|(?:la|lo|las|los) movi(?:o|eron) (?:\w+ ){0,4}a|i (?:was wrong|made a mistake|meant|mixed)|my mistake|"
    r"(?:calle|direccion|esquina) (?:correcta|buena|es)|me equivoque|no es (?:por |en )?(?:la |el )?\w+ (?:sino|es)|cambi(?:e|en|enlo|elo|ar) (?:la direccion|el lugar|la calle)|corrija\w*)\b"
)

_BEGINS_NO = re.compile(r"(?:no|nope|wrong|nel)\b")
MORE_THAN_ONE = 2
# "Cancel the pothole one": whatever it reads like, where it names a request of theirs.
_WITHDRAWS = re.compile(
    r"\b(?:cancel|withdraw|delete|take back|cancel[ae]\w*|borr[ae]\w*|retir[ae]\w*|anul[ae]\w*)\b"
)


def put_right(memory: Memory, setting: Setting) -> tuple[Effect, ...] | None:
    """Another place for a request of theirs that is open, where words put its place right."""
    turn, request = setting.turn, _meant(memory, setting)
    words = fold(turn.text)
    says_so = turn.intent == "correct" or (turn.intent in _PUTS_RIGHT and _IS_WRONG.search(words))
    says_so = says_so or (turn.intent == "give_place" and _BEGINS_NO.match(words))
    if request is None or not says_so or not request.place or request.status not in ACTIVE:
        return None
    found = setting.places.corrected(request.place, turn.text, setting.language)
    if found.outcome is not ResolutionOutcome.RESOLVED or found.location is None:
        return None
    if fold(found.location.name) == fold(request.place):  # as it stands already, which is worth telling
        spoken_of = named_by_number(setting) or named_by_matter(turn.text, setting)
        return (TellStatus(request.reference),) if spoken_of else None
    right = PutRight(request.reference, found.location, turn.text)
    asks = (TellStatus(request.reference),) if asks_in_any_sentence(turn.text) else ()
    return (right, *asks)


MOST_TO_RENAME = 25  # words


def renamed(memory: Memory, setting: Setting) -> Rename | None:
    """Another service for a request of theirs that is open, where words say that it is not what it was filed as."""
    turn, request = setting.turn, _meant(memory, setting)
    if (
        request is None
        or not request.theirs
        or request.status not in ACTIVE
        or not turn.text
        or "?" in turn.text
    ):
        return None
    if turn.choice is not None or turn.photos or turn.intent not in _PUTS_RIGHT:
        return None
    if len(turn.text.split()) > MOST_TO_RENAME:
        return None  # who puts figures and days right at length wishes no other heading
    code = preferred(turn, request.service, setting) or sure_service(without(turn, request.service), setting)
    if code is None or code == CATCH_ALL or not names_service(turn.text, code, setting):
        return None
    says_so = (
        preferred(turn, request.service, setting) is not None
        or is_denied(turn, request.service, setting)
        or _IS_INSTEAD.search(fold(turn.text)) is not None
    )
    return Rename(request.reference, code, turn.text) if says_so else None


# "I meant the traffic signal, not the streetlight", "en realidad es el semáforo".
_IS_INSTEAD = re.compile(
    r"^(?:(?:oh|ay|sorry|perdon|wait|no|hey|oye|oiga|disculpe|hi|hola) )*(?:actually|i meant?|my mistake|me equivoque|en realidad|quise decir|mejor dicho)\b|"
    r"\b(?:still )?says? (?:\w+ ){1,3}?(?:but )?(?:it s|its|it is)\b|\b(?:dice|sale) (?:\w+ ){1,3}?(?:pero |y )?es\b"
)


def _meant(memory: Memory, setting: Setting) -> OwnRequest | None:
    """The request of theirs that a wish is about: the one that is named, the one just filed, or the newest that is open."""
    named = named_by_number(setting) or named_by_matter(setting.turn.text, setting)
    filed = memory.filed_lately(setting.turn.at)
    if named is not None or filed is not None:
        return named or setting.own_request(filed.reference if filed else "")
    return next((one for one in setting.own if one.status in ACTIVE), None)


# "You sent it to planning, it needs to go to the trash people", "lo mandaron a parques y no es de ellos".
_MISROUTED = re.compile(
    r"\b(?:you|u|they|it) (?:sent|put|filed|gave|routed|went) (?:it |this |that )?(?:to|under|as|with) (?:the )?(?:wrong \w+|\w+(?: \w+){0,3} (?:it|but|and) (?:needs?|should|belongs?|has|is not|isn t))|"
    r"\b(?:wrong (?:department|dept|people|team|office|category)|(?:departamento|equipo|oficina|categoria) equivocad[oa])\b|"
    r"\b(?:it|this|that|(?:the|my) (?:report|request|one)) (?:needs?|has|should|ought) (?:to )?(?:go|be sent) to (?:the )?(?!\d)\w+|\bno (?:es|le toca) (?:de|a) (?:ellos|ese departamento)\b|"
    r"\b(?:debe|tiene que|deberia) ir (?:con|a) (?:los|las|la|el) de \w+"
)


def for_staff(memory: Memory, setting: Setting) -> AddToRequest | None:
    """A change of a request that people decide, in the resident's words; None where none is wished, or none is filed."""
    turn, filed = setting.turn, memory.filed_lately(setting.turn.at)
    asks = turn.intent == "cancel" and asks_in_any_sentence(turn.text)
    request = _meant(memory, setting)
    misrouted = "?" not in turn.text and _MISROUTED.search(fold(turn.text)) is not None
    denied = request is not None and (misrouted or is_denied(turn, request.service, setting))
    if not turn.text or asks or not (denied or turn.intent in _FOR_STAFF or withdraws(setting)):
        return None
    reference = request.reference if request else filed.reference if filed else None
    return AddToRequest(reference, turn.photos, turn.text, for_staff=True) if reference else None


_CLAUSES = re.compile(r"[.!?;,\n]+\s*")
# "U can cancel", "pls close it", "mejor cancele eso".
_CANCELS = re.compile(
    r"\b(?:(?:you|u|ya) can (?:just )?(?:cancel|close|withdraw|delete)|(?:please|pls|plz|just|go ahead and) (?:cancel|close|withdraw|delete) (?:it|this|that|my report|the report)|"
    r"^(?:(?:so|ok|okay|yours is dry|please|pls|just|then|you can|u can) )*(?:close|cancel|withdraw) (?:it|this|that)(?: (?:please|pls|then|out|now|thanks|thank you))*$|"
    r"(?:ya )?(?:lo |la )?puede[ns]? (?:cerrar|cancelar|quitar|borrar)(?:l[oa])?(?: (?:eso|ese|el reporte|mi reporte))?|"
    r"(?:mejor |ya |por favor |porfa )(?:cancel|cierr|borr|retir|anul)(?:e|en|a|ela|elo|enlo|ala|alo)(?: (?:eso|ese|el reporte|mi reporte))?)\b"
)
# "Yo no dije que lo retirara", "I never asked you to close it".
_NEVER_SAID = re.compile(
    r"\b(?:(?:i|we) (?:didn t|didnt|did not|never) (?:say|said|ask\w*|tell|told|want\w*)|(?:yo )?(?:no|nunca) (?:le |les |te )?(?:dije|pedi|quise|quiero)) "
    r"(?:\w+ ){0,3}(?:cancel|withdraw|close|delete|remove|take|retir|cancel|cerr|cierr|borr|quit)\w*"
)


def to_withdraw(memory: Memory, setting: Setting) -> OwnRequest | None:
    """The request of their own that is wished back and has not ended; None where none is wished back, or staff decide."""
    turn = setting.turn
    if begins_anew(turn.text):
        return None  # "new report": nothing is taken back with it
    if not turn.text or turn.photos or not (takes_back(turn) or withdraws(setting)):
        return None
    request = _meant(memory, setting)
    return request if request is not None and request.theirs and request.status in ACTIVE else None


def takes_back(turn: Turn) -> bool:
    """Whether words take something back, whatever it is. Not "nvm someone moved 2 of them, there's still one"."""
    asks = asks_in_any_sentence(turn.text)
    wished = cancels(turn.text) or (turn.intent == "cancel" and not asks) or (_drops(turn.text) and not asks)
    return wished and _NEVER_SAID.search(fold(turn.text)) is None and not leaves_a_part(turn.text)


def _drops(text: str) -> bool:
    """Whether a clause begins with dropping a matter by its name: "you can forget the pothole one", "ya no hace falta lo del árbol"."""
    return any(_DROPS.match(fold(part)) for part in _CLAUSES.split(text))


_DROPS = re.compile(
    r"(?:(?:oh|ah|ay|ok|okay|so|and|but|actually|also|btw|hey|then|well|you|u|we|they|can|could|may|just|please|pls|plz|lets|let s|no|y|pero|oiga|oye|mire|ya|mejor|pues|entonces|"
    r"por favor|porfa|disculpe|perdon) )*"
    r"(?:(?:forget|drop|scratch|disregard|cancel|withdraw|call off|nevermind|never mind|nvm|no need (?:for|to (?:do|come for|fix))|don t (?:bother|worry) (?:about|with))"
    r" (?:about )?(?:the|that|this|my|it)\b|"
    r"(?:olvid\w+|cancel\w+|descart\w+|anul\w+|ya no (?:hace falta|se preocupe|se necesita|ocupo|quiero|manden?|vengan?)(?: por)?|no hace falta(?: ya)?) "
    r"(?:ya )?(?:lo|l[oa]s|el|la|ese|esa|eso|del?|mi)\b|"
    r"(?:retir\w+|quit\w+|cierr\w+|borr\w+) (?:ya )?lo de|"  # "quiten el sofá" wishes for work
    r"(?:lo|la|el) de(?:l| la| los| las)? (?:\w+ ){1,4}?(?:ya no|cancel\w+|olvid\w+|quit[ea]l\w+|retir\w+)\b)"
)


# Of another time: "it's been done before, in March", "la otra vez ya lo arreglaron".
_ONCE_BEFORE = re.compile(
    r"\b(?:before|last (?:time|week|month|year|summer|winter)|years? ago|months? ago|in (?:january|february|march|april|may|june|july|august|september|october|november|december)|"
    r"antes|la otra vez|la vez pasada|el (?:ano|mes) pasado|hace (?:un |una |\w+ )?(?:mes|meses|ano|anos))\b"
)


def is_of_another_time(text: str) -> bool:
    """Whether words speak of an earlier time: "it's been done before, in March". Reads any text, never raises."""
    return _ONCE_BEFORE.search(fold(text)) is not None


def fixed_already(setting: Setting) -> OwnRequest | None:
    """The one request that has not ended and of which "somebody fixed it already" can be said, where nothing was asked."""
    going_on = [one for one in setting.own if one.theirs and one.status in ACTIVE]
    below = replied_to(setting)
    named = named_by_number(setting) or below or named_by_matter(setting.turn.text, setting)
    before = is_of_another_time(setting.turn.text)
    if (
        before
        or setting.turn.intent != "fixed"
        or (setting.finished and below is None)
        or asks_in_any_sentence(setting.turn.text)
    ):
        return None
    return named if named in going_on else going_on[0] if len(going_on) == 1 else None


# "Are they going to open it again?", "reábranlo".
_REOPENS = re.compile(
    r"\b(?:re ?open\w*|open (?:it|this|that|my \w+) (?:back up|up again|again)|reabr\w+|abr(?:ir|e|a|an)(?:l[oa])? (?:otra vez|de nuevo)|vuelv(?:a|an) a abrir\w*)\b"
)
# What is not fixed is said with these of a request that is not asked about.
_SAYS_NOT_FIXED = frozenset(
    {"not_fixed", "deny", "report", "complain_service", "add_to_request", "correct", "another"}
)


# That it has come back after it was gone: "they're back today already", "otra vez están ahí".
_BACK = re.compile(
    r"\b(?:(?:is|are|it s|its|they re|theyre|re|s|came|come|comes|grew) back|back (?:again|already|today)|happening again|(?:again|already) today|"
    r"(?:otra vez|de nuevo) (?:esta|estan|hay|lo mismo|ahi|llen\w+|tirad\w+)|(?:esta|estan|hay|llen\w+|volvieron|regresaron|aparecieron|amanecio)(?: \w+){0,2} (?:otra vez|de nuevo)|ya (?:volvieron|regresaron))\b"
)
# Where one thing is set against another.
_SIDES = re.compile(r"[.!;,\n]+\s*|\b(?:but|pero|although|aunque|only)\b", re.IGNORECASE)
_STILL = re.compile(r"\b(?:still|not (?:fixed|done|gone)|sigue|siguen|todavia|aun)\b")


def to_reopen(memory: Memory, setting: Setting) -> OwnRequest | None:
    """The finished request of theirs that is to be opened again: asked for in so many words, or said not to be done where nothing was asked."""
    turn = setting.turn
    if (
        not turn.text
        or turn.choice is not None
        or any(one.topic == FINISHED for one in memory.open_questions(turn.at))
    ):
        return None
    request = _meant(memory, setting)
    if request is None or not request.finished:
        request = setting.finished[0] if len(setting.finished) == 1 and setting.own[0].finished else None
    if request is None:
        return None
    wished = _REOPENS.search(fold(turn.text)) is not None
    talked_of = memory.filed is not None and memory.filed.reference == request.reference
    left = talked_of and turn.intent in _SAYS_NOT_FIXED and leaves_a_part(turn.text)
    back = (
        talked_of
        and (_BACK.search(fold(turn.text)) is not None or came_back(turn.text))
        and "?" not in turn.text
    )
    return request if wished or left or back else None


def about_another(memory: Memory, setting: Setting) -> OwnRequest | None:
    """Another of their requests than the finished one that is asked about, where it is named as not done: "nah the paint is still there"."""
    turn = setting.turn
    asked = next((one for one in memory.open_questions(turn.at) if one.topic == FINISHED), None)
    if asked is None or not turn.text or turn.choice is not None:
        return None
    # By the part that says so: "the light works great, but the pothole is still there" names two, and is praise as a whole.
    sides = [part for part in _SIDES.split(turn.text) if part and part != turn.text]
    parts = [*sides, turn.text] if turn.intent in _SAYS_NOT_FIXED else sides
    still = (part for part in parts if leaves_a_part(part) or _STILL.search(fold(part)))
    named = next((one for part in still if (one := named_by_matter(part, setting)) is not None), None)
    return named if named is not None and named.reference != asked.reference else None


# "No not the net one, i mean the wall one": which of two what was said before is about.
_MEANS = re.compile(
    r"\b(?:(?:i mean|i meant|i was talking about|i m talking about|me refiero a|hablo de|digo)(?: \w+){1,5}|(?:i meant|i said|i wrote|i put) (?:that|this|it) (?:for|about|of|on)(?: \w+){1,6}|(?:that|this|it) (?:was|is|s|goes) (?:for|about|with|to|on) (?:the|my)(?: \w+){1,5}|"
    r"(?:eso|esa|ese|esto|lo que (?:dije|puse|escribi|le dije)) (?:\w+ )?(?:era|es|va|fue|iba) (?:del?|para|pa|por|con|sobre|a)(?: \w+){1,6})$"
)
FEW = 12  # words


def means_the_other(setting: Setting) -> OwnRequest | None:
    """The request of theirs that words say was meant, and nothing else; None where they say more."""
    words = fold(setting.turn.text)
    found = _MEANS.search(words)
    if found is None or len(words.split()) > FEW or setting.turn.photos or "?" in setting.turn.text:
        return None
    return named_by_matter(found.group(), setting) if len(setting.own) > 1 else None


def to_mute(setting: Setting) -> OwnRequest | None:
    """The one of their requests that they name and do not want to hear of any more; of a single one only what names it outright."""
    turn = setting.turn
    if turn.intent != "stop_texts" and not wants_none(turn.text):
        return None
    by_number = named_by_number(setting) or replied_to(setting)
    # Finished ones count: who names one of two does not part from both.
    by_matter = named_by_matter if len(setting.own) >= MORE_THAN_ONE else named_as_subject
    return by_number or by_matter(turn.text, setting)


def cancels(text: str) -> bool:
    """Whether a sentence says outright that a request is to be closed: "close it please". Reads any text, never raises."""
    never = _NEVER_SAID.search(fold(text)) is not None
    return not never and any(_CANCELS.search(fold(part)) for part in (text, *_CLAUSES.split(text)))


def withdraws(setting: Setting) -> bool:
    """Whether words take back a request of theirs that they name: "cancel the pothole one"."""
    named = named_by_number(setting) or named_by_matter(setting.turn.text, setting)
    wishes = _WITHDRAWS.search(fold(setting.turn.text)) is not None or _drops(setting.turn.text)
    return wishes and named is not None and named.status in ACTIVE
