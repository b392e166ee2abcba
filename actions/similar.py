"""Looking up open requests near a report, once what and where are known."""

from __future__ import annotations

from actions.reading import Read
from bot.cases.duplicates import OpenRequest, nearest_open_duplicates
from bot.city.current import gazetteer
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.similar import Similar
from bot.conversation.talk import Progress
from bot.conversation.talk.comparing import compared, to_compare
from bot.db.session import transaction


async def with_similar(progress: Progress, heard: Read, setting: Setting) -> Progress:
    """The progress with the question whether it is the same matter, where an open request lies near."""
    draft = progress.draft
    if progress.end is not None or draft is None or not to_compare(draft, setting):
        return progress
    service = setting.service(draft.service)
    assert service is not None and draft.location is not None  # noqa: S101, PT018 - to_compare says so
    async with transaction() as session:
        found = await nearest_open_duplicates(
            session, service, draft.location.point, heard.conversation_id, heard.turn.at
        )
    return compared(progress, _nearest(found, setting), setting)


def _nearest(found: list[OpenRequest], setting: Setting) -> Similar | None:
    """The resident's own before others'; then the nearest. Its place in the resident's language."""
    if not found:
        return None
    one = next((request for request in found if request.own), found[0])
    # The pack alone: another resident's address never leaves the house.
    place = gazetteer().retold(one.address, setting.language)
    return Similar(one.reference, one.status, place, one.created_at, round(one.metres), one.own)
