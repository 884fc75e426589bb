"""A model is loaded only if it is the one that was trained here: its hash stands beside it.

A file that was changed, cut short or put there by somebody else is not loaded: reading a model can run what is in it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from bot.errors import DromError

ENDING = ".sha256"


class ModelChanged(DromError):
    """The model is not the one that was trained; the message has the remedy."""


def seal(model: Path) -> None:
    """Keep the hash of a model that was just trained."""
    draft = model.with_name(f".{model.name}{ENDING}")
    draft.write_text(_hash(model), encoding="ascii")
    draft.replace(_seal_of(model))


def is_whole(model: Path) -> bool:
    """Whether a model is as it was trained. One from before there were seals is sealed as it is."""
    if not model.is_file():
        return False
    if not _seal_of(model).is_file():
        seal(model)
    return _seal_of(model).read_text(encoding="ascii").strip() == _hash(model)


def check_seal(model: Path) -> None:
    """Raise where a model must not be loaded.

    Raises:
        ModelChanged: with the remedy.
    """
    if model.is_file() and not is_whole(model):
        raise ModelChanged(f"The model {model} is not as it was trained. Train it again: drom train --force")


def _seal_of(model: Path) -> Path:
    return model.with_name(model.name + ENDING)


def _hash(model: Path) -> str:
    found = hashlib.sha256()
    with model.open("rb") as opened:
        while block := opened.read(1 << 20):
            found.update(block)
    return found.hexdigest()
