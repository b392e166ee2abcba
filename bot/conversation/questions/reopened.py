"""What is still wrong? A photo or some words, after "not fixed"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.intake.belonging import belongs
from bot.conversation.intake.effects import AddToRequest, Effect, FollowUp, GiveFeedback
from bot.conversation.intake.finished import FINISHED, AboutFinished, is_stale, may_be_new
from bot.conversation.intake.half_done import has_come, leaves_a_part, says_fixed, wants_nothing_more
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.quoting import quoted
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import tells_something
from bot.conversation.intake.turn import Say
from bot.text.fold import fold

# What was asked for, whatever its words are like; words that may be about it; and short ones that are, when they tell something.
_SURELY = ("add_to_request", "answer", "correct", "change", "not_fixed", "complain_service")
_WORDS = (*_SURELY, "report", "another", "give_place", "out_of_scope")
_SHORT = ("affirm", "deny", "skip", "rate", "file")


@dataclass(frozen=True, slots=True)
class Reopened(AboutFinished):
    name: ClassVar[str] = "reopened"

    def ask(self, setting: Setting) -> Say:
        return Say("utter_reopened", {"reference": self.reference})

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        turn = setting.turn
        thanks = turn.intent == "thanks" and has_come(turn.text) and not leaves_a_part(turn.text)
        meant_well = "?" not in turn.text and _MEANT_WELL.search(fold(turn.text)) is not None
        if meant_well or wants_nothing_more(turn.text):
            return _closed_again(self, memory, setting)
        # A picture is of what is still wrong, unless the words say that it is done.
        said = turn.intent == "fixed" or (bool(turn.text) and says_fixed(turn.text))
        fixed = said and (not turn.photos or has_come(turn.text))
        if fixed or (turn.intent == "cancel" and turn.text) or thanks:
            return _closed_again(self, memory, setting)
        if not self._adds(setting):
            return None
        return Told(memory, effects=(AddToRequest(self.reference, turn.photos, turn.text),))

    def _adds(self, setting: Setting) -> bool:
        """Whether the turn brings what we asked for. Long after it may be about something new."""
        turn = setting.turn
        stale = is_stale(self.at, setting)
        if turn.choice is not None or turn.pin is not None:
            return False
        if turn.photos and not stale:  # a photo is what we asked for, whatever is said with it
            return not turn.text or belongs(self.reference, self.service, setting, wanted=True)
        if not turn.text:
            return False
        if turn.intent in _SHORT and not tells_something(turn.text):
            return False
        if turn.intent not in (*_WORDS, *_SHORT) or (stale and turn.intent == "out_of_scope"):
            return False
        if turn.intent in _SURELY and not (stale and may_be_new(setting)):
            return True
        return belongs(self.reference, self.service, setting, wanted=not stale)


# Of what was opened again by mistake: "era una felicitación", "le dije que NO lo abra, ciérrelo", "that was a compliment". A gate that
# nobody opens and a valve that is to be closed are not the request.
_MEANT_WELL = re.compile(
    r"\b(?:era|fue) (?:una |un )?(?:felicitacion|cumplido|agradecimiento|elogio)|(?<!no )(?<!no me )\bqued[eo] (?:yo )?(?:muy )?(?:conforme|satisfech[oa])\b|"
    r"\b(?:it|that) was (?:a )?(?:compliment|praise)\b|\bi was (?:praising|thanking)\b|\b(?:said|told (?:you|u)|asked(?: you)?)(?: to)? (?:not to|don t|dont|do not) (?:re ?)?open\b|"
    r"\b(?:didn t|did not) (?:want|ask) (?:you|u) to (?:re ?)?open\b|\bclose (?:it (?:again|back)|(?:the|my|this|that) (?:report|request|case|ticket))\b"
)


def reopen(about: FiledQuestion, memory: Memory, setting: Setting) -> Told:
    """The work is not done: open the request again, or file a new one about it; ask what is wrong, unless that was said. Who says that
    nobody has to come wants nothing opened."""
    turn = setting.turn
    if turn.text and not turn.photos and wants_nothing_more(turn.text):
        return _closed_again(about, memory, setting)
    request = setting.own_request(about.reference)
    if request is not None and request.long_ended:
        told = FollowUp(about.reference, turn.text, turn.photos)
        return Told(memory.without(FINISHED), effects=(told,))
    effects: tuple[Effect, ...] = (
        GiveFeedback(about.reference, verdict="not_fixed", comment=turn.text or None),
    )
    if turn.photos:
        effects += (AddToRequest(about.reference, turn.photos),)
    waiting = memory.with_question(Reopened(about.reference, about.service, turn.at))
    values = {"reference": about.reference}
    if not tells_something(turn.text):
        return Told(waiting, (Say("utter_reopened", values),), effects)
    return Told(waiting, (Say("utter_reopened_with", {**values, "quote": quoted(turn.text)}),), effects)


def _closed_again(about: FiledQuestion, memory: Memory, setting: Setting) -> Told:
    """ "It is fixed, nobody has to come": what was opened again by mistake is done."""
    done = GiveFeedback(about.reference, verdict="fixed", comment=setting.turn.text or None)
    said = Say("utter_fixed_after_all", {"reference": about.reference})
    return Told(memory.without(FINISHED), (said,), (done,))
