"""Rasa without TensorFlow, where the pipeline needs none: 300 MiB and three seconds less at every start.

Rasa 3.6 imports TensorFlow whatever the pipeline, for classes that are only named: as a base, in a type, as a
decorator. Here it gets a stand-in with such names. Whoever would compute with one gets an error that says what to do;
nothing pretends to work.
"""

from __future__ import annotations

import abc
import contextlib
import importlib.abc
import importlib.machinery
import re
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.errors import DromError

PACKAGES = ("tensorflow", "keras", "tensorflow_hub", "tensorflow_text", "tensorflow_addons")
# Rasa's components that compute with it.
COMPONENTS = (
    "DIETClassifier",
    "ResponseSelector",
    "TEDPolicy",
    "UnexpecTEDIntentPolicy",
    "ConveRTFeaturizer",
    "LanguageModelFeaturizer",
)


class TensorFlowNeeded(DromError):
    """Something would compute with TensorFlow, which was left out."""


def needs_tensorflow(config: Path) -> bool:
    """Whether a ``config.yml`` has a component that computes with TensorFlow.

    Raises:
        OSError: it can't be read.
    """
    return bool(re.search(rf"^[^#]*\b({'|'.join(COMPONENTS)})\b", config.read_text("utf-8"), re.MULTILINE))


class _Name(abc.ABCMeta):
    """The kind of every name in the stand-in: a class whose attributes are such classes too."""

    is_open = False  # decorators are applied while Rasa is imported, and at no other time

    def __getattr__(cls, name: str) -> _Name:
        if name.startswith("__"):
            raise AttributeError(name)
        return _named(f"{cls.__qualname__}.{name}")

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        if not _Name.is_open or "is_stand_in" not in vars(cls):
            raise TensorFlowNeeded(
                f"{cls.__qualname__} was called, but TensorFlow was left out, since config.yml needs none. "
                "Set DROM_TENSORFLOW=1 to import it."
            )
        if len(arguments) == 1 and isinstance(arguments[0], types.FunctionType):
            return arguments[0]
        return lambda decorated: decorated


def _named(qualified: str) -> _Name:
    return _Name(qualified.rpartition(".")[2], (), {"is_stand_in": True, "__qualname__": qualified})


class _Module(types.ModuleType):
    """A module of the stand-in."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = sys.modules.get(f"{self.__name__}.{name}") or _named(f"{self.__name__}.{name}")
        setattr(self, name, found)
        return found


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of the stand-in."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in PACKAGES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing is in it before it is asked for."""


@contextlib.contextmanager
def stand_in(first: Callable[[], object]) -> Iterator[None]:
    """Let what is imported in the block find the stand-in, and from then on.

    Args:
        first: imports what looks for TensorFlow and goes without where there is none.

    Where TensorFlow itself is imported already, nothing is changed.
    """
    if any(package in sys.modules for package in PACKAGES):
        yield
        return
    for package in PACKAGES:
        sys.modules[package] = None  # type: ignore[assignment]  # Python's way to say that there is none
    try:
        first()
    finally:
        for package in PACKAGES:
            del sys.modules[package]
    sys.meta_path.insert(0, _Finder())
    _Name.is_open = True
    try:
        yield
    finally:
        _Name.is_open = False
