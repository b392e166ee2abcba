"""What staff asked about a request: "Which side of the building?" The answer goes to them, whatever it is like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.city.location import Point
from bot.conversation.intake.asking_back import asks_back
from bot.conversation.intake.belonging import is_another_matter
from bot.conversation.intake.digressions import QUESTIONS
from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import FiledQuestion, Told
from bot.conversation.intake.quoting import quoted
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import tells_something
from bot.conversation.intake.turn import Say
from bot.text.fold import fold

STAFF = "staff"
# Staff close what nobody answers after a week; until then an answer is one.
ANSWERED_FOR = timedelta(days=14)
# What answers nothing: manners, our own affairs, and questions of theirs.
_BESIDE = frozenset(
    {
        *QUESTIONS,
        "greet",
        "goodbye",
        "again",
        "cancel",
        "start_over",
        "ask_status",
        "ask_person",
        "ask_services",
        "ask_how_long",
        "ask_hours",
        "ask_about_bot",
        "change_language",
        "stop_texts",
        "start_texts",
    }
)
A_TALE = 10  # words: who gives a request up needs fewer
# Manners, unless something stands beside them: "thanks, it's the north side".
_MANNERS = frozenset({"thanks", "abuse"})


@dataclass(frozen=True, slots=True)
class StaffQuestion(FiledQuestion):
    words: str = ""  # the question, as staff put it; "" where it is not known any more

    name: ClassVar[str] = "staff_question"
    topic: ClassVar[str] = STAFF
    lasts: ClassVar[timedelta] = ANSWERED_FOR

    @property
    def settles(self) -> bool:
        return True

    def ask(self, setting: Setting) -> Say:
        return Say("utter_public_text", {"note": quoted(self.words, 300)})

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        turn = setting.turn
        told = turn.intent == "cancel" and len(turn.text.split()) >= A_TALE
        if turn.choice is not None or (turn.intent in _BESIDE and not told):
            return None  # "sí, ahí sigue ... y ya borraron la foto?" gives nothing up
        if turn.intent in _MANNERS and not tells_something(turn.text):
            return None
        words, place = turn.text, None
        if turn.pin is not None:
            place = setting.places.reverse(Point(turn.pin.lat, turn.pin.lon), setting.language)
            words = "\n".join(filter(None, (words, place.name)))
        elif turn.text and (
            is_another_matter(self.reference, self.service, setting) or self._is_of_another_place(setting)
        ):
            return None
        if not (words or turn.photos):
            return None
        if place is None and not turn.photos and asks_back(words):
            # It stays asked: staff say more first, and then the answer is still one.
            return Told(memory, effects=(AddToRequest(self.reference, words=words, asks=True),))
        # "No, on the sidewalk": the no is the answer.
        answer = AddToRequest(self.reference, turn.photos, words, place, whole=True)
        return Told(memory.without(STAFF), effects=(answer,))

    def _is_of_another_place(self, setting: Setting) -> bool:
        """Whether words report something elsewhere, once the request is closed: they open nothing again."""
        request = setting.own_request(self.reference)
        if request is None or not request.finished or setting.turn.intent not in ("report", "another"):
            return False
        found = setting.places.locate(setting.turn.text, setting.language)
        return found.location is not None and fold(found.location.name) != fold(request.place)
