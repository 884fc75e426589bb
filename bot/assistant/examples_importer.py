"""Reading the training files once.

Rasa reads every example file three times in a training, and hashes every example each time that two
sets are merged: half a minute for ten thousand examples. Named under ``importers`` in config.yml.
"""

from __future__ import annotations

import functools
import hashlib
from typing import Any, Optional

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


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


class ExamplesImporter(RasaFileImporter):
    """Rasa's own importer of files, which remembers the examples that it has read."""

    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """Return the examples of all files."""
        return self._examples

    @functools.cached_property
    def _examples(self) -> TrainingData:
        read = super().get_nlu_data()
        read.training_examples = [Example(data=example.data) for example in read.training_examples]
        return read
