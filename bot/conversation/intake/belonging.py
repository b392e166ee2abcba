"""Whether words belong to a request that was just talked of, or tell of another matter."""

from __future__ import annotations

import re

from bot.city.location import Location, ResolutionOutcome
from bot.conversation.intake.naming import takes_up
from bot.conversation.intake.services import CATCH_ALL, names_service, sure_service
from bot.conversation.intake.setting import Setting
from bot.text.fold import fold

_ALSO = re.compile(
    r"\b(?:also|another|other|too|as well|plus|one more thing|tambien|tmb|tambn|otro|otra|otros|otras|ademas|aparte)\b"
)

# How something is spoken of that was not spoken of before.
_INTRODUCES = re.compile(
    r"^(?:(?:hi|hello|hey|hola|oye|ok|so|and|y|pues|btw|also|tambien) )*(?:there s|theres|there is|there are|there re|hay|"
    r"i (?:want|need|d like|would like) to report|quiero reportar|necesito reportar)\b"
)


def belongs(reference: str, service: str, setting: Setting, *, wanted: bool) -> bool:
    """Whether the words are about the request, not clearly about another matter.

    `wanted`: we have just asked for words about it, so that only another matter by its name is one.
    """
    turn = setting.turn
    found = setting.places.locate(turn.text, setting.language)
    placed = found.outcome is not ResolutionOutcome.UNKNOWN
    elsewhere = found.location is not None and not _is_its_place(found.location, reference, setting)
    other = sure_service(turn, setting) not in (None, CATCH_ALL, service)
    another = _names_another(service, setting)
    introduced = _INTRODUCES.search(fold(turn.text)) is not None
    also = _ALSO.search(fold(turn.text)) is not None
    heard_another = turn.intent == "another"
    taken_up = not (heard_another and also) and takes_up(
        turn.text, reference, service, setting, told_only=heard_another
    )
    if wanted:
        if other and (introduced or heard_another) and not taken_up:
            return False
        if another and not taken_up:
            return turn.intent != "report" and not (placed or also)
        return not (also and (heard_another or elsewhere)) and not (elsewhere and another)
    if taken_up:
        return not elsewhere or turn.intent == "give_place"
    if heard_another or introduced or elsewhere or (placed and also):
        return False
    if turn.intent == "give_place":
        return not another
    return not other


def _is_its_place(place: Location, reference: str, setting: Setting) -> bool:
    request = setting.own_request(reference)
    return request is not None and fold(place.name) == fold(request.place)


def _names_another(service: str, setting: Setting) -> bool:
    """Whether another service is surely meant, and named."""
    code = sure_service(setting.turn, setting)
    return code not in (None, CATCH_ALL, service) and names_service(setting.turn.text, code or "", setting)
