"""A turn while a report is open: mostly its own, sometimes an answer to something asked besides."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.conversation.intake import only_asking
from bot.conversation.intake.belonging import filed_before
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, Effect, Follow, Mute, TellStatus
from bot.conversation.intake.filler import says_nothing
from bot.conversation.intake.finished import FINISHED
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.only_asking import only_asks
from bot.conversation.intake.question import End, FiledQuestion, Step
from bot.conversation.intake.quoting import quoted
from bot.conversation.intake.sending import says_send
from bot.conversation.intake.services import is_no_report
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.status import (
    asked_about,
    asks_contents,
    asks_in_any_sentence,
    contents_of,
    status_effect,
)
from bot.conversation.intake.taking_out import left_out, to_take_out, told_besides_the_wish, without_it
from bot.conversation.intake.turn import Say, Turn
from bot.conversation.questions import photo_about, updates_wanted
from bot.conversation.questions.rating import Rating
from bot.conversation.questions.reopened import Reopened
from bot.conversation.questions.same_matter import SameMatter
from bot.conversation.questions.staff_question import StaffQuestion
from bot.conversation.questions.summary import Summary
from bot.conversation.questions.updates_wanted import UPDATES
from bot.conversation.questions.verdict import verdict_on
from bot.conversation.talk.asking import asked_again
from bot.conversation.talk.progress import Progress
from bot.conversation.talk.report import advance, later_report
from bot.conversation.talk.updates import disowned
from bot.conversation.talk.wishes import to_mute, to_reopen
from bot.text.fold import fold

# Whether texts are wanted, said at any time.
_ABOUT_TEXTS = {"updates:yes": True, "updates:no": False, "start_texts": True, "stop_texts": False}


def in_report(draft: Draft, memory: Memory, setting: Setting) -> Progress:
    """A turn while a report is open: mostly its own, sometimes an answer to something asked besides."""
    memory, setting = photo_about.taken_along(memory.without(UPDATES), setting)
    if setting.turn.choice is None and not setting.turn.photos and says_nothing(setting.turn.text):
        return Progress(draft, memory, (Say("utter_goodbye_draft"),))  # "sorry one sec": it waits
    if (less := _taken_out(draft, setting)) is not None:
        said = Say("utter_left_out", {"quote": quoted(left_out(draft, less))})
        if rest := told_besides_the_wish(
            setting.turn.text
        ):  # "it's no flood, they pour powder. And leave my name out"
            going_on = in_report(
                less, memory, replace(setting, turn=replace(setting.turn, text=rest, whole=""))
            )
            return replace(going_on, says=(said, *going_on.says))
        return Progress(less, memory, (said, asked_again(less, setting)))
    if isinstance(draft.open, Summary) and _cannot_take_out(setting):
        # What it is they mean we do not see: they read what is in it.
        return Progress(
            draft, memory, (contents_of(draft, setting.turn.channel), asked_again(draft, setting))
        )
    if setting.turn.intent == "ask_status" and asks_contents(setting):
        return Progress(
            draft, memory, (contents_of(draft, setting.turn.channel), asked_again(draft, setting))
        )
    empty = draft.service is None and draft.location is None and draft.half_place is None
    asks = setting.turn.intent == "ask_status" and empty  # the words before were about it, too
    asks = asks or (draft.location is None and _asks_of_their_own(draft, setting))
    if memory.filed is not None and (is_no_report(setting.turn.text) or asks):
        return Progress(draft, memory, effects=(status_effect(setting),), end=End.DROPPED)
    asked_of = draft.location is None or only_asking.asks_something(draft.description)
    if (asked_of or only_asking.says_no_report(setting.turn.text)) and only_asks(setting):
        says = (*only_asking.answered(setting), only_asking.nothing_filed(setting))
        return Progress(draft, replace(memory, only_asked=setting.turn.at), says, end=End.DROPPED)
    if (besides := _status_besides(draft, memory, setting)) is not None:
        return besides
    if setting.turn.intent == "ask_status" and memory.filed is None:
        # Of the report in the making nothing can be told but how long such a thing takes.
        setting = replace(setting, turn=replace(setting.turn, intent="ask_how_long"))
    turn = setting.turn
    if (wished := _wish_besides(draft, memory, setting)) is not None:
        return wished
    if (answered := _answer_about_a_request(draft, memory, setting)) is not None:
        return answered
    wish = turn.choice if turn.choice is not None else turn.intent
    if wish in _ABOUT_TEXTS:
        wants = _ABOUT_TEXTS[wish]
        says = (updates_wanted.said_back(wants=wants), asked_again(draft, setting))
        return Progress(draft, replace(memory, updates=wants), says)
    if turn.choice is not None and turn.choice.startswith("not_mine:"):
        told = disowned(turn.choice.partition(":")[2], memory)
        return Progress(draft, told.memory, (*told.says, asked_again(draft, setting)), told.effects)
    sends = turn.intent in ("file", "affirm") or says_send(
        turn.text
    )  # "yes send the sewer one too" is about this one
    before = filed_before(setting) if turn.text and not turn.edited and not sends else None
    if before is not None:
        return _added_instead(before, draft, memory, setting)
    return _reported(advance(draft, setting), draft, memory, setting)


def _taken_out(draft: Draft, setting: Setting) -> Draft | None:
    """The draft without what is wished not to be in it: "quite lo de los clavos"."""
    turn = setting.turn
    words = to_take_out(turn.text) if turn.choice is None and not turn.edited else None
    return without_it(draft, words) if words else None


def _cannot_take_out(setting: Setting) -> bool:
    """Whether something is wished not to be in it, and nothing besides."""
    turn = setting.turn
    wished = turn.choice is None and not turn.edited and to_take_out(turn.text) is not None
    return wished and not told_besides_the_wish(turn.text)


def _asks_of_their_own(draft: Draft, setting: Setting) -> bool:
    """Whether words ask how an open request of the very same service stands: "la misma farola. pregunto cómo va"."""
    same = next((one for one in setting.own if one.status in ACTIVE and one.service == draft.service), None)
    return same is not None and asks_in_any_sentence(setting.turn.text)


def _status_besides(draft: Draft, memory: Memory, setting: Setting) -> Progress | None:
    """How another request of theirs stands, asked by its name while a report is open: "hey did they pick up the possum?"."""
    if setting.turn.choice is not None or setting.turn.edited:
        return None
    about = asked_about(memory, setting)
    if about is None or about[0].service == draft.service:
        return None
    return Progress(draft, memory, (asked_again(draft, setting),), (TellStatus(about[0].reference),))


def _wish_besides(draft: Draft, memory: Memory, setting: Setting) -> Progress | None:
    """What is wished of a request that is filed, while a report is open: finished work opened again, or no texts about it."""
    turn = setting.turn
    if turn.choice is not None or turn.edited or not turn.text:
        return None
    if (quiet := to_mute(setting)) is not None:
        return Progress(draft, memory, (asked_again(draft, setting),), (Mute(quiet.reference),))
    again = to_reopen(memory, setting)
    if again is not None:
        told = verdict_on("not_fixed", again.reference, memory, setting)
        if draft.location is None and draft.half_place is None:  # begun by the words before, about the same
            more = AddToRequest(again.reference, draft.photos, draft.description)
            effects = (*told.effects, *((more,) if more.words or more.photos else ()))
            return Progress(draft, told.memory, told.says, effects, End.DROPPED)
        return Progress(draft, told.memory, (*told.says, asked_again(draft, setting)), told.effects)
    return None


def _added_instead(request: OwnRequest, draft: Draft, memory: Memory, setting: Setting) -> Progress:
    """The report in the making is more of one that is filed: what was told goes there."""
    words = "\n".join(text for text in (draft.description, setting.turn.text) if text)
    added = AddToRequest(request.reference, (*draft.photos, *setting.turn.photos), words)
    return Progress(draft, memory, effects=(added,), end=End.DROPPED)


def _answer_about_a_request(draft: Draft, memory: Memory, setting: Setting) -> Progress | None:
    """The answer to an update, where one can be meant while a report is open.

    Its own words always; yes and no when the update asked after the report did.
    """
    turn = setting.turn
    asked = memory.asking(StaffQuestion, turn.at)
    if asked is not None and asked.at > draft.touched and not turn.edited:  # staff asked after the report did
        answer = asked.answer(memory, setting)
        if answer is None:
            return None
        return Progress(draft, answer.memory, (asked_again(draft, setting),), answer.effects)
    about = next((one for one in memory.open_questions(turn.at) if one.topic == FINISHED), None)
    if about is None or isinstance(about, Reopened) or turn.choice is not None or turn.edited:
        return None
    answers = turn.intent in ("affirm", "deny", "thanks") or _is_content(turn) or _is_of_work(turn.text)
    later = answers and about.at > draft.touched
    rates = turn.intent == "rate" and isinstance(about, Rating)
    if not (later or rates or turn.intent in ("fixed", "not_fixed")):
        return None
    if later and _is_of_work(turn.text) and turn.intent not in ("affirm", "thanks", "rate", "fixed"):
        setting = replace(setting, turn=replace(turn, intent="not_fixed"))  # "they went to the wrong one??"
    elif later and turn.intent not in ("affirm", "deny", "thanks", "rate", "fixed", "not_fixed"):
        setting = replace(setting, turn=replace(turn, intent="affirm"))  # "yep dry as a bone. thx"
    told = about.answer(memory, setting)
    if told is None:
        return None
    if _is_of_the_same(draft, about):
        more = AddToRequest(about.reference, draft.photos, draft.description)
        return Progress(draft, told.memory, told.says, (*told.effects, more), End.DROPPED)
    if isinstance(draft.open, Summary) and says_send(turn.text):
        # "Sí quedó bien. Y lo de la llave sí mándelo": both are said.
        return Progress(draft, told.memory, told.says, told.effects, End.CONFIRMED)
    asks = any(say.response.startswith("utter_ask_rating") for say in told.says)
    back = () if asks else (asked_again(draft, setting),)
    return Progress(draft, told.memory, (*told.says, *back), told.effects)


# Of who came, or did not, and did the wrong thing: said right after "is it fixed?" it is of that work.
_OF_WORK = re.compile(
    r"\b(?:they|you|u|the (?:crew|guys|truck|workers?|city)|nobody|no one|somebody) (?:all |guys |just |only |never |even )?(?:went|came|did|didn t|fixed|looked|cleaned|took|left|missed|checked|painted|filled|closed|sent)\b|"
    r"\b(?:the )?wrong (?:one|place|spot|corner|street|side|tree|light|hole|pole)\b|\b(?:fueron|vinieron|arreglaron|limpiaron|dejaron|quitaron|pasaron|revisaron|taparon|pintaron) (?:a |al |en |de )?(?:la otra|el otro|otr[oa]|mal|nada|donde no|equivocad\w+)\b|\bnadie (?:vino|fue|hizo|paso|arreglo)\b|\bse equivocaron\b"
)


def _is_of_work(text: str) -> bool:
    """Whether words say that the work was done elsewhere, or not as it should."""
    return _OF_WORK.search(fold(text)) is not None and not says_send(text)


CONTENT = 0.85  # least chance that words say yes and thank


def _is_content(turn: Turn) -> bool:
    """Whether words say yes and thanks, whatever the engine makes of them by themselves."""
    return sum(turn.replies.get(one, 0.0) for one in ("yes", "thanks", "fixed")) >= CONTENT


def _is_of_the_same(draft: Draft, about: FiledQuestion) -> bool:
    """Whether the report in the making was begun by words about the finished work: nothing in it says otherwise."""
    nowhere = draft.location is None and draft.half_place is None
    return nowhere and draft.service == about.service and draft.touched > about.at


def _reported(step: Step, draft: Draft, memory: Memory, setting: Setting) -> Progress:
    if step.end is End.FOLLOWED:
        return _followed(step, memory, setting)
    says, turn = step.says, setting.turn
    if turn.intent == "abuse" and any(say.response == "utter_calm" for say in says):
        if memory.calmed:
            says = tuple(say for say in says if say.response != "utter_calm")
        memory = replace(memory, calmed=True)
    effects: tuple[Effect, ...] = (status_effect(setting),) if turn.intent == "ask_status" else ()
    return Progress(step.draft, memory, says, effects, step.end, turn.intent == "ask_person")


def _followed(step: Step, memory: Memory, setting: Setting) -> Progress:
    """Follow the request on offer, then on to the next problem of the message, or to whether to text updates."""
    draft = step.draft
    assert draft is not None and isinstance(draft.open, SameMatter)  # noqa: S101, PT018 - FOLLOWED answers it
    similar = draft.open.similar
    effects: tuple[Effect, ...] = (Follow(draft, similar),)
    later = later_report(draft, setting)
    if later is not None:
        return Progress(later.draft, memory, (*step.says, *later.says), effects)
    memory = replace(memory, filed=Filed(similar.reference, draft.service or "", setting.turn.at))
    says, memory = updates_wanted.offer(memory, setting)
    return Progress(draft, memory, (*step.says, *says), effects, End.DROPPED)
