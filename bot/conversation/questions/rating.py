"""How did we do? Asked once the work is fixed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.conversation.intake.belonging import is_told_apart
from bot.conversation.intake.effects import AddToRequest, Effect, GiveFeedback
from bot.conversation.intake.finished import FINISHED, AboutFinished
from bot.conversation.intake.half_done import complains, is_content, says_fixed
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.only_asking import asks_something
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.quoting import quoted
from bot.conversation.intake.remarks import remark_in
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.stars import behind_stars, stars_in, stars_named
from bot.conversation.intake.telling import tells_something
from bot.conversation.intake.turn import Say, Turn
from bot.conversation.questions.remark import kept, rated, remark_on
from bot.conversation.questions.reopened import reopen
from bot.conversation.questions.why_rated import GOOD, WhyRated


@dataclass(frozen=True, slots=True)
class Rating(AboutFinished):
    name: ClassVar[str] = "rating"

    def ask(self, setting: Setting) -> Say:
        return Say("utter_ask_rating")

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        intent = setting.turn.intent
        if intent == "fixed" or (intent == "not_fixed" and says_fixed(setting.turn.text)):
            return ask_rating(self, memory, setting)
        if intent == "not_fixed":
            return reopen(self, memory, setting)
        if (stars := stars_in(setting.turn)) is not None:
            return self._rated(stars, memory, setting)
        if said := remark_on(self, setting):  # words in the place of stars: "they were so kind to my mom"
            return kept(self, said, memory, setting)
        if intent in ("skip", "deny", "goodbye", "thanks", "affirm"):
            return Told(memory.without(FINISHED), (Say("utter_welcome"),))
        return None

    def _rated(self, stars: int, memory: Memory, setting: Setting) -> Told:
        """The stars kept, with what is said of them; few of them, and nothing said: why?"""
        if (other := self._other(setting)) is not None:
            given = GiveFeedback(self.reference, rating=stars)
            thanks = Say("utter_rated", alone=True)
            return Told(memory.without(FINISHED), (thanks,), (given,), goes_on=other)
        said = remark_in(setting.turn.text)
        given = GiveFeedback(self.reference, rating=stars, comment=setting.turn.text if said else None)
        if stars < GOOD and not said:
            why = WhyRated(self.reference, self.service, setting.turn.at)
            return Told(memory.with_question(why), (why.ask(setting),), (given,))
        passed_on = (Say("utter_passed_on", {"quote": quoted(said)}),) if said else ()
        return Told(rated(self, memory, setting), (Say("utter_rated"), *passed_on), (given,))

    def _other(self, setting: Setting) -> Turn | None:
        """What stands behind the stars and is said of something else: a question, or another matter."""
        turn, rest = setting.turn, behind_stars(setting.turn.text)
        if not tells_something(rest):
            return None
        alone = replace(turn, text=rest, rating=None, side=None, replies={}, whole="")
        if asks_something(rest):
            return replace(alone, intent="ask_city")
        another = is_told_apart(self.service, replace(setting, turn=alone))
        return replace(alone, intent="report") if another else None


def _asked_besides(turn: Turn) -> Turn | None:
    """The question that stands behind everything else: "... 5 stars. when does field 2 open again?"."""
    last = _SENTENCES.split(turn.text.strip())[-1]
    alone = replace(turn, text=last, rating=None, side=None, replies={}, whole="")
    asks = last != turn.text and asks_something(last) and tells_something(last)
    return replace(alone, intent="ask_city") if asks else None


_SENTENCES = re.compile(r"(?<=[.!?;\n])\s+")
A_STORY = 12  # words of a yes that tell more than that


def ask_rating(about: FiledQuestion, memory: Memory, setting: Setting) -> Told:
    """The work is done: keep that, and ask how it was."""
    turn = setting.turn
    # "Quedó bien, gracias, 5 estrellas": nothing is left to ask.
    stars = stars_named(turn.text)
    given = GiveFeedback(about.reference, verdict="fixed", rating=stars, comment=turn.text or None)
    effects: tuple[Effect, ...] = (given,)
    if turn.photos:
        effects += (AddToRequest(about.reference, turn.photos),)
    if stars is not None:
        after = rated(about, memory, setting)
        return Told(after, (Say("utter_rated"),), effects, goes_on=_asked_besides(turn))
    waiting = memory.with_question(Rating(about.reference, about.service, turn.at))
    # What is asked or let pass beside "it is fixed" is not thanked away.
    heard = is_content(turn.text) or (asks_something(turn.text) and tells_something(turn.text))
    heard = heard or (turn.besides is not None and complains(turn.besides.told.text))
    heard = heard or len(turn.text.split()) >= A_STORY
    noted = (Say("utter_passed_on", {"quote": quoted(turn.text)}),) if heard else ()
    # "Great!" is no answer to who was sent round in circles.
    asked = "utter_ask_rating_plainly" if noted else "utter_ask_rating"
    return Told(waiting, (*noted, Say(asked)), effects)
