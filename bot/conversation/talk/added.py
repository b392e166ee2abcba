"""What is told of a request that is filed already: more words, a photo, a pin, what is left of it."""

from __future__ import annotations

from bot.cases.status import ACTIVE
from bot.city.location import Point, ResolutionOutcome
from bot.conversation.intake.belonging import (
    announces_another,
    belongs,
    filed_before,
    introduces,
    is_another_elsewhere,
    names_another_thing,
    says_also,
    tells_of_its_own,
)
from bot.conversation.intake.effects import AddToRequest
from bot.conversation.intake.finished import is_stale
from bot.conversation.intake.half_done import leaves_a_part, one_is_gone
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.naming import named_by_matter
from bot.conversation.intake.services import CATCH_ALL, sure_service
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.questions import verdict
from bot.conversation.talk.beginning import BEGINS
from bot.conversation.talk.progress import Progress, progress_of


def added_without_words(memory: Memory, setting: Setting) -> Progress | None:
    """A photo or a pin alone, soon after the filing; None for anything else."""
    turn, filed = setting.turn, memory.filed_lately(setting.turn.at)
    if filed is None or turn.text:
        return None
    if turn.pin is not None and turn.pin.from_map:
        # A pin of its map that crossed the filing: never a second report.
        place = setting.places.reverse(Point(turn.pin.lat, turn.pin.lon), setting.language)
        moved = AddToRequest(filed.reference, turn.photos, place.name, place)
        return Progress(None, memory, effects=(moved,))
    if turn.photos:
        return Progress(None, memory, effects=(AddToRequest(filed.reference, turn.photos),))
    return None


def tells_more(memory: Memory, setting: Setting) -> bool:
    """Whether the words are heard as more about what was filed last."""
    turn = setting.turn
    return turn.intent in ("add_to_request", "answer") and bool(turn.text) and memory.filed is not None


def is_of_filed(memory: Memory, setting: Setting) -> bool:
    """Whether words heard as more tell of what was filed last, and of no other thing."""
    return memory.filed is not None and not _is_another_thing(memory.filed, setting)


def added(memory: Memory, setting: Setting) -> Progress | None:
    """Words that would begin a report and belong to a request of theirs; None where they belong to none."""
    turn, filed = setting.turn, memory.filed_lately(setting.turn.at)

    def to(reference: str) -> Progress:
        return Progress(None, memory, effects=(AddToRequest(reference, turn.photos, turn.text),))

    if turn.intent in BEGINS and (before := filed_before(setting)) is not None:
        return to(before.reference)
    # "The couch is gone but the paint is still there".
    in_part = turn.intent == "not_fixed" and one_is_gone(turn.text)
    if (turn.intent in BEGINS or in_part) and (rest := _left_of_theirs(setting)) is not None:
        return to(rest.reference)
    if filed is not None and _is_added(filed, setting):
        return to(filed.reference)
    if turn.intent == "not_fixed" and turn.photos and turn.text and len(setting.finished) == 1:
        return progress_of(verdict.said_unasked(memory, setting))  # with the picture that proves it
    return None


def _left_of_theirs(setting: Setting) -> OwnRequest | None:
    """The open request of theirs of which a part is said to be left, where no other place or matter is named: "uno ya
    prendió, falta el otro"."""
    turn = setting.turn
    newest = next((own for own in setting.own if own.theirs and own.status in ACTIVE), None)
    left = leaves_a_part(turn.text) or one_is_gone(turn.text)
    if newest is None or not left or turn.pin is not None:
        return None
    theirs = named_by_matter(turn.text, setting) == newest  # "the paint", which their report told of
    other = not theirs and sure_service(turn, setting) not in (None, CATCH_ALL, newest.service)
    placed = setting.places.locate(turn.text, setting.language).outcome is not ResolutionOutcome.UNKNOWN
    return None if other or placed else newest


def _is_another_thing(filed: Filed, setting: Setting) -> bool:
    """Whether "also the bike rack there", or "but what about the sewer", tells of another thing than the request just filed."""
    if announces_another(filed.reference, filed.service, setting):
        return True
    if is_another_elsewhere(filed.reference, filed.service, setting):
        return True
    another = names_another_thing(filed.reference, filed.service, setting)
    named = another and (introduces(setting.turn.text) or says_also(setting.turn.text))
    return named or tells_of_its_own(filed.service, setting)


def _is_added(filed: Filed, setting: Setting) -> bool:
    """Whether words that would begin a report are about the request just filed, or just told of."""
    turn = setting.turn
    if not turn.text or turn.pin is not None or not (turn.intent in BEGINS or turn.photos):
        return False
    wanted = filed.waits and not is_stale(filed.at, setting)
    return belongs(filed.reference, filed.service, setting, wanted=wanted)
