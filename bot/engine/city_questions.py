"""Rasa importer: the city's small questions as training data.

They stand in the city pack (`questions.yml`, read for its answers by bot/city/questions.py), since each city has its own;
what understanding needs of them is how residents put them. All are examples of one intent, `ask_city`; which question it
is stands in the metadata, as the service of a report does in data/nlu.
"""

import os
from pathlib import Path
from typing import Any

import rasa.shared.utils.io
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import METADATA, METADATA_INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

INTENT = "ask_city"
PACKS = Path(__file__).resolve().parents[1] / "city" / "packs"
DEFAULT_CITY = "santa_monica"


def questions_file() -> Path:
    """`questions.yml` of the pack that CITYLINE_CITY names (a pack of ours, or a folder); a pack may have none."""
    named = os.environ.get("CITYLINE_CITY") or DEFAULT_CITY
    pack = PACKS / named
    return (pack if pack.is_dir() else Path(named)) / "questions.yml"


def examples(file: Path) -> list[Message]:
    """Every wording of every question."""
    if not file.exists():
        return []
    questions = rasa.shared.utils.io.read_yaml_file(file)["questions"]
    return [
        _example(text, language, question["code"])
        for question in questions
        for language, texts in question["variants"].items()
        for text in texts
    ]


def _example(text: str, language: str, code: str) -> Message:
    message = Message.build(text=str(text), intent=INTENT)
    message.set(METADATA, {METADATA_INTENT: {"language": str(language), "question": str(code)}})
    return message


class CityQuestions(TrainingDataImporter):
    """Adds the questions to what the other importers read; has nothing else to give."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        **kwargs: Any,
    ) -> None:
        self._file = questions_file()

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples of the pack."""
        return TrainingData(training_examples=examples(self._file))

    def get_domain(self) -> Domain:
        """Nothing."""
        return Domain.empty()

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """None."""
        return StoryGraph([])

    def get_conversation_tests(self) -> StoryGraph:
        """None."""
        return StoryGraph([])

    def get_config(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def get_config_file_for_auto_config(self) -> str | None:
        """None: config.yml is another importer's."""
        return None
