"""Spanish in rough English: what the list does to a text, and that the list itself is sound."""

from pathlib import Path

import pytest

from bot.engine.nlu.gloss import Glossary, spanish_glossary


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("El semáforo no funciona", "the traffic light is broken"),
        ("tiraron un colchon", "dumped a mattress"),
        ("la parking meter no jala", "the parking meter is broken"),
        ("GRAFITI en la pared!", "graffiti in the wall !"),
    ],
)
def test_known_words_become_english_and_english_words_stay(text: str, english: str) -> None:
    assert spanish_glossary().gloss(text) == english


def test_a_phrase_goes_before_its_words_and_a_word_before_its_stem() -> None:
    glossary = Glossary({"casa": "house", "casa de campana": "tent", "cas*": "case"})
    assert glossary.gloss("casas, casa de campaña y casero") == "house , tent y case"


def test_a_text_of_unknown_words_is_only_made_plain() -> None:
    assert Glossary({}).gloss("Ñandú 42?") == "nandu 42 ?"


@pytest.mark.parametrize("line", ["bache", "bache\t", "Bache\tpothole", "ba*\tpothole", "a\tb\na\tc"])
def test_a_broken_line_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    broken = tmp_path / "spanish.tsv"
    broken.write_text(line, encoding="utf-8")
    with pytest.raises(ValueError, match=r"line \d of spanish\.tsv"):
        Glossary.load(broken)


def test_the_list_is_in_order_so_that_a_word_is_found_and_added_in_one_place() -> None:
    lines = Path("bot/engine/nlu/spanish.tsv").read_text(encoding="utf-8").splitlines()
    spanish = [line.partition("\t")[0] for line in lines]
    assert spanish == sorted(spanish)


def test_a_text_without_blanks_is_one_word() -> None:
    """How long it takes is measured in tests/bench/bench_long_messages.py: each beginning of it was looked up once."""
    assert " " not in spanish_glossary().gloss("estacion" * 500)
