"""Keep TensorFlow out of the engine: no component of ours uses it, and it takes ten seconds, 300 MB of memory and 2 GB of disk.

Rasa imports it for the components it ships (DIET, TED, …) whether or not a model has them. In its place stands a module
whose every name is an empty class: enough for those modules to define themselves, and loud for whoever would run one.
Where config.yml names such a component, the engine goes on in the environment `full`, which has the real one.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

ABSENT = (
    "tensorflow",
    "tensorflow_addons",
    "tensorflow_hub",
    "tensorflow_text",
    "keras",
    "tensorboard",
    "matplotlib",
)
FULL = Path(__file__).parent / "full" / ".venv" / "bin" / "python"
# Components of Rasa's that learn or run with it.
WITH_TENSORFLOW = frozenset(
    {
        "ConveRTFeaturizer",
        "DIETClassifier",
        "LanguageModelFeaturizer",
        "ResponseSelector",
        "TEDPolicy",
        "UnexpecTEDIntentPolicy",
    }
)


class _AbsentType(type):
    """Every attribute of an absent class is an absent class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _AbsentType(name, (Absent,), {})

    def __or__(cls, other: Any) -> Any:
        return cls


class Absent(metaclass=_AbsentType):
    """Stands for whatever Rasa's own components take from TensorFlow while they define themselves."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        # A decorator (`tf.function`) gives back what it decorates.
        if len(args) == 1 and callable(args[0]) and not kwargs:
            return args[0]
        return super().__new__(cls)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Keras layers take class arguments; they mean nothing here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes anything, does nothing: importing must not fail."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if len(args) == 1 and callable(args[0]) else self

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent


class _AbsentModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _AbsentType(name, (Absent,), {})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname.split(".")[0] in ABSENT:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = _AbsentModule(spec.name)
        module.__path__ = []
        module.__version__ = "0.absent"
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def suit(config: Path) -> None:
    """Have Rasa import with what this configuration needs: a stand-in for TensorFlow, or else the real one.

    Call it before anything imports Rasa. May replace this process by the same one in the full environment; raises SystemExit with
    a sentence where that is not installed.
    """
    needs = needing_tensorflow(config)
    if not needs:
        if "tensorflow" not in sys.modules:
            sys.meta_path.insert(0, _Finder())
    elif importlib.util.find_spec("tensorflow") is None:
        if not FULL.exists():
            raise SystemExit(
                f"config.yml names {needs[0]}, which needs TensorFlow. Run: make install-tensorflow"
            )
        os.execv(FULL, [str(FULL), *sys.orig_argv[1:]])  # noqa: S606 - our own interpreter, and the same arguments


def needing_tensorflow(config: Path) -> list[str]:
    """The components of a configuration that do nothing without it."""
    import yaml

    read = yaml.safe_load(config.read_text(encoding="utf-8"))
    names = [part["name"] for section in ("pipeline", "policies") for part in read.get(section) or ()]
    return [name for name in names if name.rpartition(".")[2] in WITH_TENSORFLOW]
