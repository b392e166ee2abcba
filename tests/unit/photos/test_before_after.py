"""The resident's photo and the city's in one picture: both whole, undistorted, readable, and small enough to be sent."""

from __future__ import annotations

import io
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont, ImageStat

from bot.photos.before_after import (
    BAND,
    GAP,
    HEIGHT,
    LEAST_FRAME,
    MAX_SIZE,
    WIDTH,
    Layout,
    _texts,
    before_after,
    best_layout,
)
from bot.photos.decode import Opened, decode
from bot.photos.intake import THUMBNAIL_SIDE, PhotoRefused, Refusal, taken_as_drawn
from bot.photos.lettering import ACCENTS, write_word
from tests import photos
from tests.exploring import examples

CORNERS = ((230, 20, 20), (20, 200, 20), (20, 20, 230), (230, 220, 20))  # clockwise from the upper left
WIDE, TALL = (640, 480), (480, 640)


def cornered(width: int, height: int) -> bytes:
    """A JPEG whose four quarters have four colours: what is cut off, turned or pressed together shows."""
    image = Image.new("RGB", (2, 2))
    for at, colour in zip(((0, 0), (1, 0), (1, 1), (0, 1)), CORNERS, strict=True):
        image.putpixel(at, colour)
    buffer = io.BytesIO()
    image.resize((width, height), Image.Resampling.NEAREST).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def alike(pixel: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(ours - theirs) < 60 for ours, theirs in zip(pixel, wanted, strict=True))


def photo_boxes(layout: Layout) -> list[tuple[int, int, int, int]]:
    """Where the photos are: left, top, right, bottom."""
    boxes = []
    for (left, top), (width, height) in zip(layout.corners, layout.shown, strict=True):
        x, y = left + (layout.frame[0] - width) // 2, top + BAND + (layout.frame[1] - height) // 2
        boxes.append((x, y, x + width, y + height))
    return boxes


def whole(picture: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether all four quarters are there, each as large as the others."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    near_the_corners, near_the_middle = (
        [(left + a * width, top + b * height) for a, b in ((n, n), (1 - n, n), (1 - n, 1 - n), (n, 1 - n))]
        for n in (0.08, 0.36)
    )
    return all(
        alike(picture.getpixel((int(x), int(y))), colour)
        for points in (near_the_corners, near_the_middle)
        for (x, y), colour in zip(points, CORNERS, strict=True)
    )


def as_large(picture: Image.Image, layout: Layout) -> bool:
    """Whether it has the size of the layout, but for a pixel or two that decoding small has rounded."""
    return all(abs(side - wanted) <= 2 for side, wanted in zip(picture.size, layout.size, strict=True))


@pytest.mark.parametrize(
    ("before", "after", "stacked"),
    [
        (WIDE, WIDE, True),
        (TALL, TALL, False),
        ((600, 600), (600, 600), True),
        (WIDE, TALL, True),
        (TALL, WIDE, True),
        ((1080, 2340), (480, 640), False),  # a screenshot of a phone
        ((4000, 500), TALL, True),
        ((16, 12), (4032, 3024), True),
        ((3024, 4032), (12, 16), False),
        ((1, 1), (1, 1), True),
    ],
)
def test_photos_stand_so_that_both_are_large_on_a_phone_and_whole(
    before: tuple[int, int], after: tuple[int, int], stacked: bool
) -> None:
    layout = best_layout(before, after)
    assert layout.stacked is stacked
    picture = opened(before_after(cornered(*before), cornered(*after), "en"))
    assert as_large(picture, layout)
    if min(*before, *after) >= 24:
        assert all(whole(picture, box) for box in photo_boxes(layout))


def test_a_small_photo_and_a_huge_one_are_seen_alike() -> None:
    small, huge = best_layout((64, 48), (4000, 3000)).shown
    assert small == huge


def test_what_is_left_of_a_frame_is_one_quiet_colour() -> None:
    layout = best_layout(TALL, WIDE)
    picture = opened(before_after(cornered(*TALL), cornered(*WIDE), "en"))
    box = photo_boxes(layout)[0]
    beside = picture.crop((0, BAND + 20, box[0] - 20, BAND + layout.frame[1] - 20))
    assert all(deviation < 3 for deviation in ImageStat.Stat(beside).stddev)


sides = st.integers(1, 6000)
sizes = st.tuples(sides, sides)


@given(sizes, sizes)
def test_any_two_photos_are_whole_undistorted_and_as_large_as_their_frames(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    layout = best_layout(before, after)
    assert layout.size[0] <= WIDTH
    assert layout.size[1] <= HEIGHT
    assert min(layout.frame) >= LEAST_FRAME
    for original, shown in zip((before, after), layout.shown, strict=True):
        # Some one scale explains both sides, each rounded to whole pixels.
        least = max((side - 1) / length for side, length in zip(shown, original, strict=True))
        most = min((side + 1) / length for side, length in zip(shown, original, strict=True))
        assert least <= most
        assert shown[0] <= layout.frame[0]
        assert shown[1] <= layout.frame[1]
    first, second = photo_boxes(layout)
    if layout.stacked:
        assert first[3] + GAP + BAND <= second[1] + 1
    else:
        assert first[2] + GAP <= second[0] + 1


@given(
    st.tuples(st.integers(24, 400), st.integers(24, 400)),
    st.tuples(st.integers(24, 400), st.integers(24, 400)),
)
@examples(20)
def test_any_two_photos_are_drawn_where_the_layout_says(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    layout = best_layout(before, after)
    content = before_after(cornered(*before), cornered(*after), "es")
    picture = opened(content)
    assert as_large(picture, layout)
    assert len(content) <= MAX_SIZE
    for box in photo_boxes(layout):
        if min(box[2] - box[0], box[3] - box[1]) > 60:
            assert whole(picture, box)


@pytest.mark.parametrize("size", [(1200, 702), (640, 480), (480, 640), (594, 1508)])
def test_even_pure_noise_is_small_enough_to_be_sent(size: tuple[int, int]) -> None:
    noise = Image.frombytes("RGB", size, random.Random(1).randbytes(3 * size[0] * size[1]))
    buffer = io.BytesIO()
    noise.save(buffer, "JPEG", quality=95)
    content = before_after(buffer.getvalue(), buffer.getvalue(), "en")
    assert len(content) <= MAX_SIZE
    assert max(opened(content).size) <= HEIGHT


def test_a_huge_photo_never_stands_whole_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[tuple[int, int]] = []

    def watched(opened: Opened, max_side: int) -> Image.Image:
        pixels = decode(opened, max_side)
        sizes.append(opened.image.size)  # as its decoder made it
        return pixels

    monkeypatch.setattr("bot.photos.before_after.decode", watched)
    before_after(cornered(8000, 6000), cornered(3000, 4000), "en")
    assert max(max(size) for size in sizes) <= 2 * HEIGHT


def test_the_same_photos_give_the_same_bytes_and_others_or_other_words_do_not() -> None:
    first, second = photos.jpeg(shade=60), photos.jpeg(shade=160)
    content = before_after(first, second, "en")
    assert before_after(first, second, "en") == content
    others = [before_after(second, first, "en"), before_after(first, second, "es")]
    assert all(one != other for one, other in pairwise([content, *others]))


def test_nothing_but_pixels_is_in_it() -> None:
    photo = photos.jpeg(position=photos.SANTA_MONICA)
    content = before_after(photo, photo, "en")
    image = Image.open(io.BytesIO(content))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert not image.getexif()
    assert set(image.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }
    assert b"Secret Camera" not in content
    assert b"taken at my home" not in content


def test_a_photo_that_lies_on_its_side_is_turned_upright() -> None:
    content = before_after(photos.jpeg(640, 480, orientation=6), photos.jpeg(480, 640), "en")
    assert opened(content).size == best_layout(TALL, TALL).size


@pytest.mark.parametrize("broken", [b"", b"%PDF-1.7", photos.truncated(photos.jpeg())])
@pytest.mark.parametrize("first", [True, False])
def test_a_photo_that_cannot_be_read_is_said_to_be(broken: bytes, first: bool) -> None:
    good = photos.jpeg()
    with pytest.raises(PhotoRefused) as refused:
        before_after(*((broken, good) if first else (good, broken)), "en")
    assert refused.value.reason in (Refusal.BROKEN, Refusal.NOT_AN_IMAGE)


# --- the words -----------------------------------------------------------------------------------


def bands(language: str) -> list[bytes]:
    layout = best_layout(WIDE, WIDE)
    picture = opened(before_after(cornered(*WIDE), cornered(*WIDE), language))
    boxes = [(left, top, left + layout.frame[0], top + BAND) for left, top in layout.corners]
    return [
        picture.crop(box).convert("L").point(lambda value: 255 * (value > 160)).tobytes() for box in boxes
    ]


def test_each_half_has_its_word_in_the_residents_language() -> None:
    english, spanish = bands("en"), bands("es")
    assert len({*english, *spanish}) == 4
    assert all(any(band) for band in (*english, *spanish))


def test_another_language_reads_english() -> None:
    assert bands("fr") == bands("en")


def written(word: str) -> Image.Image:
    image = Image.new("L", (400, 100))
    write_word(ImageDraw.Draw(image), (200, 50), word, 62, "white")
    return image


def test_every_word_of_the_texts_can_be_written_and_fits_the_narrowest_frame() -> None:
    font = ImageFont.load_default(62)
    unknown = bytes(font.getmask("\uffff"))
    for words in _texts().values():
        for word in words.values():
            box = written(word).getbbox()
            assert box is not None
            assert box[2] - box[0] < LEAST_FRAME - 40
            assert box[3] - box[1] < BAND - 10
            letters = {letter for letter in word if letter.isascii()}
            assert all(bytes(font.getmask(letter)) != unknown for letter in letters | set(ACCENTS.values()))


@pytest.mark.parametrize(
    ("plain", "accented"), [("Despues", "Después"), ("Despues", "Despue\u0301s"), ("E", "É")]
)
def test_an_accent_stands_above_its_letter_which_stays_as_it_is(plain: str, accented: str) -> None:
    bare, full = written(plain), written(accented)
    pixels = [
        (x, y) for x in range(400) for y in range(100) if full.getpixel((x, y)) != bare.getpixel((x, y))
    ]
    assert pixels
    middle = sum(x for x, _ in pixels) / len(pixels)
    font = ImageFont.load_default(62)
    start = 200 - font.getlength(plain) / 2
    index = next(i for i, letter in enumerate(accented) if not letter.isascii())
    index -= accented[index] == "\u0301"
    assert start + font.getlength(plain[:index]) < middle < start + font.getlength(plain[: index + 1])


# --- as it is kept ---------------------------------------------------------------------------------


def test_it_is_kept_byte_by_byte_with_a_thumbnail() -> None:
    content = before_after(photos.jpeg(), photos.jpeg(shade=200), "en")
    taken = taken_as_drawn(content)
    assert taken.full == content
    assert (taken.width, taken.height) == opened(content).size
    assert max(opened(taken.thumbnail).size) == THUMBNAIL_SIDE
    assert (taken.lat, taken.lon, taken.taken_at) == (None, None, None)
