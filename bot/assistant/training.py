"""Training, only where something changed since the last time.

A model file is named after a digest of everything that goes into it, so "is it up to date" is a look
at the file's name, without importing Rasa.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from bot.assistant.model_seal import ENDING, is_whole, seal
from bot.directory.errors import ContentError, Finding
from bot.errors import DromError
from bot.settings import ROOT

MODELS = ROOT / "models"
INPUTS = ("config.yml", "domain.yml", "data/nlu", "data/stories", "data/rules", "bot/nlu")
# Read at every start and not trained: a change of these needs no new model. So does data/directory.
NOT_TRAINED = ("place*.py", "danger.py", "answers.py", "context_prior.py")


class TrainingError(DromError):
    """Training was refused or failed; the message says what to mend."""


def inputs(root: Path = ROOT) -> Iterator[Path]:
    """Yield every file that a model is made of."""
    for name in INPUTS:
        path = root / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            is_trained_on = not any(file.match(f"bot/nlu/{pattern}") for pattern in NOT_TRAINED)
            if file.is_file() and "__pycache__" not in file.parts and is_trained_on:
                yield file


def digest(root: Path = ROOT) -> str:
    """Return a digest of everything that a model is made of."""
    result = hashlib.sha256()
    for file in inputs(root):
        result.update(str(file.relative_to(root)).encode())
        result.update(hashlib.sha256(file.read_bytes()).digest())
    return result.hexdigest()[:16]


def model_file(root: Path = ROOT) -> Path:
    """Return where the model for today's content is, or would be."""
    return root / "models" / f"drom-{digest(root)}.tar.gz"


def is_trained(root: Path = ROOT) -> bool:
    """Whether the model for today's content is there."""
    return model_file(root).is_file()


def train(root: Path = ROOT, force: bool = False) -> Path:
    """Train the model for today's content, if it is not there yet.

    Args:
        root: the project's root.
        force: train even if it is there.

    Returns:
        The model file.

    Raises:
        TrainingError: Rasa could not train.
        ContentError: the training data names what does not exist.
    """
    target = model_file(root)
    if not force and is_whole(target):  # one that was cut short by a crash is trained again
        return target
    import bot.assistant.rasa_start  # noqa: F401  (first: it sets how Rasa is imported)

    # isort: split
    from rasa.model_training import train as rasa_train
    from rasa.shared.exceptions import RasaException

    from bot.assistant.faster_training import packed_quickly, without_fingerprints

    findings = unknown_intents(root)
    if findings:
        raise ContentError(findings)
    logging.getLogger("rasa").setLevel(logging.WARNING)
    # Rasa's own cache of graph results is as large as the vectors and slower than training.
    os.environ.setdefault("RASA_MAX_CACHE_SIZE", "0")
    try:
        asyncio.set_event_loop(asyncio.new_event_loop())
        # Rasa praises itself; `drom train` says what matters.
        with contextlib.redirect_stdout(io.StringIO()), without_fingerprints(), packed_quickly():
            result = rasa_train(
                domain=str(root / "domain.yml"),
                config=str(root / "config.yml"),
                training_files=[str(root / "data" / name) for name in ("nlu", "stories", "rules")],
                output=str(target.parent),
                fixed_model_name=target.name,
                force_training=True,
            )
    except RasaException as error:
        raise TrainingError(f"Rasa could not train: {error}") from error
    if result.code != 0 or not target.is_file():
        raise TrainingError(f"Rasa could not train (code {result.code}). Look at the lines above")
    seal(target)
    _keep_newest(target)
    return target


def _keep_newest(target: Path, keep: int = 8) -> None:
    """Remove models of older content, keeping a few to go back to."""
    models = sorted(target.parent.glob("drom-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in models[keep:]:
        old.unlink()
        old.with_name(old.name + ENDING).unlink(missing_ok=True)


def unknown_intents(root: Path = ROOT) -> list[Finding]:
    """Return a finding for each intent in examples, stories or rules that domain.yml does not have."""
    from bot.directory.loading import read_yaml

    known = {
        str(i) if isinstance(i, str) else next(iter(i)) for i in read_yaml(root / "domain.yml", root).data["intents"]
    }
    findings = []
    for name in ("nlu", "stories", "rules"):
        for path in sorted((root / "data" / name).rglob("*.yml")):
            file = read_yaml(path, root)
            for location, line in file.lines.items():
                if location[-1] != "intent":
                    continue
                value = file.data
                for part in location:
                    value = value[part]
                if value not in known:
                    remedy = "Mend its spelling, or add it to the intents of domain.yml"
                    key = ".".join(map(str, location))
                    findings.append(Finding(file.name, line, key, f"the intent {value} is unknown", remedy))
    return findings
