"""The tasks that finish what erasing a contact began."""

from __future__ import annotations

from bot.db.session import transaction
from bot.keeping import goodbyes
from bot.keeping.photos import delete_files
from bot.worker.services import Services


async def delete_photo_files(services: Services, sha256: list[str]) -> None:
    """Delete the files of photos that nobody refers to any more."""
    await delete_files(services.photos, sha256)


async def forget_goodbye(conversation_id: int) -> None:
    """The goodbye is out: its number goes."""
    async with transaction() as session:
        await goodbyes.forget_goodbye(session, conversation_id)
