"""Files as phones and carriers really send them, through the real webhooks and with everything running."""

from __future__ import annotations

import json

import pytest

from tests import photos
from tests.journeys.stack import Stack
from tests.journeys.test_main_job import REFERENCE, cityline, next_from_city

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:;Current Location;;;\r\nFN:Current Location\r\n"
    "item1.URL;type=pref:http://maps.apple.com/?ll=34.0116\\,-118.4911&q=34.0116\\,-118.4911\r\n"
    "item1.X-ABLabel:map url\r\nEND:VCARD\r\n"
)
SAMSUNG = b"\x00\x00\x01\x0a\x0e\x00\x00\x00Image_UTC_Data1764300000000SEFHk\x00\x00\x00\x01\x00\x00\x00SEFT"


async def send_file(
    stack: Stack, channel: str, address: str, text: str, content_type: str, content: bytes
) -> str:
    """Send one file with words and give what the city says next."""
    seen = len(await stack.from_city(channel, address))
    response = await stack.http.post(
        f"{stack.simulator}/simulator/phones/{channel}/{address}/say",
        data={"say": json.dumps({"text": text, "as_document": channel == "telegram"})},
        files=[("files", ("file", content, content_type))],
    )
    response.raise_for_status()
    return str((await next_from_city(stack, channel, address, seen))["text"])


def odd(kind: int) -> bytes:
    """EXIF of a camera held sideways, with words and signs stored as numbers of a kind."""
    values = (1, 0) if kind in (5, 10) else (1.5,)
    main = [(tag, kind, values) for tag in (0x010F, 0x0110, 0x0131, 0x013B)] + [(0x0112, 3, (6,))]
    return photos.raw_exif(main, [(tag, kind, values) for tag in (1, 3, 16, 29)])


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
async def test_a_rotated_photo_with_odd_exif_is_kept(
    stack: Stack, number: str, chat: str, channel: str, file_format: str
) -> None:
    address = number if channel == "sms" else chat
    content = photos.with_exif(file_format, odd(10))
    content_type = f"image/{file_format.lower()}"
    said = await send_file(stack, channel, address, "pothole at Pico Blvd & 7th St", content_type, content)
    assert "Photos: 1" in said


@pytest.mark.parametrize(
    "content",
    [
        photos.jpeg()[:-2],
        photos.jpeg() + SAMSUNG,
        photos.jpeg()[:-2] + SAMSUNG,
    ],
    ids=["no end", "trailer", "trailer instead of the end"],
)
async def test_a_jpeg_without_its_end_or_with_a_trailer_is_kept(
    stack: Stack, number: str, content: bytes
) -> None:
    said = await send_file(stack, "sms", number, "pothole at Pico Blvd & 8th St", "image/jpeg", content)
    assert "Photos: 1" in said


@pytest.mark.parametrize(
    "content_type", ["text/x-vcard", "text/vcard", "text/x-vlocation", "application/vcard"]
)
async def test_a_location_shared_as_a_card_is_a_pin(stack: Stack, number: str, content_type: str) -> None:
    said = await send_file(stack, "sms", number, "", content_type, CARD.encode())
    assert "Place: " in said
    assert "I can read" not in said
    seen = len(await stack.from_city("sms", number))
    await stack.say("sms", number, "there is a huge pothole")
    assert "Pothole" in (await next_from_city(stack, "sms", number, seen))["text"]


@pytest.mark.parametrize(
    ("content_type", "told"),
    [("video/3gpp", "watch the video"), ("audio/amr", "recordings"), ("application/pdf", "open the file")],
)
async def test_words_beside_what_we_cannot_see_are_taken_and_the_resident_is_told(
    stack: Stack, number: str, content_type: str, told: str
) -> None:
    said = await send_file(stack, "sms", number, "pothole at Pico Blvd & 9th St", content_type, b"moving")
    assert told in said
    assert "Pothole" in said


async def test_long_words_that_come_as_a_text_part_are_words(stack: Stack, number: str) -> None:
    words = "There is a huge pothole at Pico Blvd & 10th St."
    said = await send_file(stack, "sms", number, "", "text/plain", words.encode("utf-16"))
    assert "Pothole" in said
    assert "10th St" in said


async def test_a_voice_note_at_is_it_fixed_leaves_the_question_open(stack: Stack, number: str) -> None:
    await stack.answer("sms", number, "pothole at Pico Blvd & 14th St")
    filed = await stack.answer("sms", number, "1")
    found = REFERENCE.search(filed["text"])
    assert found, filed["text"]
    seen = len(await stack.from_city("sms", number))
    cityline(stack, "request", "update", found.group(), "--status", "resolved", "--public", "Filled.")
    assert "Is it fixed?" in (await next_from_city(stack, "sms", number, seen))["text"]
    said = await send_file(stack, "sms", number, "", "audio/amr", b"#!AMR\n")
    assert "voice" in said
    answer = await stack.answer("sms", number, "2")
    assert "opened" in answer["text"]
