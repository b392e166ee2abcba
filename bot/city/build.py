"""Making city packs: compile open data into one, start one for another city."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from bot.city.errors import PackError
from bot.city.pack import write_facts
from bot.city.sources import read_sources

_STARTER = Path(__file__).with_name("starter")


@dataclass(frozen=True, slots=True)
class Built:
    segments: int
    streets: int
    areas: int
    places: int


def build_pack(sources: list[Path], pack: Path, source_name: str) -> Built:
    """Compile sources into a pack's tables, leaving its hand-kept files alone; raises `PackError`."""
    facts = read_sources(sources)
    write_facts(pack, facts, source_name)
    streets = len({segment.name for segment in facts.segments})
    return Built(len(facts.segments), streets, len(facts.areas), len(facts.places))


def start_pack(name: str, sources: list[Path], pack: Path, source_name: str) -> Built:
    """A new pack: compiled tables and starters of the hand-kept files; raises `PackError` if one is there already."""
    if (pack / "city.yml").exists():
        raise PackError([f"{pack.name}: there is a city pack already; use build to renew its tables."])
    built = build_pack(sources, pack, source_name)
    for starter in sorted(_STARTER.glob("*.yml")):
        shutil.copyfile(starter, pack / starter.name)
    city = pack / "city.yml"
    prefix = "".join(word[0] for word in name.split() if word[0].isalpha()).upper()[:3] or "C"
    text = city.read_text("utf-8")
    text = text.replace("Exampleville", name).replace("reference_prefix: EX", f"reference_prefix: {prefix}")
    city.write_text(text, "utf-8")
    return built
