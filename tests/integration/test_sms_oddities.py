"""What carriers put into the fields of a webhook: other kinds of senders, counts that do not fit, half a position."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.channels.messages import OurEnd
from bot.conversation.outbox import Reply
from bot.conversation.states import OutboundState
from bot.db.session import transaction
from bot.db.tables import Contact, Media, Message
from bot.delivery.deliver import next_attempt
from tests.gateway import Gateway, heard

pytestmark = pytest.mark.integration

MEDIA = "https://api.twilio.com/2010-04-01/Accounts/AC00/Messages/MM00/Media/ME00"
WORDS = "pothole at Pico and 4th"


@pytest.mark.parametrize(
    ("fields", "address", "ours"),
    [
        ({"From": "rcs:+13105551999", "To": "rcs:city_agent", "ChannelPrefix": "rcs"}, "rcs:+13105551999", "rcs:city_agent"),
        ({"From": "RCS:+13105551999", "To": "RCS:city_agent"}, "rcs:+13105551999", "rcs:city_agent"),
        ({"From": "whatsapp:US.13491208655302741918", "To": "whatsapp:+13105550100",
          "ExternalUserId": "US.13491208655302741918"}, "whatsapp:US.13491208655302741918", "whatsapp:+13105550100"),
        ({"To": "+13105550177", "MessagingServiceSid": "MG" + "0b" * 16}, "+13105550123", "+13105550177"),
    ],
)  # fmt: skip
async def test_every_kind_of_sender_is_a_resident_and_is_answered_where_they_wrote(
    fields: dict[str, str], address: str, ours: str, gateway: Gateway
) -> None:
    gateway.engine = lambda turn: [Reply("Where is it?")]
    assert await gateway.sms(WORDS, **fields) == 204
    assert gateway.turns[-1].message == WORDS
    async with transaction() as session:
        contact = (await session.scalars(select(Contact))).one()
        (reply,) = await session.scalars(select(Message).where(Message.direction == "out"))
        reply.state, reply.provider_id = OutboundState.QUEUED, None
        await session.flush()
        attempt = await next_attempt(session, reply.conversation_id)
    assert contact.address == address
    assert attempt is not None
    assert attempt.address == address
    assert isinstance(attempt.outbound.our_end, OurEnd)
    assert attempt.outbound.our_end.address == ours


@pytest.mark.parametrize(
    ("fields", "files"),
    [
        ({"NumMedia": "1"}, 0),
        ({"NumMedia": "2", "MediaUrl0": MEDIA, "MediaContentType0": "image/jpeg"}, 1),
        ({"NumMedia": "2", "MediaUrl1": MEDIA, "MediaContentType1": "image/jpeg"}, 1),
        ({"NumMedia": "many", "MediaUrl0": MEDIA, "MediaContentType0": "image/jpeg"}, 1),
        ({"NumMedia": ""}, 0),
        ({"Latitude": "34.0094"}, 0),
        ({"Latitude": "34.0094", "Longitude": ""}, 0),
        ({"Latitude": "north", "Longitude": "-118.49"}, 0),
        ({"Latitude": "340094", "Longitude": "-1184973"}, 0),
    ],
)
async def test_fields_that_do_not_fit_together_cost_no_words(
    fields: dict[str, str], files: int, gateway: Gateway
) -> None:
    assert await gateway.sms(WORDS, **fields) == 204
    (message,) = await heard()
    assert message.body == WORDS
    async with transaction() as session:
        assert len((await session.scalars(select(Media))).all()) == files
    if not files:
        assert gateway.turns[-1].message == WORDS


@pytest.mark.parametrize(
    ("words", "opt_out", "stopped"),
    [("BAJA", "STOP", True), ("COMENZAR", "START", False), ("AYUDA", "HELP", False), ("BAJA", "", True)],
)
async def test_custom_words_of_a_messaging_service_count(
    words: str, opt_out: str, stopped: bool, gateway: Gateway
) -> None:
    if opt_out == "START":
        await gateway.sms("STOP")
    await gateway.sms(words, **({"OptOutType": opt_out} if opt_out else {}))
    async with transaction() as session:
        contact = (await session.scalars(select(Contact))).one()
    assert (contact.opted_out_at is not None) is stopped
