"""EXIF as a thousand programs write it: whatever is wrong with it, the photo is kept, and upright."""

from __future__ import annotations

import io
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.photos.exif import read_exif
from bot.photos.intake import take_in
from bot.photos.tags import Tags
from tests import photos
from tests.photos import TIFF_TYPES, Entry

TURNED: Entry = (0x0112, 3, (6,))  # a quarter to the left: 64 x 32 becomes 32 x 64
LAT: Entry = (2, 5, (34, 1, 0, 1, 4032, 100))
LON: Entry = (4, 5, (118, 1, 29, 1, 2976, 100))
NORTH: Entry = (1, 2, (ord("N"), 0))
WEST: Entry = (3, 2, (ord("W"), 0))
WORDS = (0x010F, 0x0110, 0x0131, 0x013B)  # Make, Model, Software, Artist
GPS_WORDS = (1, 3, 16, 29)  # LatitudeRef, LongitudeRef, ImgDirectionRef, DateStamp
FORMATS = ("JPEG", "PNG", "WEBP")


def values(kind: int) -> tuple[float, ...]:
    return (1, 0) if len(TIFF_TYPES[kind]) == 2 else (1.5,) if kind in (11, 12) else (1,)


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as image:
        return image.size


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("kind", sorted(TIFF_TYPES))
@pytest.mark.parametrize("tag", WORDS)
def test_words_stored_as_numbers_cost_neither_the_photo_nor_its_way_up(
    file_format: str, kind: int, tag: int
) -> None:
    taken = take_in(photos.with_exif(file_format, photos.raw_exif([(tag, kind, values(kind)), TURNED])))
    assert size_of(taken.full) == (32, 64)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("kind", sorted(TIFF_TYPES))
@pytest.mark.parametrize("tag", GPS_WORDS)
def test_gps_words_stored_as_numbers_cost_nothing_but_themselves(
    file_format: str, kind: int, tag: int
) -> None:
    others = [entry for entry in (NORTH, LAT, WEST, LON) if entry[0] != tag]
    gps = [*others, (tag, kind, values(kind))]
    taken = take_in(photos.with_exif(file_format, photos.raw_exif([TURNED], gps)))
    assert size_of(taken.full) == (32, 64)
    if tag in (16, 29):
        assert (taken.lat, taken.lon) == pytest.approx(photos.SANTA_MONICA, abs=1e-4)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [1, 3, 4, 5, 6, 8, 9, 10, 11, 12])
def test_the_way_up_is_read_from_a_number_of_any_type(kind: int, order: str) -> None:
    six = (6, 1) if len(TIFF_TYPES[kind]) == 2 else (6,)
    data = photos.raw_exif([(0x0112, kind, six)], order=order)
    assert size_of(take_in(photos.with_exif("JPEG", data)).full) == (32, 64)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_a_way_up_that_does_not_exist_turns_nothing(orientation: int) -> None:
    data = photos.raw_exif([(0x0112, 3, (orientation,))])
    assert size_of(take_in(photos.with_exif("JPEG", data)).full) == (64, 32)


@pytest.mark.parametrize(
    ("what", "gps"),
    [
        ("a denominator of zero", [NORTH, (2, 5, (34, 0, 0, 0, 0, 0)), WEST, LON]),
        ("a position without a side of the world", [LAT, LON]),
        ("words instead of degrees", [NORTH, (2, 2, (51, 52, 0)), WEST, (4, 2, (51, 0))]),
        ("not a number", [NORTH, (2, 12, (math.nan, 0, 0)), WEST, (4, 12, (math.inf, 0, 0))]),
        ("a position outside the world", [NORTH, (2, 5, (340, 1)), WEST, LON]),
        ("nothing at all", [(2, 5, ()), (4, 5, ())]),
    ],
)
def test_a_broken_position_is_no_position_and_the_photo_is_kept(what: str, gps: list[Entry]) -> None:
    taken = take_in(photos.with_exif("JPEG", photos.raw_exif([TURNED], gps)))
    assert (taken.lat, taken.lon) == (None, None), what
    assert size_of(taken.full) == (32, 64)


def test_a_directory_that_points_to_itself_or_nowhere_costs_nothing() -> None:
    for pointer in (0, 6, 8, 14, 2**31, 2**32 - 1):
        data = photos.raw_exif([TURNED, (0x8825, 4, (pointer,)), (0x8769, 4, (pointer,))])
        assert size_of(take_in(photos.with_exif("JPEG", data)).full) == (32, 64)


def test_the_header_written_twice_is_read_all_the_same() -> None:
    data = b"Exif\x00\x00" + photos.raw_exif([TURNED], [NORTH, LAT, WEST, LON])
    taken = take_in(photos.with_exif("JPEG", data))
    assert size_of(taken.full) == (32, 64)
    assert taken.lat == pytest.approx(photos.SANTA_MONICA[0], abs=1e-4)


def test_a_tag_longer_than_the_data_hides_none_that_comes_after_it() -> None:
    data = bytearray(photos.raw_exif([(0x010F, 2, tuple(b"Camera Inc.")), TURNED]))
    at = data.index(struct.pack(">HH", 0x010F, 2)) + 4
    data[at : at + 4] = struct.pack(">L", 2**31)
    assert size_of(take_in(photos.with_exif("JPEG", bytes(data))).full) == (32, 64)


def test_a_photo_of_a_heic_is_turned_once_whatever_its_exif_repeats() -> None:
    """libheif turns it by its own marks; the EXIF beside it would turn it a second time."""
    image = photos.picture(64, 32)
    buffer = io.BytesIO()
    image.save(buffer, "HEIF", exif=photos.raw_exif([(0x0112, 12, (6.0,))]), **photos.QUICK_HEIF)
    assert size_of(take_in(buffer.getvalue()).full) == (64, 32)


def test_the_way_up_is_read_from_xmp_where_exif_is_silent() -> None:
    packet = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    for file_format in ("JPEG", "WEBP"):
        buffer = io.BytesIO()
        photos.picture(64, 32).save(buffer, file_format, xmp=packet)
        assert size_of(take_in(buffer.getvalue()).full) == (32, 64), file_format


def test_nothing_of_odd_exif_gets_into_the_photo_that_is_kept() -> None:
    data = photos.raw_exif([(0x010F, 2, tuple(b"Secret Camera")), TURNED])
    for file_format in FORMATS:
        taken = take_in(photos.with_exif(file_format, data))
        assert b"Secret" not in taken.full + taken.thumbnail


_entries = st.lists(
    st.tuples(
        st.sampled_from([0x010F, 0x0112, 0x8769, 0x8825, 1, 2, 3, 4, 7, 16, 29, 0x9003, 0x9011]),
        st.integers(0, 20),
        st.integers(0, 2**32 - 1),
        st.binary(min_size=4, max_size=4),
    ),
    max_size=8,
)


@given(_entries, st.binary(max_size=120), st.sampled_from([b"MM", b"II", b"XX"]))
def test_no_exif_data_whatever_raise(
    entries: list[tuple[int, int, int, bytes]], tail: bytes, mark: bytes
) -> None:
    order = "<" if mark == b"II" else ">"
    body = b"".join(struct.pack(order + "HHL", *entry[:3]) + entry[3] for entry in entries)
    data = mark + struct.pack(order + "HLH", 42, 8, len(entries)) + body + tail
    found = read_exif(data)
    assert found.orientation in range(1, 9)
    assert found.lat is None or abs(found.lat) <= 90
    for tag in range(0, 40):
        Tags(data).text(tag)
