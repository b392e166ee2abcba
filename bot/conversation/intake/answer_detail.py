"""Answers to the three small questions before the summary: where the photo was taken, the same matter, a detail."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake import details, digressions
from bot.conversation.intake.answer_summary import answer_summary, corrects
from bot.conversation.intake.answer_where import answer_where
from bot.conversation.intake.asked import asked, digressed
from bot.conversation.intake.draft import Draft, End, Step
from bot.conversation.intake.photo_place import accepted, declined
from bot.conversation.intake.questions import next_question
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.similar import is_different
from bot.conversation.intake.turn import Say

# Digressions that short answers in words ("silver honda") are mistaken for.
_MISTAKEN = ("out_of_scope", "abuse")


def answer_photo_place(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """Yes, no, or another place in words."""
    turn = setting.turn
    if turn.choice == "spot:yes" or (turn.intent in ("affirm", "file") and turn.choice is None):
        return asked(next_question(accepted(draft), setting), setting, says)
    if turn.choice == "spot:no" or (turn.intent in ("deny", "skip") and len(turn.text.split()) <= 2):
        return asked(next_question(declined(draft), setting), setting, says)
    # "No, that is my house": not there, and where it is may be in the words or not.
    return answer_where(declined(draft) if turn.intent == "deny" else draft, setting, says)


def answer_similar(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """Follow that one, go on with one's own, or put right what was misread."""
    turn = setting.turn
    if turn.choice == "similar:follow" or (turn.intent == "affirm" and turn.choice is None):
        return Step(draft, says, End.FOLLOWED)
    plain_no = turn.intent == "deny" and not corrects(draft, setting)
    if turn.choice == "similar:own" or plain_no or turn.intent in ("skip", "file"):
        return asked(next_question(is_different(draft), setting), setting, says)
    return answer_summary(draft, setting, says)


def answer_detail(draft: Draft, setting: Setting, says: tuple[Say, ...]) -> Step:
    """The answer to a follow-up question; a correction of what and where is heard here, too."""
    turn = setting.turn
    if (turn.intent == "correct" and corrects(draft, setting)) or (
        turn.intent == "file" and turn.choice is None
    ):
        return answer_summary(draft, setting, says)
    if turn.intent not in _MISTAKEN and digressions.is_beside(setting, detail=True):
        return digressed(draft, setting, says)
    after = details.answered(draft, setting)
    if after is not None:
        return asked(next_question(after, setting), setting, says)
    if draft.unclear_detail:  # asked twice: the report matters more than its detail
        passed = replace(draft, detail=None, unclear_detail=False, passed=(*draft.passed, draft.detail or ""))
        return asked(next_question(passed, setting), setting, says)
    return asked(replace(draft, unclear_detail=True), setting, says, again=True)
