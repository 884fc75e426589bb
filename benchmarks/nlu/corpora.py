"""Public corpora, from a folder that is given: read, learnt from and judged, never kept.

Tilde's NLU data sets (Balodis and Deksne 2019, Information 10(5):161; after Braun et al. 2017) in Latvian,
Russian and English; Tilde's FNLU (messages of Estonian public-sector users); CLINC150, small (Larson et al. 2019,
EMNLP). Nothing of the product learns from them.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.nlu.examples import Example
from bot.evaluation.intents import Judged, judge
from bot.languages import LANGUAGES

if TYPE_CHECKING:
    from benchmarks.nlu.systems import System

TILDE, FNLU, CLINC = "tilde-nlu-datasets", "tilde-fnlu", "clinc150"
OUT_OF_SCOPE = "oos"
TEST_OF = 5
LARGE = 5000


@dataclass(frozen=True)
class Corpus:
    """Labelled messages of somebody else, to learn from and to be judged on."""

    name: str
    training: list[Example]
    test: list[Example]

    @property
    def is_large(self) -> bool:
        """Whether a neural network takes hours on it here."""
        return len(self.training) > LARGE


def read_corpora(folder: Path) -> Iterator[Corpus]:
    """Yield the corpora that stand in a folder; what is missing there is left out.

    Tilde's and CLINC's have a test part of their own. FNLU has none: every fifth message of each intent is kept.
    """
    for part in sorted((folder / TILDE).glob("*.train.jsonl")):
        corpus, language, *_ = part.name.split(".")
        if language in LANGUAGES:
            other = part.with_name(f"{corpus}.{language}.test.jsonl")
            yield Corpus(f"{corpus}.{language}", _read(part, language), _read(other, language))
    for file in sorted((folder / FNLU).glob("*.jsonl")):
        yield _divided(f"fnlu-{file.stem}", _read(file, "et"))
    clinc = folder / CLINC
    if clinc.is_dir():
        training = _read(clinc / "data_small.train.jsonl", "en") + _read(clinc / "data_small.oos_train.jsonl", "en")
        test = _read(clinc / "data_small.test.jsonl", "en") + _read(clinc / "data_small.oos_test.jsonl", "en")
        yield Corpus("clinc150-small", training, test)


def _read(file: Path, language: str) -> list[Example]:
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    # A slash within the name of an intent means something to Rasa.
    return [Example(row["text"], re.sub(r"\W+", "_", row["intent"]), language) for row in rows]


def _divided(name: str, examples: Sequence[Example]) -> Corpus:
    seen: dict[str, int] = {}
    training: list[Example] = []
    test: list[Example] = []
    for example in examples:
        seen[example.intent] = seen.get(example.intent, 0) + 1
        (training if seen[example.intent] % TEST_OF else test).append(example)
    return Corpus(name, training, test)


def measure_corpus(system: System, corpus: Corpus, folder: Path) -> dict[str, Any]:
    """Train a system on a corpus and judge it on the corpus's test part.

    Args:
        system: what learns.
        corpus: what from.
        folder: for the model.

    Returns:
        Figures as tables show them, with the CPU time of training in seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    started = time.process_time()
    system.train(corpus.training, folder)
    cpu_s = time.process_time() - started
    parse = system.load(folder)
    judged = judge(({"text": one.text, "intent": one.intent} for one in corpus.test), parse)
    return {
        "intents": len({example.intent for example in corpus.training}),
        "training": len(corpus.training),
        "test": len(corpus.test),
        **figures(judged),
        "cpu_s": round(cpu_s, 1),
    }


def figures(judged: Sequence[Judged]) -> dict[str, float]:
    """Return the accuracy; with messages out of scope, that of the others and the recall of these too."""
    outside = [one for one in judged if one.expected == OUT_OF_SCOPE]
    inside = [one for one in judged if one.expected != OUT_OF_SCOPE]
    found = {"accuracy": _share(judged)}
    if outside:
        found |= {"in_scope_accuracy": _share(inside), "out_of_scope_recall": _share(outside)}
    return found


def _share(judged: Sequence[Judged]) -> float:
    return round(sum(one.right for one in judged) / len(judged), 4) if judged else 0.0
