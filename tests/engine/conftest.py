"""The engine's own tests, run by the engine's own Python, on the model that is served: the newest of build/models.

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
MODELS = ROOT / "build" / "models"

if importlib.util.find_spec("rasa") is None:
    # Collected by the other environment, there is nothing to run here.
    collect_ignore_glob = ["*"]
else:
    from bot.engine.lean import suit

    suit(ROOT / "config.yml")  # before a test imports Rasa


@dataclass(frozen=True)
class Understanding:
    """The components of the pipeline, in their order, as a new process loads them from a model."""

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
    """Of the newest model; trained first where there is none, or a training file is newer."""
    from rasa.engine.graph import ExecutionContext
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    from bot.engine.train import train, up_to_date_model

    model = up_to_date_model(MODELS) or train(MODELS)
    with tempfile.TemporaryDirectory(prefix="cityline-nlu-") as folder:
        storage, of_model = LocalModelStorage.from_model_archive(Path(folder), model)
        schema = of_model.predict_schema
        context = ExecutionContext(schema)
        yield Understanding(
            [
                node.uses.load(
                    {**node.uses.get_default_config(), **node.config}, storage, node.resource, context
                )
                for name, node in schema.nodes.items()
                if name.startswith("run_bot.engine.nlu.")
            ]
        )
