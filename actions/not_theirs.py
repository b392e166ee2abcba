"""Who got an update that is not theirs and says so in words that only the engine understood: "he doesnt use this phone now"."""

from __future__ import annotations

from dataclasses import replace

from actions.reading import Read
from bot.conversation.intake.turn import Wished
from bot.conversation.settling.strangers import follows, told_of
from bot.conversation.talk.of_our_texts import counts
from bot.db.session import transaction


async def as_not_theirs(heard: Read) -> Read:
    """The turn as the option that takes their number off the request they were told of; as it is where they were told of none."""
    turn = heard.turn
    if turn.wish is not Wished.NOT_MINE or not counts(turn):
        return heard
    async with transaction() as session:
        reference = turn.about or await told_of(session, heard.conversation_id, last_only=False)
        if reference is None or not await follows(session, heard.conversation_id, reference):
            return heard
    option = replace(turn, text="", intent="choose", choice=f"not_mine:{reference}", wish=None)
    return replace(heard, turn=option)
