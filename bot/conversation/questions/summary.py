"""The report read back in one message: shall it be sent?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.city.catalogue import Reading
from bot.conversation.intake.clauses import beyond, sends_among, yes_among
from bot.conversation.intake.corrections import corrected_or_noted, corrects, noted
from bot.conversation.intake.days import tells_when
from bot.conversation.intake.details import as_told, known_answers
from bot.conversation.intake.digressions import is_beside, usual_days
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.filler import without_filler
from bot.conversation.intake.maps import link_to_place, picture
from bot.conversation.intake.question import End, ReportQuestion, Step
from bot.conversation.intake.quoting import quoted, told_last
from bot.conversation.intake.sending import puts_off, refuses_to_send, says_send
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import described, tells_more, to_be_kept
from bot.conversation.intake.turn import Say
from bot.conversation.questions.change import Change
from bot.text.fold import fold
from bot.text.tables import word_set

# What words that tell something are mistaken for.
_UNHEARD = frozenset({"out_of_scope", "ask_city"})
MORE_TOLD = 4  # words beyond what is known, beside a no
MOST_TOLD = 60  # characters: with the rest of a summary they mostly fit two SMS segments
MOST_TOLD_ELSEWHERE = 240  # where no segments are counted
# What the crew looks for, and is read back as it is on file: it may be misspelt, or not the one that was meant.
_FACTS = (Reading.VEHICLE, Reading.PLATE, Reading.TIME)


@dataclass(frozen=True, slots=True)
class Summary(ReportQuestion):
    name: ClassVar[str] = "summary"
    slot: ClassVar[str] = "confirmation"

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        if again:
            return Say("utter_confirm_again")
        service = as_told(draft, setting)
        assert service is not None  # noqa: S101 - asked only with a known service
        values = {"what": setting.words(service.short)}
        parts = "utter_summary"
        if draft.location is not None:
            values["where"] = draft.location.name
        else:
            parts += "_placeless"
            values["words"] = quoted(draft.description or setting.words(service.noun))
        if draft.photos:
            values["photos"] = str(len(draft.photos))
            parts += "_photos"
        return Say(parts, values, custom=picture(draft, setting))

    def beside(self, draft: Draft, setting: Setting) -> tuple[Say, ...]:
        usual = () if setting.turn.danger or draft.in_danger else usual_days(setting.service(draft.service))
        return (*_told(draft, setting), *usual, *link_to_place(draft, setting))

    def answer(self, draft: Draft, setting: Setting) -> Step:
        """Send it, change something, or a correction in words."""
        if _says_what_to_change(setting):  # "2. no es vivienda, es el humo"
            setting = replace(setting, turn=replace(setting.turn, intent="correct", choice=None))
        turn, intent = setting.turn, setting.turn.intent
        if puts_off(turn.text) and intent in ("affirm", "file", "deny"):
            return Step(draft, again=True)  # "k before i do": what is asked beside it is answered
        if _is_sent(draft, setting):
            return Step(described(draft, turn) if tells_more(turn) else draft, end=End.CONFIRMED)
        if refuses_to_send(turn.text) and not corrects(draft, setting):
            return Step(draft, (Say("utter_dropped"),), End.DROPPED)
        if intent == "change" or (intent == "deny" and not corrects(draft, setting)):
            if len(beyond(turn, draft.description).split()) >= MORE_TOLD:
                return noted(draft, setting)  # "it still says 7th below. and it is ten seconds, no more"
            return Step(replace(draft, open=Change()))
        if intent == "skip":
            return Step(replace(draft, open=None))
        unheard = intent in _UNHEARD and bool(turn.text) and not is_beside(setting)
        if unheard or tells_when(turn.text):
            return noted(draft, setting)  # "mon to sat 640am": what asks nothing is told, and is not lost
        return _put_right(draft, setting)

    def back(self, draft: Draft) -> Draft:
        return replace(draft, open=Change())


def _asks_to_send(setting: Setting) -> bool:
    """Whether words, or one clause of them, ask for it to be sent."""
    return says_send(setting.turn.text) or sends_among(setting.turn)


# "Send the graffiti", "mande lo del árbol": by what it is.
_SENDS_BY_NAME = re.compile(
    r"(?:(?:yes|yeah|ok|okay|so|and|now|please|pls|just|si|y|ya|ahora|porfa|por favor) )*(?:send|submit|file|mand(?:a|e|en|ar)|envi(?:a|e|en|ar)) (?:in )?(?:the|my|that|el|la|lo del?|lo de la|ese|esa|mi) (?:\w+ )?(?P<what>\w+)(?: (?:one|report|now|please|pls|ya|porfa|por favor|reporte))*"
)


def _sends_by_name(draft: Draft, setting: Setting) -> bool:
    """Whether words ask for it to be sent by what it is, and say nothing else."""
    found = _SENDS_BY_NAME.fullmatch(fold(setting.turn.text))
    if found is None:
        return False
    known = fold(f"{draft.description} {setting.noun(draft.service)}")
    return re.search(rf"\b{re.escape(found['what'])}", known) is not None


def _is_sent(draft: Draft, setting: Setting) -> bool:
    """Whether it is to go as it stands: a yes to it, or a wish to send it, with nothing put right beside it."""
    if draft.service in draft.refused:
        return False
    if setting.turn.intent in ("file", "affirm") or _sends_by_name(draft, setting):
        return True
    if setting.turn.intent in ("another", "ask_person") and not sends_among(setting.turn):
        return False
    return (_asks_to_send(setting) or yes_among(setting.turn)) and not corrects(draft, setting)


def _put_right(draft: Draft, setting: Setting) -> Step:
    """What is put right, or only told; sent where that is wished and nothing new has to be read back."""
    told = described(draft, setting.turn)
    unseen = setting.turn.intent == "correct" and told != draft and not corrects(draft, setting)
    if unseen and not tells_more(setting.turn):
        # Something is wrong, and we do not see what it should be.
        return Step(replace(told, open=Change()), noted(draft, setting).says)
    step = corrected_or_noted(draft, setting)
    if not _asks_to_send(setting):
        return step
    if _is_put_right(
        draft, step
    ):  # "send it, but it is a water meter, so to the water people", "it's 15th, then send it"
        moved = step.draft is not None and step.draft.location != draft.location
        return replace(step, says=(*step.says, *(_placed(step) if moved else ())), end=End.CONFIRMED)
    # "Not a street light, the one in the stairwell. but yes send it": nothing new can be read back.
    return Step(told, end=End.CONFIRMED) if _changes_nothing(draft, step) else step


A_CHANGE = 5  # words behind the wish to change something that say what


def _says_what_to_change(setting: Setting) -> bool:
    """Whether the wish to change something says in the same breath what it should be."""
    turn = setting.turn
    return turn.intent == "change" and len(to_be_kept(turn.text).split()) >= A_CHANGE


def _is_put_right(draft: Draft, step: Step) -> bool:
    """Whether a correction is another service, or another place that was found, and leaves nothing to be asked."""
    after = step.draft
    if after is None or after.service is None or after.later != draft.later or after.half_place is not None:
        return False
    if after.location is None:
        return draft.location is None and after.service != draft.service
    return (after.service, after.location) != (draft.service, draft.location)


def _placed(step: Step) -> tuple[Say, ...]:
    """The place that was put right as the report went, so that it is seen to be in there."""
    where = step.draft.location if step.draft is not None else None
    return (Say("utter_got_place", {"where": where.name}),) if where is not None else ()


def _changes_nothing(draft: Draft, step: Step) -> bool:
    """Whether a correction is kept in words only: there is nothing new to be read back."""
    after = step.draft
    return after is not None and (after.service, after.location) == (draft.service, draft.location)


def _told(draft: Draft, setting: Setting) -> tuple[Say, ...]:
    """What was told last beside what and where, so that it is seen to be in there; of a service whose name tells little, what was
    told first."""
    first, _, more = draft.description.partition("\n")
    if draft.location is None:
        return ()
    most = MOST_TOLD if setting.turn.channel == "sms" else MOST_TOLD_ELSEWHERE
    service = as_told(draft, setting)
    little = service is not None and service.broad
    words = without_filler(told_last(more)) if more else first if little else ""
    words = "" if _tells_only_where(words, draft) else quoted(words, most)
    shown = _with_facts(words, draft, setting)
    if not shown:
        return ()
    return (Say("utter_summary_words" if more else "utter_summary_told", {"words": shown}),)


def _with_facts(words: str, draft: Draft, setting: Setting) -> str:
    """The words with what the report holds of plate, make, line, number and time in front, where they do not say it."""
    service = setting.service(draft.service)
    if service is None:
        return words
    known = known_answers(draft, service)
    by_kind = {one.reads: known[one.code] for one in service.questions if one.code in known}
    # Of a time nobody needs to be told what they have just written.
    kinds = _FACTS if words else _FACTS[:2]
    facts = [by_kind[kind] for kind in kinds if kind in by_kind]
    unsaid = [fact for fact in facts if fact.casefold() not in words.casefold() and len(fact) <= MOST_TOLD]
    return "; ".join(filter(None, (", ".join(unsaid), words)))


def _tells_only_where(words: str, draft: Draft) -> bool:
    """Whether words repeat the place, which is read back by itself: "as i mentioned, it is in front of number 1023"."""
    where = draft.location.name if draft.location is not None else ""
    return not set(fold(words).split()) - set(fold(f"{where} {draft.place_text}").split()) - _OF_WHERE


# What stands around a place that is told.
_OF_WHERE = word_set(
    "and y it its s is in front of number no by between btw near at on the a to like i said as mentioned already told you right there here corner cross street st ave blvd closer close nearest "
    "es esta en la el las los entre cerca de del como dije ya le les numero frente al calle avenida que cruza esquina mas con casi junto"
)
