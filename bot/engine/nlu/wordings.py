"""How residents put questions to the city, and how they put reports that only look like them: learnt by `QuestionReader` alone.

The questions stand in the city pack (`questions.yml`, read for its answers by bot/city/questions.py), since each city has its
own. They are no examples in data/nlu: there every other component would learn them too, and pay with what it knows (docs/nlu.md).
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

NO_CODE = ""  # of a question that no answer of the pack fits
LOOK_ALIKES = Path(__file__).with_name("look_alikes")
PACKS = Path(__file__).resolve().parents[2] / "city" / "packs"
DEFAULT_CITY = "santa_monica"


@dataclass(frozen=True)
class Wording:
    """A text, its language, and the code of the question it asks; None where it is a report."""

    text: str
    language: str
    code: str | None


def questions_file() -> Path:
    """`questions.yml` of the pack that CITYLINE_CITY names (a pack of ours, or a folder); a pack may have none."""
    named = os.environ.get("CITYLINE_CITY") or DEFAULT_CITY
    pack = PACKS / named
    return (pack if pack.is_dir() else Path(named)) / "questions.yml"


def services_file() -> Path:
    """`services.yml` beside it."""
    return questions_file().with_name("services.yml")


def learnt_from() -> list[Path]:
    """The files that are read here, those that exist."""
    files = (questions_file(), services_file(), *sorted(LOOK_ALIKES.glob("*.yml")))
    return [file for file in files if file.exists()]


def without_a_place(file: Path) -> frozenset[str]:
    """The services of a pack that need no place: what is between a person and an office, where an answer often is all that is wanted."""
    if not file.exists():
        return frozenset()
    services = _yaml(file)["services"]
    return frozenset(
        code for code, service in services.items() if service.get("place", "required") != "required"
    )


def of_the_pack(file: Path) -> list[Wording]:
    """Every wording of every question of a pack; none where it has no such file."""
    if not file.exists():
        return []
    return [
        Wording(str(text), str(language), str(question["code"]))
        for question in _yaml(file)["questions"]
        for language, texts in question["variants"].items()
        for text in texts
    ]


def beside_the_pack() -> list[Wording]:
    """Reports worded as questions, and questions that no answer fits."""
    return [
        Wording(line[2:].strip(), block["metadata"]["language"], _code(block["intent"]))
        for file in sorted(LOOK_ALIKES.glob("*.yml"))
        for block in _yaml(file)["nlu"]
        for line in block["examples"].splitlines()
        if line.startswith("- ")
    ]


def _code(intent: str) -> str | None:
    return None if intent == "report" else NO_CODE


def _yaml(file: Path) -> Any:
    return YAML(typ="safe").load(file.read_text(encoding="utf-8"))
