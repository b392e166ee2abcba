"""Looking up what is known where a report is, once what and where are known."""

from __future__ import annotations

from dataclasses import replace

from actions.reading import Read
from bot.cases.alerts import alert_for
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.similar import compared_key
from bot.conversation.intake.turn import Say
from bot.conversation.talk import Progress
from bot.db.session import transaction


async def with_alert(progress: Progress, heard: Read, setting: Setting) -> Progress:
    """The progress with what is known of such a matter at its place, told once, before the report is sent."""
    draft = progress.draft
    if progress.end is not None or draft is None or draft.service is None or draft.location is None:
        return progress
    key = compared_key(draft)
    if key == draft.alerted:
        return progress
    async with transaction() as session:
        alert = await alert_for(session, draft.service, draft.location.point, heard.turn.at)
    if alert is None:
        return replace(progress, draft=replace(draft, alerted=key, alert=None))
    known = Say("utter_known", {"note": setting.words(alert.words)}, alone=True)
    told = () if alert.id == draft.alert else (known,)
    draft = replace(draft, alerted=key, alert=alert.id)
    return replace(progress, draft=draft, says=(*told, *progress.says))
