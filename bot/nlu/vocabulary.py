"""The words and letters of the languages, ready to use.

They are built from the project's data in some seconds and kept beside the models, so that a
start takes a fraction of one; after a change of the data they are built anew.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import logging
import os
import tempfile
import zipfile
from array import array
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.languages import LANGUAGES, Language
from bot.nlu import corpus, letters, lexicon, lexicons, place_forms, spelling
from bot.nlu.letters import LetterModel
from bot.nlu.lexicon import Lexicon, WordPairs
from bot.nlu.lexicons import PLACE_FILES, build_letters, build_lexicons
from bot.settings import ROOT

logger = logging.getLogger(__name__)
KEPT = 3  # those of older data, to go back to


@dataclass(frozen=True)
class Vocabulary:
    """What is known of the words of the languages.

    Attributes:
        lexicons: words with their frequencies.
        letters: which letters follow which, for words in no list.
    """

    lexicons: dict[Language, Lexicon]
    letters: dict[Language, LetterModel]


@functools.lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the vocabulary of the project's data."""
    return vocabulary_in(ROOT / "models" / "vocabulary" / f"{_digest()}.npz")


def vocabulary_in(file: Path) -> Vocabulary:
    """Return the vocabulary kept in a file; where there is none, or a damaged one, build and keep it.

    Older ones beside it are removed, but a few. Where the folder can't be written to, it is built at every start.
    """
    try:
        return load(file)
    except FileNotFoundError:
        logger.info("Building the word lists; this takes some seconds and is done once.")
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        logger.warning("%s can't be read (%s) and is built anew.", file, error)
    built = Vocabulary(build_lexicons(), build_letters())
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        save(built, file)
        newest_first = sorted(file.parent.glob("*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in newest_first[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("The word lists can't be kept in %s (%s): every start takes some seconds more.", file, error)
    return built


def save(words: Vocabulary, file: Path) -> None:
    """Write a vocabulary, all or nothing."""
    arrays: dict[str, np.ndarray] = {}
    for language in LANGUAGES:
        lex, model = words.lexicons[language], words.letters[language]
        arrays[f"{language}.keys"] = _text("\n".join(lex.shelved))
        arrays[f"{language}.words"] = _text(lex.letters)
        arrays[f"{language}.logs"] = np.array(lex.logs, dtype=np.float32)
        for name, numbers in _numbers(lex).items():
            arrays[f"{language}.{name}"] = np.array(numbers, dtype=np.uint32)
        counts = np.frombuffer(model.counts, dtype=np.uint16)
        arrays[f"{language}.ngrams"] = np.flatnonzero(counts).astype(np.uint32)
        arrays[f"{language}.ngram_counts"] = counts[counts > 0]
        arrays[f"{language}.letters"] = _text("".join(model.letters))
        arrays[f"{language}.letter_counts"] = np.array(list(model.letters.values()), dtype=np.uint32)
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
        np.savez(part, **arrays)
    os.chmod(part.name, 0o644)  # who runs the assistant need not be who trained it
    os.replace(part.name, file)


def load(file: Path) -> Vocabulary:
    """Read a vocabulary that :func:`save` wrote.

    Raises:
        FileNotFoundError: there is none.
        OSError, ValueError, KeyError, zipfile.BadZipFile: the file is damaged.
    """
    with np.load(file, allow_pickle=False) as arrays:
        return Vocabulary(
            {language: _lexicon(arrays, language) for language in LANGUAGES},
            {language: _letter_model(arrays, language) for language in LANGUAGES},
        )


def _numbers(lex: Lexicon) -> dict[str, array[int]]:
    pairs = lex.pairs
    return {
        "first": lex.first,
        "ends": lex.ends,
        "pairs": pairs.pairs,
        "counts": pairs.counts,
        "before": pairs.words,
        "totals": pairs.totals,
        "kinds": pairs.kinds,
    }


def _lexicon(arrays: np.lib.npyio.NpzFile, language: Language) -> Lexicon:
    def numbers(name: str) -> array[int]:
        return array("I", arrays[f"{language}.{name}"].tobytes())

    return Lexicon(
        _string(arrays[f"{language}.keys"]).split("\n"),
        numbers("first"),
        _string(arrays[f"{language}.words"]),
        numbers("ends"),
        array("f", arrays[f"{language}.logs"].tobytes()),
        WordPairs(numbers("pairs"), numbers("counts"), numbers("before"), numbers("totals"), numbers("kinds")),
    )


def _letter_model(arrays: np.lib.npyio.NpzFile, language: Language) -> LetterModel:
    counts = np.zeros(letters.BUCKETS, dtype=np.uint16)
    counts[arrays[f"{language}.ngrams"]] = arrays[f"{language}.ngram_counts"]
    single = zip(_string(arrays[f"{language}.letters"]), arrays[f"{language}.letter_counts"].tolist(), strict=True)
    return LetterModel(array("H", counts.tobytes()), dict(single))


def _text(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _string(text: np.ndarray) -> str:
    return text.tobytes().decode()


def _digest() -> str:
    """Return a digest of all that the vocabulary is made of: data, the list of words, this code."""
    sha = hashlib.sha256(corpus.digest().encode())
    sha.update(importlib.metadata.version("wordfreq").encode())
    code = [module.__file__ for module in (letters, lexicon, lexicons, place_forms, spelling)]
    for file in [*(corpus.DATA / "directory" / name for name in PLACE_FILES), *(Path(path) for path in code if path)]:
        if file.exists():
            sha.update(file.read_bytes())
    return sha.hexdigest()[:16]
