"""Taking notices back before anybody was told: what they are of was undone."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Conversation, Notice
from bot.delivery.notices.give import NoticeState

UNDONE = "undone"  # why a notice is suppressed; beside the reasons of `bot.conversation.consent.Barrier`


async def take_back_notices(session: AsyncSession, update_id: int) -> bool:
    """Have nobody told of an update; False, and nothing changed, where somebody was told already.

    The conversations are ours until the commit, so that none is told in the same moment (`notices.tell` takes them, too).
    """
    of_update = select(Notice.conversation_id).where(Notice.update_id == update_id)
    await session.execute(
        select(Conversation.id)
        .where(Conversation.id.in_(of_update))
        .order_by(Conversation.id)
        .with_for_update(of=Conversation)
    )
    rows = await session.scalars(
        select(Notice).where(Notice.update_id == update_id).execution_options(populate_existing=True)
    )
    notices = rows.all()
    if any(notice.state == NoticeState.TOLD for notice in notices):
        return False
    for notice in notices:
        if notice.state == NoticeState.WAITING:
            notice.state, notice.why = NoticeState.SUPPRESSED, UNDONE
    return True
