"""Where is it? In words, as a position, or not at all where that is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.channels.messages import Option
from bot.city.location import Resolution, ResolutionOutcome
from bot.city.told import LEAST_HOUSE
from bot.conversation.intake import details, digressions, places
from bot.conversation.intake.corrections import maybe_corrected_service, noted
from bot.conversation.intake.days import tells_when
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.maps import link_to_city
from bot.conversation.intake.question import End, ReportQuestion, Step
from bot.conversation.intake.services import choose, without_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.telling import SOME_WORDS, described, tells_more
from bot.conversation.intake.turn import WORDLESS, Say

# How to say it differently after each answer we could not place.
_LADDER = ("utter_ask_where", "utter_where_again", "utter_where_landmark", "utter_where_last")
ASK_LOCATION: Mapping[str, bool] = {"ask_location": True}
MOST_WORDS = 200  # characters kept of a place that was not found


@dataclass(frozen=True, slots=True)
class Where(ReportQuestion):
    """Asked in the open; the other questions about the place hear answers in words as this one does."""

    name: ClassVar[str] = "where"
    slot: ClassVar[str] = "location"
    asks_place: ClassVar[bool] = True

    outside: bool = False  # what was told last is not in the city: asked whether it is there after all

    def takes_figure(self, figure: int) -> bool:
        return self.number_answers or figure >= LEAST_HOUSE

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        if draft.half_place is not None and draft.half_place.number is not None:
            return Say("utter_ask_street_of", {"number": str(draft.half_place.number)}, custom=ASK_LOCATION)
        service = setting.service(draft.service)
        values = {"what": setting.words(service.noun) if service else ""}
        if service is not None and places.may_skip_place(draft, setting):
            return Say("utter_ask_where_optional", values, custom=ASK_LOCATION)
        rung = min(draft.misses, len(_LADDER) - 1)
        name = "utter_where_short" if again and rung == 0 else _LADDER[rung]
        # One more thing of somebody who reported lately is often at the same place; "1" is less to type than it.
        known = places.known_place(setting) if type(self) is Where and not self.outside else None
        options = (Option(known.place, choose(f"there:{known.reference}")),) if known else ()
        return Say(name, values, options, custom=ASK_LOCATION)

    def beside(self, draft: Draft, setting: Setting) -> tuple[Say, ...]:
        return link_to_city(setting) if draft.misses else ()

    def answer(self, draft: Draft, setting: Setting) -> Step:
        turn = setting.turn
        if turn.intent == "skip" and places.may_skip_place(draft, setting):
            return Step(replace(draft, placeless=True, open=None))
        found = places.place_said(draft, setting)
        if self.outside and _stays_outside(found, setting):
            return Step(draft, (Say("utter_outside_end"),), End.DROPPED)
        if found.outcome is ResolutionOutcome.UNKNOWN:
            return self._without_place(draft, found, setting)
        if turn.intent in digressions.DIGRESSIONS and found.outcome is not ResolutionOutcome.RESOLVED:
            return Step(draft, digressed=True)
        after, says = places.with_place(draft, found, turn.text)
        if turn.intent == "report":
            after = described(after, turn)
        elif turn.intent == "correct":
            after = _with_details(maybe_corrected_service(after, setting), found.used, setting)
        else:
            after = _with_details(after, found.used, setting)
        return Step(replace(after, open=None), says)

    def back(self, draft: Draft) -> Draft:
        return replace(without_service(draft), open=None)

    def _without_place(self, draft: Draft, found: Resolution, setting: Setting) -> Step:
        """Words in which we found no place."""
        turn, hints = setting.turn, places.hint_says(found)
        numbered = places.with_number(draft, setting) if type(self) is Where else None
        if numbered is not None and (turn.intent != "report" or not tells_more(turn)):
            return Step(replace(numbered, open=None), hints)
        if digressions.is_beside(setting):
            return Step(draft, hints, digressed=True)
        changed = maybe_corrected_service(draft, setting)
        if changed.service != draft.service:
            changed_what = Say("utter_changed_what", {"what": setting.noun(changed.service)})
            return Step(replace(described(changed, turn), open=None), (*hints, changed_what), again=True)
        if turn.intent == "add_to_request" or _adds(setting):
            step = noted(replace(draft, misses=draft.misses + 1), setting)
            return replace(step, says=(*hints, *step.says))
        if turn.intent in WORDLESS and turn.intent not in ("deny", "skip"):
            return Step(draft, hints, again=True)
        if turn.intent == "report":
            draft = described(draft, turn)
        elif turn.text and turn.intent not in ("deny", "skip"):
            draft = replace(draft, place_text=turn.text.strip()[:MOST_WORDS])
        return Step(replace(draft, misses=draft.misses + 1, open=None), hints)


_SENTENCES = re.compile(r"[.!?;\n]+")
_BEGINS_NO = re.compile(r"^\W*(?:(?:no|nope|nah|yes|yeah|si|sí|ok|oh)\b[\s,]*)+", re.IGNORECASE)


def _stays_outside(found: Resolution, setting: Setting) -> bool:
    """Whether a resident agrees that it is not in the city: "ok thanks", "no, it's Venice"."""
    nowhere = found.outcome in (ResolutionOutcome.UNKNOWN, ResolutionOutcome.OUTSIDE)
    agrees = setting.turn.intent in ("affirm", "deny", "thanks", "goodbye", "skip")
    if not nowhere or agrees:
        return nowhere
    parts = _SENTENCES.split(_BEGINS_NO.sub("", setting.turn.text))
    return any(
        setting.places.locate(part, setting.language).outcome is ResolutionOutcome.OUTSIDE for part in parts
    )


def _adds(setting: Setting) -> bool:
    """Whether words in which no place was found read more like something about it: "since sunday, a brown couch, smells"."""
    replies = setting.turn.replies
    if tells_when(setting.turn.text):
        return True
    return setting.turn.intent not in WORDLESS and replies.get("add", 0.0) > replies.get("tell", 0.0)


def _with_details(draft: Draft, place: str, setting: Setting) -> Draft:
    """The draft with what stands beside the place, where it answers a question we would ask: "outside 2412 Kansas. a silver Honda"."""
    service = setting.service(draft.service)
    beside = setting.turn.text.replace(place, "…").strip(" ,.;-…") if place else ""
    if service is None or not beside:
        return draft
    if len(beside.split()) >= SOME_WORDS:
        # "The light is right by the front door": what finds it, and is nowhere else.
        return described(draft, setting.turn)
    told = described(draft, replace(setting.turn, text=beside, whole=""))
    more = details.known_answers(told, service).keys() - details.known_answers(draft, service).keys()
    return told if more else draft


def placeless(draft: Draft, value: str, setting: Setting) -> Draft:
    """The draft without a place."""
    return replace(draft, placeless=True, half_place=None, open=None)


def there(draft: Draft, value: str, setting: Setting) -> Draft | None:
    """The draft where a request of theirs is; None where that place cannot be found any more."""
    request = setting.own_request(value)
    found = setting.places.locate(request.place, setting.language) if request and request.place else None
    if found is None or found.location is None:
        return None
    placed, _ = places.with_place(draft, found, found.location.name)
    return replace(placed, open=None)


def elsewhere(draft: Draft, value: str, setting: Setting) -> Draft:
    """The draft at none of the places on offer."""
    return replace(draft, half_place=None, misses=max(1, draft.misses), open=None)
