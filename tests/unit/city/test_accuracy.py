"""The bars on generated places: at least 95 % within 60 m, at most 1 % wrong by over 200 m, and well ahead of plain parsing."""

from __future__ import annotations

from collections import Counter

from bot.city.gazetteer import Gazetteer
from bot.city.location import Point
from bot.settings import PACKS
from tests.bench.bench_places import judge, judge_resolution
from tests.bench.place_cases import cases
from tests.bench.plain_parser import PlainParser

PACK = PACKS / "santa_monica"


def test_places_of_all_kinds_are_found_and_wrong_ones_are_rare(santa_monica: Gazetteer) -> None:
    drawn = cases(PACK, seed=2026, each=100)
    verdicts = Counter(judge_resolution(case, santa_monica.locate(case.text)) for case in drawn)
    assert verdicts["right"] / len(drawn) >= 0.95, verdicts
    assert verdicts["wrong"] / len(drawn) <= 0.01, verdicts


def test_plain_parsing_finds_far_fewer(santa_monica: Gazetteer) -> None:
    plain = PlainParser(PACK)
    drawn = cases(PACK, seed=7, each=30)
    found = [plain.locate(case.text) for case in drawn]
    theirs = Counter(
        judge(case, Point(*point) if point else None) for case, point in zip(drawn, found, strict=True)
    )
    ours = Counter(judge_resolution(case, santa_monica.locate(case.text)) for case in drawn)
    assert ours["right"] > 1.5 * theirs["right"]
