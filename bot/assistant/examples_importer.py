"""Reading the training files once, and fast.

Rasa reads every example file three times in a training, with a YAML parser written in Python, once more for its
schema, and hashes every example each time that two sets are merged: half a minute for ten thousand examples.
Named under ``importers`` in config.yml.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any, Optional, Union

import yaml
from rasa.shared.constants import LATEST_TRAINING_DATA_FORMAT_VERSION
from rasa.shared.data import get_data_files
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Example(Message):
    """A training example that is known by its text and intent, whatever is computed from it later.

    Rasa hashes all that a message holds, vectors included, to drop duplicates and to name results
    in its cache; duplicates are told by text and intent as well, and the cache is not used.
    """

    @functools.cached_property
    def _digest(self) -> str:
        return hashlib.md5(f"{self.get(INTENT)}\0{self.get(TEXT)}".encode(), usedforsecurity=False).hexdigest()

    def fingerprint(self) -> str:
        """Return a digest of text and intent."""
        return self._digest

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Example) and self._digest == other._digest

    def __deepcopy__(self, memo: dict[int, Any]) -> Example:
        return Example(data=dict(self.data), features=list(self.features))


def plain_examples(path: str) -> list[Example] | None:
    """Return the examples of a file; None where it holds anything else, which Rasa must read.

    A mistake is left to Rasa too: it says what is wrong. So are examples with entities.
    """
    text = Path(path).read_text(encoding="utf-8")
    try:
        content = yaml.load(text, _Loader)
    except yaml.YAMLError:
        return None
    if not isinstance(content, dict) or set(content) != {"version", "nlu"} or "](" in text or "]{" in text:
        return None
    if content["version"] != LATEST_TRAINING_DATA_FORMAT_VERSION or not isinstance(content["nlu"], list):
        return None
    examples = []
    for item in content["nlu"]:
        if not isinstance(item, dict) or set(item) != {"intent", "examples"}:
            return None
        intent, lines = item["intent"], item["examples"]
        if not (isinstance(intent, str) and intent and isinstance(lines, str) and lines):
            return None
        texts = [line.strip() for line in lines.splitlines() if line.strip()]
        if not all(line.startswith("-") and line[1:].strip() for line in texts):
            return None
        examples += [Example(data={TEXT: line[1:].strip(), INTENT: intent}) for line in texts]
    return examples


class ExamplesImporter(RasaFileImporter):
    """Rasa's own importer of files, which reads examples by itself and remembers them."""

    def __init__(
        self,
        config_file: Optional[str] = None,
        domain_path: Optional[str] = None,
        training_data_paths: Optional[Union[list[str], str]] = None,
    ) -> None:
        read = {path: plain_examples(path) for path in get_data_files(training_data_paths, lambda path: True)}
        self._plain = [example for examples in read.values() for example in examples or []]
        super().__init__(config_file, domain_path, [path for path, examples in read.items() if examples is None])

    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """Return the examples of all files."""
        return self._examples

    @functools.cached_property
    def _examples(self) -> TrainingData:
        read = super().get_nlu_data()
        others = [Example(data=example.data) for example in read.training_examples]
        read.training_examples = list(dict.fromkeys([*self._plain, *others]))
        return read
