"""The engine's own tests, run by the engine's own Python: the understanding, trained once on data/nlu.

bot/engine/.venv/bin/python -m pytest -c /dev/null --rootdir . --confcutdir tests/engine tests/engine
"""

import importlib.util
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Collected by the other environment, which has no Rasa, there is nothing to run here.
if importlib.util.find_spec("rasa") is None:
    collect_ignore_glob = ["*"]


@dataclass(frozen=True)
class Understanding:
    """The five components as `rasa` loads them from a model."""

    components: list[Any]

    def read(self, text: str, hint: str | None = None) -> dict[str, Any]:
        """What the pipeline adds to a message."""
        from rasa.shared.nlu.training_data.message import Message

        messages = [Message(data={"text": text, "metadata": {"language_hint": hint}})]
        for component in self.components:
            messages = component.process(messages)
        return messages[0].as_dict(only_output_properties=True)


@pytest.fixture(scope="session")
def understanding() -> Iterator[Understanding]:
    """Trained on data/nlu, stored, and loaded again as in a new process."""
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.importers.rasa import RasaFileImporter

    from bot.engine.nlu.classifier import MessageClassifier
    from bot.engine.nlu.emergency import EmergencySpotter
    from bot.engine.nlu.language import LanguageDetector
    from bot.engine.nlu.meaning import MeaningEncoder
    from bot.engine.nlu.questions import QuestionReader

    with tempfile.TemporaryDirectory(prefix="cityline-nlu-") as folder:
        storage = LocalModelStorage(Path(folder))
        context = ExecutionContext(GraphSchema({}))
        examples = RasaFileImporter(training_data_paths=[str(ROOT / "data" / "nlu")]).get_nlu_data()
        encoder = MeaningEncoder.create({}, storage, Resource("meaning"), context)
        examples = encoder.process_training_data(examples)
        for component in (LanguageDetector, MessageClassifier, QuestionReader, EmergencySpotter):
            config = getattr(component, "get_default_config", dict)()
            component.create(config, storage, Resource(component.__name__), context).train(examples)
        loaded = [
            component.load(
                getattr(component, "get_default_config", dict)(),
                storage,
                Resource(component.__name__),
                context,
            )
            for component in (LanguageDetector, MessageClassifier, QuestionReader, EmergencySpotter)
        ]
        yield Understanding([loaded[0], encoder, *loaded[1:]])
