"""A code is read however it is written, and what is no code never is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.link_codes import MOST_READ, ReadCode, as_told, is_short, new_link_code, read_link_code
from bot.cases.references import ALPHABET, new_reference, parse_reference

CODE = "7K3PXT"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("LINK 7K3-PXT", True),
        ("link 7k3pxt", True),
        ("Link: 7k3 pxt.", True),
        ("link7k3-pxt", True),
        ("VINCULAR 7K3-PXT", True),
        ("vincular 7k3—pxt", True),
        ('"LINK 7K3-PXT"', True),
        ("hi, here is my link code: 7K3-PXT", True),
        ("7K3-PXT", False),
        ("7k3pxt", False),
        ("7k3 pxt", False),
        (" 7K3 - PXT \n", False),
        ("my code is 7K3-PXT", False),
        ("mi código es 7k3-pxt", False),
    ],
)
def test_a_code_is_read_however_it_is_written(text: str, named: bool) -> None:
    assert read_link_code(text) == ReadCode(CODE, named)


@pytest.mark.parametrize("text", ["link 7K3-PX", "LINK 7K3-PXTM", "link 7K3-PAM", "vincular 7k3 p1m"])
def test_a_code_that_is_mistyped_for_sure_is_known_as_one_by_its_word(text: str) -> None:
    assert read_link_code(text) == ReadCode("", named=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "link",
        "link fence",
        "link my phone",
        "the link fence is broken",
        "LINK rhythm",
        "rhythm",
        "90401",
        "310555",
        "310-555",
        "22nd St",
        "24th ct",
        "24thct",
        "23rdst",
        "PCH 3rd",
        "pch 9th",
        "2G65+J6",
        "85632G65+J6",
        "34.01, -118.49",
        "1437 11th St",
        "link 4th st",
        "7 K3PXT st",
        "7K3-PXT is the plate of a van that blocks my driveway",
        "SM-7K3R9P",
        "code",
        "it's the",
    ],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_link_code(text) is None


def test_a_new_code_is_read_back_in_every_writing() -> None:
    for _ in range(300):
        code = new_link_code()
        told = as_told(code)
        for written in (
            told,
            told.lower(),
            as_told(code, "es"),
            code,
            code.lower(),
            f"{code[:3]} {code[3:]}",
        ):
            read = read_link_code(written)
            assert read is not None
            assert read.code == code


def test_a_long_code_is_read_back_in_every_writing() -> None:
    for _ in range(300):
        code = new_link_code(long=True)
        told = as_told(code)
        assert told == f"LINK {code[:3]}-{code[3:6]}-{code[6:9]}-{code[9:]}"
        for written in (told, told.lower(), as_told(code, "es"), code, told.replace("-", " "), f"{told}."):
            read = read_link_code(written)
            assert read is not None
            assert read.code == code
    assert not is_short(code)
    assert is_short(new_link_code())


@pytest.mark.parametrize(
    "text", ["link 7K3-PXT-9CM", "LINK 7K3-PXT-9CM-H2RT", "link 7K3-PXT-9CM-H2", "vincular 7k3 p1m 9cm h2r"]
)
def test_a_long_code_that_is_mistyped_for_sure_is_known_as_one_by_its_word(text: str) -> None:
    assert read_link_code(text) == ReadCode("", named=True)


@pytest.mark.parametrize(
    "text",
    [
        "the old red car",
        "the old 405 bus",
        "310 555 012 345",
        "7K3PXTRHYTHM",
        "bus 123 not 456",
        "24thct 22ndst",
    ],
)
def test_twelve_characters_that_people_write_are_no_long_code(text: str) -> None:
    assert read_link_code(text) is None


def test_two_references_one_after_the_other_are_no_long_code() -> None:
    for _ in range(300):
        one, other = (new_reference("SM").removeprefix("SM-") for _ in range(2))
        assert read_link_code(f"{one} {other}") is None


def test_codes_are_made_of_all_characters_and_do_not_repeat() -> None:
    codes = [new_link_code() for _ in range(2_000)]
    # Of two thousand out of 148 million two may be alike (in one run of seventy), four pairs never are.
    assert len(set(codes)) > len(codes) - 4
    assert set("".join(codes)) == set(ALPHABET)


def test_a_reference_is_never_a_code_nor_a_code_a_reference() -> None:
    for _ in range(500):
        reference = new_reference("SM")
        assert read_link_code(reference) is None
        assert read_link_code(reference.removeprefix("SM-")) is None
        assert parse_reference(new_link_code(), "SM") is None


@given(st.text(max_size=MOST_READ + 5))
def test_any_text_is_read(text: str) -> None:
    read = read_link_code(text)
    assert read is None or not read.code or set(read.code) <= set(ALPHABET)


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcxyz-. ", max_size=18))
def test_what_is_read_as_a_code_is_six_or_twelve_characters_of_the_text(text: str) -> None:
    read = read_link_code(text)
    if read is not None and read.code:
        said = "".join(one for one in text.upper() if one.isalnum()).translate(str.maketrans("ZSB", "258"))
        assert said.endswith(read.code)
