"""Files with more or less in them than a decoder expects: what is whole is kept, what is half missing is refused."""

from __future__ import annotations

import io
import random
import struct

import pytest
from PIL import Image

from bot.photos.intake import PhotoRefused, Refusal, take_in
from tests import photos
from tests.photos import chunk

SAMSUNG = b"\x00\x00\x01\x0a\x0e\x00\x00\x00Image_UTC_Data1764300000000SEFHk\x00\x00\x00\x01\x00\x00\x00SEFT"


def scene(width: int = 800, height: int = 608) -> Image.Image:
    """A picture that is different in every place, as photos are."""
    noise = random.Random(311)
    small = Image.frombytes("RGB", (50, 38), bytes(noise.randrange(256) for _ in range(50 * 38 * 3)))
    return small.resize((width, height), Image.Resampling.BICUBIC)


def saved(file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    scene().save(buffer, file_format, **options)
    return buffer.getvalue()


BASELINE, PROGRESSIVE = saved("JPEG", quality=85), saved("JPEG", quality=85, progressive=True)


def alike(kept: bytes, wanted: Image.Image) -> bool:
    """Whether two pictures show the same in each of their corners and in the middle."""
    image = Image.open(io.BytesIO(kept)).convert("RGB")
    if image.size != wanted.size:
        return False
    points = [(5, 5), (image.width - 5, 5), (5, image.height - 40), (image.width // 2, image.height // 2)]
    return all(
        abs(a - b) < 30 for at in points for a, b in zip(image.getpixel(at), wanted.getpixel(at), strict=True)
    )


@pytest.mark.parametrize("content", [BASELINE, PROGRESSIVE], ids=["baseline", "progressive"])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda jpeg: jpeg[:-2], id="no end marker"),
        pytest.param(lambda jpeg: jpeg[:-1], id="half an end marker"),
        pytest.param(lambda jpeg: jpeg[:-12], id="ten bytes less"),
        pytest.param(lambda jpeg: jpeg + SAMSUNG, id="Samsung trailer"),
        pytest.param(lambda jpeg: jpeg[:-2] + SAMSUNG, id="Samsung trailer instead of the end"),
        pytest.param(lambda jpeg: jpeg + bytes(100_000), id="zeros after the end"),
        pytest.param(lambda jpeg: jpeg + b"\x00\x00\x00\x18ftypmp42" + bytes(5_000), id="motion photo"),
        pytest.param(lambda jpeg: jpeg + b"\r\n", id="a line's end after the end"),
        pytest.param(lambda jpeg: b"\xff\xd8" + jpeg, id="begun twice"),
        pytest.param(lambda jpeg: jpeg[:2] + jpeg[2:20] + jpeg[2:], id="JFIF header twice"),
        pytest.param(lambda jpeg: jpeg[:2] + b"\xff\xff\xff" + jpeg[2:], id="stuffing before a marker"),
        pytest.param(lambda jpeg: jpeg[:2] + b"\xff\xe1\x00\x10Exif\x00\x00MM\x00*\xff\xff\xff\xff" + jpeg[2:], id="EXIF pointing nowhere"),
        pytest.param(lambda jpeg: jpeg[:2] + b"\xff\xe2\x00\x0aMPF\x00MM\x00*" + jpeg[2:], id="broken MPO index"),
        pytest.param(lambda jpeg: jpeg[:2] + b"\xff\xed\x00\x0cPhotoshop " + jpeg[2:], id="broken Photoshop block"),
        pytest.param(lambda jpeg: jpeg[:2] + b"\xff\xe2\x00\x10ICC_PROFILE\x00\x01\x02" + jpeg[2:], id="broken colour profile"),
    ],
)  # fmt: skip
def test_a_jpeg_with_too_much_or_a_little_too_little_is_kept(content: bytes, change: object) -> None:
    taken = take_in(change(content))  # type: ignore[operator]
    assert alike(taken.full, scene())


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
@pytest.mark.parametrize("trailer", [b"", SAMSUNG], ids=["", "with a trailer"])
def test_a_baseline_jpeg_of_which_a_part_is_missing_is_refused(share: float, trailer: bytes) -> None:
    with pytest.raises(PhotoRefused) as refused:
        take_in(photos.truncated(BASELINE, share) + trailer)
    assert refused.value.reason is Refusal.BROKEN


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_a_progressive_jpeg_of_which_half_is_missing_is_refused(share: float) -> None:
    with pytest.raises(PhotoRefused) as refused:
        take_in(photos.truncated(PROGRESSIVE, share))
    assert refused.value.reason is Refusal.BROKEN


def test_of_two_pictures_in_one_file_the_first_is_kept() -> None:
    buffer = io.BytesIO()
    second = Image.new("RGB", (320, 240), "blue")
    scene().save(buffer, "MPO", save_all=True, append_images=[second])
    assert alike(take_in(buffer.getvalue()).full, scene())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("PNG without its end", saved("PNG")[:-12]),
        ("PNG with a trailer", saved("PNG") + b"rubbish" * 99),
        ("WebP with a trailer", saved("WEBP", quality=95) + SAMSUNG),
        ("HEIC with a trailer", saved("HEIF", quality=90, **photos.QUICK_HEIF) + SAMSUNG),
    ],
)
def test_other_formats_with_too_much_or_a_little_too_little_are_kept(name: str, content: bytes) -> None:
    assert alike(take_in(content).full, scene()), name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("animated PNG", saved("PNG", save_all=True, append_images=[Image.new("RGB", (800, 608))] * 3)),
        ("animated WebP", saved("WEBP", save_all=True, append_images=[Image.new("RGB", (800, 608))] * 3)),
        ("HEIC of several pictures", saved("HEIF", **photos.QUICK_HEIF, save_all=True, append_images=[Image.new("RGB", (64, 64))] * 3)),
    ],
)  # fmt: skip
def test_of_a_moving_picture_the_first_is_kept(name: str, content: bytes) -> None:
    assert alike(take_in(content).full, scene()), name


def test_an_animation_that_promises_a_million_pictures_is_opened_like_any_other() -> None:
    plain = saved("PNG")
    promise = chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))
    assert alike(take_in(plain[:33] + promise + plain[33:]).full, scene())


@pytest.mark.parametrize(("depth", "colour"), [(8, 0), (16, 0), (1, 0), (16, 2), (8, 4), (16, 4), (16, 6)])
@pytest.mark.parametrize("interlaced", [False, True])
def test_png_of_every_depth_is_kept(depth: int, colour: int, interlaced: bool) -> None:
    content = photos.flat_png(1200, 900, depth=depth, colour=colour, interlaced=interlaced)
    assert take_in(content).width == 1200
