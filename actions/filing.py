"""Filing a confirmed report, and going on to the second one where a message held two."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.alerts import with_alert
from actions.placing import as_staff_know_it, setting_of, think
from actions.reading import Read, read
from actions.saying import say
from actions.similar import with_similar
from actions.slots import about_turn, form_slots, kept_slots, open_question
from bot.cases.filing import FiledRequest, NewRequest, file_request
from bot.cases.public_links import public_url
from bot.city.calendar_words import said
from bot.city.current import catalogue, city
from bot.conversation.intake.details import answers_to_file
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.memory import Filed
from bot.conversation.intake.turn import Say
from bot.conversation.map_links import close_map_links
from bot.conversation.questions.helpful_detail import planned
from bot.conversation.talk import Progress
from bot.conversation.talk.filed import filed_says
from bot.conversation.talk.report import later_report
from bot.db.session import transaction


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
        setting = setting_of(heard)
        memory = replace(
            heard.memory, met=True, filed=Filed(filed.reference, filed.service_code, heard.turn.at)
        )
        later = await think(lambda: later_report(draft, setting))
        service = catalogue().services[filed.service_code]
        memory = planned(memory, filed.reference, draft, setting)
        department = city().department_called(service.department, heard.turn.language)
        due = said(filed.due_on, heard.turn.language, setting.today) if filed.due_on else ""
        memory, says = filed_says(
            filed.reference, department, memory, setting, draft, more=later is not None, due=due
        )
        page = public_url(filed.id)
        if heard.turn.channel == "sms":  # named where there is room
            says = (replace(says[0], custom={**says[0].custom, "page": page}), *says[1:])
        else:
            says = (*says[:1], Say("utter_page", {"page": page}), *says[1:])
        progress = Progress(later.draft if later else None, memory, later.says if later else ())
        progress = await with_similar(progress, heard, setting)
        progress = await with_alert(progress, heard, setting)
        await say(
            dispatcher,
            (*says, *progress.says),
            heard,
            about_turn=about_turn(
                heard, report_open=later is not None, question=open_question(progress.draft, None)
            ),
        )
        events = [*form_slots(tracker, progress.draft, None), *kept_slots(tracker, heard, memory)]
        if later is not None:
            # The form is open again and has asked already: listen, do not run it on this turn's words.
            events += [ActiveLoop("request_form"), FollowupAction("action_listen")]
        return events


async def _file(draft: Draft, heard: Read) -> FiledRequest:
    assert draft.service is not None  # noqa: S101 - checked by the caller
    new = NewRequest(
        conversation_id=heard.conversation_id,
        idempotency_key=f"draft:{heard.conversation_id}:{draft.id}"
        + (f":{draft.part}" if draft.part else ""),
        service_code=draft.service,
        description=draft.description,
        place_text=draft.place_text,
        location=as_staff_know_it(draft.location) if draft.location else None,
        photo_ids=draft.photos,
        language=heard.turn.language,
        at=heard.turn.at,
        alert_id=draft.alert,
        urgent=draft.urgent,
        answers=answers_to_file(draft, catalogue().services[draft.service], setting_of(heard).today),
    )
    async with transaction() as session:
        filed = await file_request(session, new)
        await close_map_links(session, heard.conversation_id)  # the place is settled
        return filed
