"""Codes that blame a picture: the picture is left behind and the words go on, whether an answer or a receipt tells."""

from __future__ import annotations

import pytest

from bot.channels.messages import OutboundPhoto, Outcome, PictureFault, ReceiptState
from bot.channels.twilio.client import TwilioClient
from bot.channels.twilio.errors import CODES, classify, meaning_of
from bot.channels.twilio.parse import parse
from bot.channels.twilio.send import send
from tests.standin import Reply, Standin
from tests.unit.channels.test_twilio_send import MESSAGES, SID, error, resource, sms

PHOTO = OutboundPhoto(1, "https://311.example.gov/media/photos/1")
# Code → whose fault it is with a picture, and what it means for words alone.
PICTURE_CODES = {
    11200: (PictureFault.UNFETCHED, Outcome.REJECTED),
    11751: (PictureFault.REFUSED, Outcome.REJECTED),
    12300: (PictureFault.REFUSED, Outcome.REJECTED),
    21612: (PictureFault.REFUSED, Outcome.UNREACHABLE),
    21620: (PictureFault.UNFETCHED, Outcome.REJECTED),
    21623: (PictureFault.REFUSED, Outcome.REJECTED),
    30008: (PictureFault.REFUSED, Outcome.REJECTED),
    30011: (PictureFault.REFUSED, Outcome.REJECTED),
    30019: (PictureFault.REFUSED, Outcome.REJECTED),
    63019: (PictureFault.UNFETCHED, Outcome.REJECTED),
}
ALL = [(code, *meant) for code, meant in PICTURE_CODES.items()]


def test_no_code_that_blames_a_picture_is_left_out() -> None:
    assert {code for code, meaning in CODES.items() if meaning.picture} == set(PICTURE_CODES)


@pytest.mark.parametrize(("code", "fault", "alone"), ALL)
@pytest.mark.parametrize("at_once", [True, False])
async def test_an_answer_that_blames_the_picture_leaves_the_words(
    code: int, fault: PictureFault, alone: Outcome, at_once: bool, standin: Standin, twilio: TwilioClient
) -> None:
    """Refused outright, or taken and known to have failed."""
    refusal = error(400, code) if at_once else Reply(201, resource(status="failed", error_code=code))
    standin.on(MESSAGES, refusal)
    result = await send(twilio, sms("Fixed!", photos=(PHOTO,)))
    assert (result.outcome, result.picture, result.error_code) == (
        Outcome.PICTURE_REFUSED,
        fault,
        str(code),
    )
    assert (result.parts_sent, result.picture_part) == (0, 0)
    words = await send(twilio, sms("Fixed!"))
    assert (words.outcome, words.picture) == (alone, None)


@pytest.mark.parametrize(("code", "fault", "alone"), ALL)
def test_answers_and_receipts_mean_the_same(code: int, fault: PictureFault, alone: Outcome) -> None:
    body = f"MessageSid={SID}&MessageStatus=undelivered&ErrorCode={code}".encode()
    (receipt,) = parse(body, query="message=41")
    assert (receipt.state, receipt.outcome) == (ReceiptState.FAILED, alone)
    meaning = meaning_of(receipt.error_code)
    assert meaning is not None
    assert meaning == classify(400, code)
    assert (meaning.outcome, meaning.picture) == (alone, fault)
