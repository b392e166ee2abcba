"""Joining the conversations of one person, and parting them: wishes, codes, and whether the two are to be joined.

Settled before a turn is heard: what is a code or such a wish is nothing else, and only the very next words after the question
may be its answer.
"""

from __future__ import annotations

from dataclasses import replace

from bot.cases.link_codes import ReadCode, read_link_code
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import Effect, MakeCode, PartConversations, TryCode
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say
from bot.conversation.questions.joining import CHOICE, Joining
from bot.conversation.questions.older import Older
from bot.conversation.questions.updates_wanted import UpdatesWanted
from bot.conversation.questions.withdrawing import Withdrawing
from bot.conversation.talk.asking import asked_again
from bot.conversation.talk.progress import Progress
from bot.text.link_wishes import LinkWish, link_wish

# To these a code says neither yes nor no. Any other question may be answered with six characters: a plate, a unit, a reference.
_NO_ANSWER_TO = (UpdatesWanted, Withdrawing, Older, Joining)


def linked(draft: Draft | None, memory: Memory, setting: Setting) -> Progress | None:
    """What a turn does about joined conversations; None where it is about anything else. Pure; never raises for any turn."""
    turn = setting.turn
    if turn.edited or turn.photos or turn.pin is not None:
        return None
    asked = memory.asking(Joining, turn.at)
    told = asked.answer(memory, setting) if asked is not None else None
    if told is not None:
        return _progress(draft, told.memory, setting, says=told.says, effects=told.effects)
    if (turn.choice or "").partition(":")[0] == CHOICE:  # a button of a question that is long past
        return _progress(draft, memory, setting, says=(Say("utter_link_late"),))
    if turn.choice is not None or not turn.text:
        return None
    code = read_link_code(turn.text)
    if code is not None and (code.named or not _may_be_an_answer(draft, memory, setting)):
        return _sent(code, draft, memory, setting)
    match link_wish(turn.text):
        case LinkWish.LINK:
            return _progress(draft, memory, setting, effects=(MakeCode(),))
        case LinkWish.UNLINK:
            return _progress(draft, memory, setting, effects=(PartConversations(),))
    return None


def _may_be_an_answer(draft: Draft | None, memory: Memory, setting: Setting) -> bool:
    """Whether six characters may be meant for what is open, or for the request just filed: then only LINK makes a code of them."""
    now = setting.turn.at
    open_ones = memory.open_questions(now)
    asked = any(not isinstance(one, _NO_ANSWER_TO) for one in open_ones)
    return draft is not None or asked or memory.filed_lately(now) is not None


def _sent(code: ReadCode, draft: Draft | None, memory: Memory, setting: Setting) -> Progress:
    if not code.code:
        return _progress(draft, memory, setting, says=(Say("utter_link_wrong"),))
    # What comes of it may be a question: that of the report is not put besides.
    end = End.DROPPED if draft is None else None
    return Progress(draft, memory, effects=(TryCode(code.code),), end=end)


def _progress(
    draft: Draft | None,
    memory: Memory,
    setting: Setting,
    says: tuple[Say, ...] = (),
    effects: tuple[Effect, ...] = (),
) -> Progress:
    """The report that is open stays open, and its question comes again."""
    if draft is None:
        return Progress(None, memory, says, effects, End.DROPPED)
    again = asked_again(draft, setting)
    return Progress(draft, memory, (*says, replace(again, alone=True)), effects)
