"""Wishes to hear no more, and to hear again.

Whoever confirms a stop says so once: the carrier for its own words (it blocks the number, so a text of ours would not
arrive), we for all others. A word that answers our open question is the answer: "Alto" of a street sign. Where the carrier
has blocked the number for it all the same, the answer is kept for when they are back.

"Leave me alone i want to die" is obeyed as well, and what it says beside the wish is listened to for danger.
"""

from __future__ import annotations

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel, Inbound, InboundKind
from bot.conversation.consent import OptedOut, answer_again, opt_in, opt_out
from bot.conversation.offered import options_on_offer, options_with_the_words
from bot.conversation.reserved import ReservedWord, carrier_stops
from bot.conversation.settling.about_one import is_about_one
from bot.conversation.settling.arrival import Arrival, listen_for_danger, means, say
from bot.db.tables import Contact
from bot.text.automatic import reads_automatic
from bot.text.stop_wishes import Wish, only_declines, says_more, wish_in

log = structlog.get_logger(__name__)

# Words of a wish to hear again and nothing else. More may tell of danger, or of a matter: "start texting me again, my mom
# collapsed". The engine hears the wish in them as well.
A_WISH = 6
GREET = "/greet"  # answered with the open question, where one is open
WANTS_NO_UPDATES = '/choose{"choice": "updates:no"}'
WANTS_UPDATES = '/choose{"choice": "updates:yes"}'


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    inbound = arrival.inbound
    if inbound.kind in (InboundKind.BLOCKED, InboundKind.UNBLOCKED):
        contact = await session.get_one(Contact, arrival.contact_id)
        if inbound.kind is InboundKind.BLOCKED:
            opt_out(contact, OptedOut.BLOCKED)
        else:
            opt_in(contact)
        return True  # who blocked the bot reads nothing; who came back says something next
    wish = _wish(arrival)
    if wish is Wish.STOP:
        return await _stop(session, arrival)
    if wish is Wish.START:
        await _start(session, arrival)
    elif arrival.stopped and inbound.channel is Channel.TELEGRAM:
        answer_again(await session.get_one(Contact, arrival.contact_id))
    return False


def _wish(arrival: Arrival) -> Wish | None:
    """What is wished in a word of the carrier's or in any others; words beside a file or a pin wish nothing."""
    inbound, word = arrival.inbound, arrival.word
    if inbound.media or inbound.pin or inbound.kind is InboundKind.BUTTON:
        return None
    if inbound.opt_out == "stop" or word is ReservedWord.STOP:
        return Wish.STOP
    # "YES" brings back who had stopped; it answers everybody else's question.
    if word is ReservedWord.START or (
        arrival.stopped and (word is ReservedWord.YES or inbound.opt_out == "start")
    ):
        return Wish.START
    if reads_automatic(inbound.text):  # "Reply STOP to unsubscribe" is what another machine offers us
        return None
    return wish_in(inbound.text)


async def _stop(session: AsyncSession, arrival: Arrival) -> bool:
    inbound = arrival.inbound
    by_carrier = inbound.opt_out == "stop" or (_carrier_knows_words(inbound) and carrier_stops(inbound.text))
    offered = await options_on_offer(session, arrival.conversation_id)
    answers = options_with_the_words(inbound.text, offered)
    if not by_carrier and not answers and only_declines(inbound.text):
        # "No dont text me" at "Shall I text you when it changes?" says no to that.
        answers = [option for option in offered if option.payload == WANTS_NO_UPDATES]
    if len(answers) == 1:
        # The engine would hear the bare word as what it was taken for here first: a wish.
        await means(session, arrival, answers[0].payload)
    about_one = not by_carrier and await is_about_one(session, arrival.conversation_id, inbound.text)
    if (answers and not by_carrier) or about_one:
        return False
    opt_out(
        await session.get_one(Contact, arrival.contact_id), OptedOut.CARRIER if by_carrier else OptedOut.ASKED
    )
    log.info("consent.stopped", conversation_id=arrival.conversation_id, by_carrier=by_carrier)
    if not by_carrier and not arrival.stopped:
        await say(
            session,
            arrival,
            "stopped" if inbound.channel is Channel.SMS else "stopped_telegram",
            kind="consent",
        )
    if not answers and not by_carrier and says_more(inbound.text):
        await listen_for_danger(session, arrival)
    return not answers


def _carrier_knows_words(inbound: Inbound) -> bool:
    """Whether its own words for stop and start are obeyed and confirmed before they come to us: those of plain numbers are.

    On WhatsApp and RCS (`whatsapp:+1310…`) a messaging service may do so, and says it with the message (`Inbound.opt_out`).
    """
    return inbound.channel is Channel.SMS and ":" not in inbound.address


async def _start(session: AsyncSession, arrival: Arrival) -> None:
    inbound, contact = arrival.inbound, await session.get_one(Contact, arrival.contact_id)
    back, declined = contact.opted_out_at is not None, contact.wants_updates is False
    asks_in_words = arrival.word is not ReservedWord.START
    if not back and asks_in_words and not declined:
        return  # "start" of something else: the dialogue's business
    if back:
        opt_in(contact)
        log.info("consent.started", conversation_id=arrival.conversation_id)
    told = inbound.opt_out == "start" or (arrival.word is not None and _carrier_knows_words(inbound))
    if back and not told:
        await say(session, arrival, "started", kind="consent")
    if len(inbound.text.split()) <= A_WISH:
        await means(session, arrival, GREET if back or not asks_in_words else WANTS_UPDATES)
