"""Filing a confirmed report, and going on to the second one where a message held two."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.reading import Read, read
from actions.saying import dispatch
from actions.slots import about_turn, form_slots, kept_slots
from bot.cases.filing import FiledRequest, NewRequest, file_request
from bot.city.current import catalogue, gazetteer
from bot.city.location import Location, LocationKind
from bot.conversation.intake import Draft, begin_second
from bot.conversation.intake.filed import filed_says
from bot.conversation.intake.memory import Filed
from bot.db.session import transaction

# Where matters that happened nowhere are put on the map: where they are dealt with.
NOWHERE = "City Hall"


class NoDraftError(RuntimeError):
    """There is nothing to file: the form ended without a confirmed draft."""


class ActionFileRequest(Action):  # type: ignore[misc]  # rasa-sdk has no types
    def name(self) -> str:
        return "action_file_request"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        heard = read(tracker)
        draft = heard.draft
        if draft is None or draft.service is None:
            raise NoDraftError("The form ended without a confirmed draft.")
        filed = await _file(draft, heard)
        memory = replace(
            heard.memory, met=True, filed=Filed(filed.reference, filed.service_code, heard.turn.at)
        )
        second = begin_second(draft, heard.turn, catalogue(), gazetteer())
        service = catalogue().services[filed.service_code]
        says = filed_says(filed.reference, service.department, heard.turn, memory, more=second is not None)
        if second is not None:
            says += second.says
        memory = replace(memory, offered=any(say.response == "utter_offer_updates" for say in says))
        dispatch(dispatcher, says, heard.turn.language, about_turn=about_turn(heard))
        events = [
            *form_slots(tracker, second.draft if second else None, None),
            *kept_slots(tracker, heard, memory),
        ]
        if second is not None:
            # The form is open again and has asked already: listen, do not run it on this turn's words.
            events += [ActiveLoop("request_form"), FollowupAction("action_listen")]
        return events


async def _file(draft: Draft, heard: Read) -> FiledRequest:
    assert draft.service is not None  # noqa: S101 - checked by the caller
    new = NewRequest(
        conversation_id=heard.conversation_id,
        idempotency_key=f"draft:{heard.conversation_id}:{draft.id}",
        service_code=draft.service,
        description=draft.description,
        place_text=draft.place_text,
        location=_for_staff(draft.location) if draft.location else _nowhere(),
        photo_ids=draft.photos,
        language=heard.turn.language,
    )
    async with transaction() as session:
        return await file_request(session, new)


def _for_staff(location: Location) -> Location:
    """The same place by its English name: staff, maps and other systems know one name of it."""
    if location.kind is LocationKind.PIN:
        return replace(location, name=gazetteer().reverse(location.point).name)
    found = gazetteer().locate(location.name).location
    return replace(location, name=found.name) if found and found.point == location.point else location


def _nowhere() -> Location:
    found: tuple[Location, ...] = gazetteer().locate(NOWHERE).candidates
    if not found:
        raise NoDraftError(f"The city pack knows no {NOWHERE}; reports without a place need it.")
    return found[0]
