"""`python -m tests.bench.bench_places`: our gazetteer beside usaddress with plain interpolation, in one run.

Both see the same generated places (`place_cases`), in the same order, alternating. Prints how many were found within
60 m, asked about, missed, or put over 200 m away without asking; the median time; load time and memory. For Santa
Monica both also read the messages people wrote (`tests/places`), whose truths come from the pack's tables.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median

import psutil

from bot.city.gazetteer import load_gazetteer
from bot.city.geometry import distance_between
from bot.city.location import Point, Resolution, ResolutionOutcome
from bot.settings import PACKS
from tests.bench.place_cases import Case, cases
from tests.bench.plain_parser import PlainParser
from tests.places.truth import Ground, Written, written
from tests.places.verdict import Verdict, is_resolvable, judge_all

WRITTEN = (
    "inside",
    "outside",
    "shapes",
    "fresh",
    "last",
    "final",
    "elsewhere",
    "locals",
    "neighbors_say",
    "third",
)
SORTS: dict[str, Callable[[Written], bool]] = {
    "places of the city": is_resolvable,
    "places elsewhere": lambda message: message.formula.startswith("out"),
    "no place, or too little": lambda message: message.formula in ("ask", "none", "not"),
}
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
        ratio = median(seconds) / median(spent["plain"])
        print(
            f"{name}: {1000 * median(seconds):.2f} ms median ({ratio:.1f} times plain), {1000 * p95:.2f} ms at the 95th percentile"
        )
    return verdicts


def run_written(pack: Path) -> str:
    """The written messages by file and sort, as a Markdown table of ours beside plain parsing."""
    ours, plain, ground = load_gazetteer(pack), PlainParser(pack), Ground(pack)

    def plainly(text: str) -> Resolution:
        point = plain.locate(text)
        return ours.resolve_point(Point(*point)) if point else Resolution(ResolutionOutcome.UNKNOWN)

    lines = [
        "| written messages | resolver | number | " + " | ".join(Verdict) + " |",
        "|---|---|---|" + "---|" * len(Verdict),
    ]
    for title, sort in SORTS.items():
        messages = [m for name in WRITTEN for m in written(name) if sort(m)]
        for name, locate in (("ours", ours.locate), ("plain", plainly)):
            judged = judge_all(messages, locate, ground)
            share = [f"{100 * len(judged[verdict]) / len(messages):.1f} %" for verdict in Verdict]
            lines.append(f"| {title} | {name} | {len(messages)} | " + " | ".join(share) + " |")
    return "\n".join(lines)


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
    if options.pack.name == "santa_monica":
        print(f"\n{run_written(options.pack)}")
