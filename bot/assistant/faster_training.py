"""What Rasa 3.6 does in a training for nobody, left out.

A test compares what is replaced with what it was when this was written, as for :mod:`bot.assistant.faster_rasa`.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

from rasa.engine.training.hooks import TrainingHook
from tarsafe import TarSafe

# What is replaced, as Rasa has it.
ORIGINALS = (TrainingHook.on_before_node, TrainingHook.on_after_node)


@contextlib.contextmanager
def without_fingerprints() -> Iterator[None]:
    """Train without a digest of what each step is given and gives.

    Rasa names results by it in its cache, which is not used here. Hashing some thousand trackers and examples again
    and again takes three seconds.
    """

    def before(self: TrainingHook, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {}

    def after(self: TrainingHook, *args: Any, **kwargs: Any) -> None:
        return None

    TrainingHook.on_before_node, TrainingHook.on_after_node = before, after
    try:
        yield
    finally:
        TrainingHook.on_before_node, TrainingHook.on_after_node = ORIGINALS


@contextlib.contextmanager
def packed_quickly() -> Iterator[None]:
    """Pack a model at gzip's first level, not its ninth: two seconds less, for a file that is a quarter larger."""
    TarSafe.gzopen = functools.partial(TarSafe.gzopen, compresslevel=1)
    try:
        yield
    finally:
        del TarSafe.gzopen
