"""`python -m tests.bench.bench_places`: our gazetteer beside usaddress with plain interpolation, in one run.

Both see the same generated places (`place_cases`), in the same order, alternating. Prints how many were found within
60 m, asked about, missed, or put over 200 m away without asking; the median time; load time and memory.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median

import psutil

from bot.city.gazetteer import load_gazetteer
from bot.city.geometry import distance_between
from bot.city.location import Point, Resolution, ResolutionOutcome
from bot.settings import PACKS
from tests.bench.place_cases import Case, cases
from tests.bench.plain_parser import PlainParser

RIGHT, FAR = 60.0, 200.0  # metres
VERDICTS = ("right", "near", "asked", "missed", "wrong")


def judge(case: Case, point: Point | None) -> str:
    """How good a point is: right within 60 m of a truth, near within 200 m, else wrong; missed without one."""
    if point is None:
        return "missed"
    metres = min(distance_between(point, Point(*truth)) for truth in case.truths)
    return "right" if metres <= RIGHT else "near" if metres <= FAR else "wrong"


def judge_resolution(case: Case, resolution: Resolution) -> str:
    """The same for ours; "asked" when the truth is among the options offered."""
    if resolution.outcome is ResolutionOutcome.AMBIGUOUS:
        offered = [judge(case, candidate.point) for candidate in resolution.candidates]
        return "asked" if "right" in offered else "missed"
    return judge(case, resolution.location.point if resolution.location else None)


def run(pack: Path, seed: int, each: int) -> dict[str, dict[str, Counter[str]]]:
    """Verdicts by resolver and group; prints times on the way."""
    before = psutil.Process().memory_info().rss
    started = time.perf_counter()
    ours = load_gazetteer(pack)
    print(
        f"Pack loaded in {time.perf_counter() - started:.2f} s, {(psutil.Process().memory_info().rss - before) / 2**20:.0f} MB"
    )
    plain = PlainParser(pack)
    verdicts: dict[str, dict[str, Counter[str]]] = {
        "ours": defaultdict(Counter),
        "plain": defaultdict(Counter),
    }
    spent: dict[str, list[float]] = {"ours": [], "plain": []}
    for case in cases(pack, seed, each):
        started = time.perf_counter()
        resolution = ours.locate(case.text)
        spent["ours"].append(time.perf_counter() - started)
        started = time.perf_counter()
        point = plain.locate(case.text)
        spent["plain"].append(time.perf_counter() - started)
        verdicts["ours"][case.group][judge_resolution(case, resolution)] += 1
        verdicts["plain"][case.group][judge(case, Point(*point) if point else None)] += 1
    for name, seconds in spent.items():
        ordered = sorted(seconds)
        p95 = ordered[int(len(ordered) * 0.95)]
        print(f"{name}: {1000 * median(seconds):.2f} ms median, {1000 * p95:.2f} ms at the 95th percentile")
    return verdicts


def report(verdicts: dict[str, dict[str, Counter[str]]]) -> str:
    """The verdicts as a Markdown table in percent, and the ratio of places found."""
    lines = ["| places | resolver | " + " | ".join(VERDICTS) + " |", "|---|---|" + "---|" * len(VERDICTS)]
    totals: dict[str, Counter[str]] = {name: Counter() for name in verdicts}
    for group in [*verdicts["ours"], "all"]:
        for name, groups in verdicts.items():
            counted = totals[name] if group == "all" else groups[group]
            if group != "all":
                totals[name] += counted
            share = [f"{100 * counted[verdict] / counted.total():.1f} %" for verdict in VERDICTS]
            lines.append(f"| {group} | {name} | " + " | ".join(share) + " |")
    ratio = totals["ours"]["right"] / max(1, totals["plain"]["right"])
    lines.append(f"\nPlaces found within {RIGHT:.0f} m, ours to plain: {ratio:.1f}")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pack", type=Path, default=PACKS / "santa_monica")
    parser.add_argument("--seed", type=int, default=311)
    parser.add_argument("--each", type=int, default=300, help="cases of each kind")
    options = parser.parse_args()
    print(report(run(options.pack, options.seed, options.each)))
