"""The form: each of its turns is one call of `validate_request_form`, which hears, decides and asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.alerts import with_alert
from actions.effects import Done, carry_out, own_requests
from actions.not_theirs import as_not_theirs
from actions.placing import setting_of, think
from actions.reading import read
from actions.saying import say
from actions.similar import with_similar
from actions.slots import about_turn, form_slots, is_open, kept_slots, open_question
from bot.cases.following import FinishedMeanwhileError
from bot.conversation.intake import danger
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import Follow
from bot.conversation.intake.question import End
from bot.conversation.map_links import close_map_links
from bot.conversation.talk import Progress, converse
from bot.conversation.talk.comparing import not_followed
from bot.db.session import transaction


def _is_over(draft: Draft, progress: Progress) -> bool:
    """Whether the report that was open is not any more, so that its map must not move another one's pin."""
    after = progress.draft
    return progress.end is End.DROPPED or after is None or (after.id, after.part) != (draft.id, draft.part)


class ValidateRequestForm(FormValidationAction):  # type: ignore[misc]  # rasa-sdk has no types
    """Overrides `run`: slots are not validated one by one, a turn is taken as a whole."""

    def name(self) -> str:
        return "validate_request_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        heard = await as_not_theirs(read(tracker))
        setting = setting_of(heard, own=await own_requests(heard))
        progress = await think(lambda: converse(heard.draft, heard.memory, setting, heard.event))
        try:
            done = await carry_out(progress.effects, heard)
        except FinishedMeanwhileError:
            follow = next(effect for effect in progress.effects if isinstance(effect, Follow))
            done, progress = Done(), not_followed(follow, heard.memory, setting)
        progress = await with_similar(progress, heard, setting)
        progress = await with_alert(progress, heard, setting)
        if heard.draft is not None and _is_over(heard.draft, progress):
            async with transaction() as session:
                await close_map_links(session, heard.conversation_id)
        memory = done.kept_in(replace(progress.memory, met=True))
        await say(
            dispatcher,
            danger.in_front((*done.says, *progress.says, *done.after)),
            heard,
            first_contact=heard.turn.first_contact and not heard.turn.taken_over,
            about_turn=about_turn(
                heard,
                wants_person=progress.wants_person,
                wished=progress.wished,
                report_open=is_open(progress.draft, progress.end),
                question=open_question(progress.draft, progress.end),
                understood=progress.understood,
            ),
        )
        return [
            *form_slots(tracker, progress.draft, progress.end),
            *kept_slots(tracker, heard, memory, wants_person=progress.wants_person),
        ]
