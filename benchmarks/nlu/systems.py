"""What is compared: each system learns from examples into a folder, and parses messages from there."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from unittest import mock

import numpy as np
import yaml

from benchmarks.nlu.examples import Example
from benchmarks.nlu.parts import PARTS, Part
from bot.assistant.training import digest
from bot.evaluation.intents import Parser
from bot.languages import LANGUAGES
from bot.nlu.embedding.protocol import SentenceEmbedding
from bot.settings import ROOT
from tests.benchmarks.usual_layout import PIPELINE

MODEL = "model.tar.gz"
DIET_EPOCHS = 12  # nearly all of the training examples are right by then; each costs a minute of CPU
DIET = "recipe: default.v1\nassistant_id: usual-pipeline\nlanguage: lv\n" + PIPELINE
LOGISTIC = """\
recipe: default.v1
assistant_id: logistic-regression
language: lv
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: LogisticRegressionClassifier
"""
HELD_OUT_OF = 5
LEAST_TO_HOLD_OUT = 3


class System(Protocol):
    """Something that learns to tell intents."""

    @property
    def title(self) -> str:
        """How tables name it."""
        ...

    @property
    def is_learnt(self) -> bool:
        """Whether it learns; if not, the model of the whole pipeline serves."""
        ...

    def made_of(self) -> str:
        """Return what its figures depend on beside the messages: configuration, a digest of code."""
        ...

    def altered(self) -> AbstractContextManager[Any]:
        """Return what must be entered around training and parsing."""
        ...

    def train(self, examples: Sequence[Example], folder: Path) -> None:
        """Learn from labelled messages and write the model into a folder."""
        ...

    def load(self, folder: Path) -> Parser:
        """Return what parses a message as Rasa does: ``intent_ranking``, perhaps ``language``."""
        ...


@dataclass(frozen=True)
class RasaSystem:
    """A pipeline of Rasa, trained and loaded by Rasa.

    Attributes:
        title: how tables name it.
        config: the text of its config.yml.
        without: a part of this project's pipeline that is left out.
        is_own: made of this project's code.
    """

    title: str
    config: str
    without: Part | None = None
    is_own: bool = False

    @property
    def is_learnt(self) -> bool:
        """Whether what is left out changes the model."""
        return self.without is None or self.without.is_learnt

    def made_of(self) -> str:
        """Return the configuration, and for the project's own pipeline a digest of code and data."""
        left_out = self.without.name if self.without else ""
        return f"{self._config()}\0{left_out}\0{digest() if self.is_own else ''}"

    def _config(self) -> str:
        config = yaml.safe_load(self.config)
        if self.without:
            for component in config["pipeline"]:
                component.update(self.without.settings.get(component["name"].rpartition(".")[2], {}))
        config.pop("policies", None)
        return yaml.safe_dump(config, sort_keys=False)

    def altered(self) -> ExitStack:
        """Replace the functions of the part that is left out."""
        entered = ExitStack()
        for target, replacement in (self.without.replaced if self.without else {}).items():
            entered.enter_context(mock.patch(target, replacement))
        return entered

    def train(self, examples: Sequence[Example], folder: Path) -> None:
        """Have Rasa train its NLU model.

        Raises:
            RuntimeError: Rasa wrote no model.
        """
        import bot.assistant.rasa_start  # noqa: F401  (first: it sets how Rasa is imported)

        # isort: split
        from rasa.model_training import train_nlu

        config, data = folder / "config.yml", folder / "nlu.yml"
        config.write_text(self._config(), encoding="utf-8")
        data.write_text(nlu_yaml(examples), encoding="utf-8")
        train_nlu(str(config), str(data), str(folder), fixed_model_name=MODEL)
        if not (folder / MODEL).is_file():
            raise RuntimeError(f"Rasa trained no model of {config}")

    def load(self, folder: Path) -> Parser:
        """Load the model as an agent of Rasa."""
        import asyncio

        import bot.assistant.rasa_start  # noqa: F401  (first: it sets how Rasa is imported)

        # isort: split
        from rasa.core.agent import Agent

        agent = Agent.load(str(folder / MODEL))
        loop = asyncio.new_event_loop()

        def parse(text: str) -> dict[str, Any]:
            return dict(loop.run_until_complete(agent.parse_message(text)))

        return parse


def nlu_yaml(examples: Sequence[Example]) -> str:
    """Return examples as Rasa's training data; brackets, which mean entities there, become spaces."""
    by_intent: dict[str, list[str]] = {}
    for example in examples:
        line = " ".join(example.text.translate(str.maketrans("[]{}", "    ")).split()).lstrip("/")
        by_intent.setdefault(example.intent, []).append(f"- {line}\n")
    entries = [{"intent": intent, "examples": "".join(lines)} for intent, lines in by_intent.items()]
    return yaml.safe_dump({"version": "3.1", "nlu": entries}, allow_unicode=True, width=10_000)


@dataclass(frozen=True)
class ScikitSystem:
    """TF-IDF of character n-grams of the text as it is, and a logistic regression."""

    title: str = "scikit-learn, TF-IDF of char n-grams"
    inverse_penalty: float = 10.0
    is_learnt = True

    def made_of(self) -> str:
        """Return its settings."""
        return repr(self)

    def altered(self) -> ExitStack:
        """Nothing is altered."""
        return ExitStack()

    def train(self, examples: Sequence[Example], folder: Path) -> None:
        """Fit both."""
        import joblib
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        model = make_pipeline(
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2),
            LogisticRegression(C=self.inverse_penalty, max_iter=300),
        )
        model.fit([example.text for example in examples], [example.intent for example in examples])
        joblib.dump(model, folder / "model.joblib")

    def load(self, folder: Path) -> Parser:
        """Load what was fitted."""
        import joblib

        model = joblib.load(folder / "model.joblib")

        def parse(text: str) -> dict[str, Any]:
            return ranking(model.classes_, model.predict_proba([text])[0])

        return parse


@dataclass(frozen=True)
class NeedSystem:
    """This project's features and classifier alone, for data of other projects.

    Without what belongs to this assistant: places, danger, asking back, two needs. Restoration only in the
    languages that it knows.

    Attributes:
        title: how tables name it.
        embedding: a name that ``load_embedding`` knows.
    """

    title: str
    embedding: str
    is_learnt = True

    def made_of(self) -> str:
        """Return the embedding and a digest of the code."""
        return f"{self.embedding}\0{digest()}"

    def altered(self) -> ExitStack:
        """Nothing is altered."""
        return ExitStack()

    def train(self, examples: Sequence[Example], folder: Path) -> None:
        """Fit the classifier; confidence on every fifth example of each intent."""
        from bot.nlu.classifier import NeedModel

        restores = all(example.language in LANGUAGES for example in examples)
        vectors = _embedding(self.embedding).encode([self._read(example.text, restores) for example in examples])
        intents = [example.intent for example in examples]
        texts = [example.text for example in examples]
        NeedModel.fit(texts, vectors, intents, held_out=every_fifth(intents)).save(folder)
        (folder / "reading.json").write_text(json.dumps({"restores": restores}))

    @staticmethod
    def _read(text: str, restores: bool) -> str:
        from bot.nlu.reading import read

        return read(text).restored if restores else text

    def load(self, folder: Path) -> Parser:
        """Load the classifier and the embedding."""
        from bot.nlu.classifier import NeedModel

        restores = json.loads((folder / "reading.json").read_text())["restores"]
        model, embedding = NeedModel.load(folder), _embedding(self.embedding)

        def parse(text: str) -> dict[str, Any]:
            ranked = model.rank(text, embedding.encode([self._read(text, restores)])[0])
            return {"intent_ranking": [{"name": name, "confidence": share} for name, share in ranked]}

        return parse


@functools.lru_cache(maxsize=1)
def _embedding(name: str) -> SentenceEmbedding:
    """Return an embedding, loaded once for many corpora."""
    from bot.nlu.embedding import load_embedding

    return load_embedding(name)


def every_fifth(intents: Sequence[str]) -> np.ndarray:
    """Return which examples to hold out, shape (examples,): every fifth of each intent that has three or more."""
    seen: dict[str, int] = {}
    held_out = np.zeros(len(intents), dtype=bool)
    for index, intent in enumerate(intents):
        seen[intent] = seen.get(intent, 0) + 1
        held_out[index] = seen[intent] % HELD_OUT_OF == LEAST_TO_HOLD_OUT
    return held_out


def ranking(names: Sequence[str], shares: np.ndarray) -> dict[str, Any]:
    """Return probabilities as Rasa's parse data."""
    order = np.argsort(-shares)
    return {"intent_ranking": [{"name": str(names[i]), "confidence": float(shares[i])} for i in order]}


PIPELINE = "pipeline"
COMPARED: dict[str, System] = {
    PIPELINE: RasaSystem("this pipeline", (ROOT / "config.yml").read_text(encoding="utf-8"), is_own=True),
    "diet": RasaSystem(f"Rasa's default: DIET, {DIET_EPOCHS} epochs", DIET.format(epochs=DIET_EPOCHS)),
    "rasa-logistic": RasaSystem("Rasa's logistic regression, char n-grams", LOGISTIC),
    "scikit-learn": ScikitSystem(),
}
ABLATIONS: dict[str, System] = {
    f"without-{part.name}": RasaSystem(
        f"without {part.title}", (ROOT / "config.yml").read_text(encoding="utf-8"), part, is_own=True
    )
    for part in PARTS
}
ON_CORPORA: dict[str, System] = {
    "needs": NeedSystem("features and classifier of this pipeline", "e5"),
    "needs-plain": NeedSystem("the same, embedding without adapter", "e5-plain"),
    "rasa-logistic": COMPARED["rasa-logistic"],
    "scikit-learn": COMPARED["scikit-learn"],
    "diet": COMPARED["diet"],
}
SYSTEMS: dict[str, System] = {**COMPARED, **ABLATIONS, **ON_CORPORA}
