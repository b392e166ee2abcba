"""Joining conversations as the dialogue asks for it: a code made, a code sent, the two joined or parted."""

from __future__ import annotations

from actions.reading import Read
from bot.cases.link_codes import as_told
from bot.conversation.intake.effects import JoinConversations, TryCode
from bot.conversation.intake.question import FiledQuestion
from bot.conversation.intake.turn import Say
from bot.conversation.linking import TryResult, new_code, redeem_code, try_code, unlink
from bot.conversation.questions.joining import Joining, ask_of
from bot.db.session import transaction

_SAID = {
    TryResult.WRONG: "utter_link_wrong",
    TryResult.OWN: "utter_link_own",
    TryResult.JOINED: "utter_link_there",
}


async def make_code(read: Read) -> list[Say]:
    async with transaction() as session:
        code = await new_code(session, read.conversation_id, now=read.turn.at)
    return [Say("utter_link_code", {"link": as_told(code, read.turn.language)}, alone=True)]


async def send_code(effect: TryCode, read: Read) -> tuple[FiledQuestion | None, list[Say]]:
    """The question whether to join, for a good code. Who has guessed too often hears nothing at all."""
    async with transaction() as session:
        tried = await try_code(
            session, read.conversation_id, effect.code, turn_id=read.turn_id, now=read.turn.at
        )
    if tried.result is TryResult.TOO_MANY:
        return None, []
    if tried.result is not TryResult.GOOD:
        return None, [Say(_SAID[tried.result])]
    asked = Joining("", "", read.turn.at, tried.channel, tried.code_id, tried.other)
    return asked, [ask_of(tried.channel)]


async def join(effect: JoinConversations, read: Read) -> list[Say]:
    async with transaction() as session:
        joined = await redeem_code(
            session, read.conversation_id, effect.code_id, effect.other, now=read.turn.at
        )
    return [Say("utter_joined" if joined else "utter_link_late")]


async def part(read: Read) -> list[Say]:
    async with transaction() as session:
        parted = await unlink(session, read.conversation_id)
    return [Say("utter_parted" if parted else "utter_not_linked")]
