"""Keep TensorFlow out of the engine: no component of ours uses it, and importing it takes ten seconds and 300 MB.

Rasa imports it for the components it ships (DIET, TED, …) whether or not a model has them. In its place stands a module
whose every name is an empty class: enough for those modules to define themselves, and loud for whoever would run one.
"""

import importlib.abc
import importlib.machinery
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
# Components of these need nothing of it. Any other in config.yml and the real TensorFlow is loaded.
WITHOUT_TENSORFLOW = ("bot.engine.", "RulePolicy", "MemoizationPolicy", "AugmentedMemoizationPolicy")


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


def leave_tensorflow_out(config: Path) -> bool:
    """Put the stand-in in place, unless the pipeline needs the real one. True when it was."""
    import yaml

    read = yaml.safe_load(config.read_text(encoding="utf-8"))
    names = [part["name"] for section in ("pipeline", "policies") for part in read.get(section) or ()]
    if "tensorflow" in sys.modules or not all(name.startswith(WITHOUT_TENSORFLOW) for name in names):
        return False
    sys.meta_path.insert(0, _Finder())
    return True
