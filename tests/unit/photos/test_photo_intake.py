"""What becomes of a resident's file before it is kept."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from bot.photos.decode import MAX_BYTES
from bot.photos.intake import MAX_SIDE, THUMBNAIL_SIDE, PhotoRefused, Refusal, take_in
from tests import photos

RED = (220, 30, 30)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def is_red(pixel: tuple[int, ...]) -> bool:
    return all(abs(ours - wanted) < 40 for ours, wanted in zip(pixel, RED, strict=True))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("jpeg", photos.jpeg()),
        ("progressive jpeg", photos.jpeg(progressive=True)),
        ("png", photos.png()),
        ("png with a palette", photos.png(mode="P")),
        ("png with transparency", photos.png(mode="RGBA")),
        ("grey png", photos.png(mode="L")),
        ("16-bit png", photos.png(mode="I;16")),
        ("webp", photos.webp()),
        ("heic", photos.heic()),
    ],
)
def test_every_format_we_promise_becomes_a_plain_jpeg(name: str, content: bytes) -> None:
    taken = take_in(content)
    kept = opened(taken.full)
    assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (640, 480)), name
    assert (taken.width, taken.height, taken.size) == (640, 480, len(taken.full))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (photos.gif(), Refusal.UNSUPPORTED_FORMAT),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1miafavif", Refusal.UNSUPPORTED_FORMAT),
        (b"II*\x00" + bytes(100), Refusal.UNSUPPORTED_FORMAT),
        (b"%PDF-1.7\n", Refusal.NOT_AN_IMAGE),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", Refusal.NOT_AN_IMAGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Refusal.NOT_AN_IMAGE),
        (b"", Refusal.NOT_AN_IMAGE),
        (b"\xff\xd8\xff", Refusal.BROKEN),
        (photos.truncated(photos.jpeg()), Refusal.BROKEN),
        (photos.truncated(photos.png()), Refusal.BROKEN),
        (photos.truncated(photos.webp()), Refusal.BROKEN),
        (photos.truncated(photos.heic()), Refusal.BROKEN),
        (b"\xff\xd8\xff" + bytes(MAX_BYTES), Refusal.TOO_LARGE),
    ],
)
def test_a_file_that_is_no_good_photo_is_refused_with_its_reason(content: bytes, reason: Refusal) -> None:
    with pytest.raises(PhotoRefused) as refused:
        take_in(content)
    assert refused.value.reason is reason


def png_that_says(width: int, height: int) -> bytes:
    """A tiny PNG whose header promises many pixels: a decompression bomb's fuse."""

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        photos.PNG_START
        + photos.chunk(b"IHDR", header)
        + photos.chunk(b"IDAT", zlib.compress(b""))
        + photos.chunk(b"IEND", b"")
    )


def jpeg_that_says(width: int, height: int, *, progressive: bool) -> bytes:
    content = bytearray(photos.jpeg(64, 64, progressive=progressive))
    marker = content.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    content[marker + 5 : marker + 9] = struct.pack(">HH", height, width)
    return bytes(content)


@pytest.mark.parametrize(
    "bomb",
    [
        png_that_says(50_000, 50_000),
        jpeg_that_says(65_000, 65_000, progressive=False),
        jpeg_that_says(12_000, 9_000, progressive=True),
    ],
)
def test_a_decompression_bomb_is_refused_by_its_header(bomb: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(image: Image.Image) -> None:
        raise AssertionError(f"{image.size} pixels were asked for")

    monkeypatch.setattr(ImageFile.ImageFile, "load", load)
    with pytest.raises(PhotoRefused) as refused:
        take_in(bomb)
    assert refused.value.reason is Refusal.TOO_MANY_PIXELS


def test_a_large_photo_is_shrunk_and_its_thumbnail_too() -> None:
    taken = take_in(photos.jpeg(6000, 3000))
    assert opened(taken.full).size == (taken.width, taken.height) == (MAX_SIDE, MAX_SIDE // 2)
    assert opened(taken.thumbnail).size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 2)
    assert len(taken.thumbnail) < len(taken.full)


def test_a_small_photo_is_not_blown_up() -> None:
    assert opened(take_in(photos.jpeg(120, 90)).full).size == (120, 90)


# EXIF orientation → where the upper left corner's red is once the photo stands upright.
CORNERS = {
    1: "upper left",
    2: "upper right",
    3: "lower right",
    4: "lower left",
    5: "upper left",
    6: "upper right",
    7: "lower right",
    8: "lower left",
}


@pytest.mark.parametrize(("orientation", "corner"), CORNERS.items())
def test_every_exif_orientation_is_turned_upright(orientation: int, corner: str) -> None:
    taken = take_in(photos.jpeg(400, 200, orientation=orientation))
    kept = opened(taken.full)
    assert kept.size == ((200, 400) if orientation > 4 else (400, 200))
    x = 10 if "left" in corner else kept.width - 10
    y = 10 if "upper" in corner else kept.height - 10
    assert is_red(kept.getpixel((x, y)))
    assert not is_red(kept.getpixel((kept.width - x, y)))


@pytest.mark.parametrize("make", [photos.jpeg, photos.heic])
def test_the_position_is_read_and_then_nothing_but_pixels_is_kept(make: object) -> None:
    content = make(position=photos.SANTA_MONICA)  # type: ignore[operator]
    assert b"Secret Camera" in content
    taken = take_in(content)
    assert (taken.lat, taken.lon) == pytest.approx(photos.SANTA_MONICA, abs=1e-5)
    for kept in (taken.full, taken.thumbnail):
        assert b"Secret Camera" not in kept
        assert b"my home" not in kept
        assert b"Exif" not in kept
        assert not opened(kept).getexif()


@given(
    lat=st.floats(-90, 90).filter(lambda degrees: abs(degrees) > 0.001),
    lon=st.floats(-180, 180).filter(lambda degrees: abs(degrees) > 0.001),
)
def test_a_written_position_is_read_back_to_the_metre(lat: float, lon: float) -> None:
    content = photos.jpeg(16, 16, position=(lat, lon))
    found = take_in(content)
    assert (found.lat, found.lon) == pytest.approx((lat, lon), abs=1e-5)


def test_a_camera_without_a_fix_has_no_position() -> None:
    assert take_in(photos.jpeg(position=(0.0, 0.0))).lat is None


def test_a_position_outside_the_world_is_no_position() -> None:
    assert take_in(photos.jpeg(position=(95.0, 10.0))).lat is None


def test_the_time_of_a_camera_becomes_utc_by_its_own_offset() -> None:
    moment = datetime(2026, 11, 20, 17, 30, tzinfo=timezone(-timedelta(hours=8)))
    assert take_in(photos.jpeg(taken=moment)).taken_at == datetime(2026, 11, 21, 1, 30, tzinfo=UTC)


def test_a_camera_without_an_offset_is_dated_by_the_city_s_clock() -> None:
    data = photos.exif()
    data.get_ifd(0x8769)[0x9003] = "2026:07:04 12:00:00"
    buffer = io.BytesIO()
    photos.picture(32, 32).save(buffer, "JPEG", exif=data)
    zone = ZoneInfo("America/Los_Angeles")
    assert take_in(buffer.getvalue(), local_zone=zone).taken_at == datetime(2026, 7, 4, 19, tzinfo=UTC)
    assert take_in(buffer.getvalue()).taken_at is None


def test_damaged_exif_costs_nobody_a_photo() -> None:
    content = bytearray(photos.jpeg(position=photos.SANTA_MONICA))
    start = content.index(b"Exif\x00\x00") + 6
    content[start + 8 : start + 60] = b"\xff" * 52
    assert take_in(bytes(content)).width == 640


def test_the_same_file_twice_is_the_same_photo() -> None:
    content = photos.jpeg(position=photos.SANTA_MONICA)
    assert take_in(content) == take_in(content)
    assert take_in(content).sha256 != take_in(photos.jpeg(shade=91)).sha256


@given(
    st.binary(max_size=200),
    st.sampled_from([b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP", b""]),
)
def test_no_bytes_at_all_raise_anything_but_a_refusal(tail: bytes, head: bytes) -> None:
    with pytest.raises(PhotoRefused):
        take_in(head + tail)
