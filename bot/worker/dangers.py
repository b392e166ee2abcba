"""The task that tells everybody of danger which nobody has seen to."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.conversation.danger_marks import escalate
from bot.db.session import transaction
from bot.delivery.danger_mail import give_danger_mail, mail_danger
from bot.worker.services import Services


async def escalate_danger(services: Services, danger_id: int) -> None:
    """Say so in the console and write to all staff who have an address; what does not go out now is sent by the clock of mail."""
    now = datetime.now(UTC)
    async with transaction() as session:
        if await escalate(session, danger_id, now):
            await give_danger_mail(session, danger_id, now)
    await mail_danger(services.settings, now)
