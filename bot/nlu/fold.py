"""Folding: one spelling for the many ways in which people write the same sounds.

For character n-grams and for looking up names; never for the sentence embedding, which reads
standard spelling.
"""

from __future__ import annotations

import re
import unicodedata

# Cyrillic as it is most often typed in Latin letters.
CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "z", "з": "z",
    "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "c", "ш": "s", "щ": "s",
    "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip

# Digraphs that stand for one sound, in Latvian without diacritics and in Russian in Latin letters.
DIGRAPHS = (
    ("shch", "s"), ("sch", "s"), ("sh", "s"), ("zh", "z"), ("ch", "c"), ("kh", "h"), ("ts", "c"),
    ("yu", "iu"), ("ju", "iu"), ("ya", "ia"), ("ja", "ia"), ("yo", "e"), ("jo", "e"), ("ye", "e"),
    ("w", "v"), ("x", "h"), ("y", "i"), ("j", "i"),
)  # fmt: skip

# Signs that stand for letters of Russian in Latin letters: an apostrophe for ь, 4 for ч, 6 for ш.
# A number before a word (``4 klases``, ``6 klassov``) stays one.
_APOSTROPHE = re.compile(r"(?<=\w)['’`´]")
_FOUR = re.compile(r"(?<=[^\W\d_])4(?=[^\W\d_])|\b4(?=[aeitu][^\W\d_])")
_SIX = re.compile(r"(?<=[^\W\d_])6(?=[^\W\d_])|\b6(?=[aeiou][^\W\d_])")

_DOUBLED = re.compile(r"(.)\1+")
_NOT_WORD = re.compile(r"[^\w\s]+")
_SPACE = re.compile(r"\s+")


def strip_accents(text: str) -> str:
    """Return ``text`` without diacritics: ``bērnudārzs`` → ``bernudarzs``; Cyrillic й and ё stay."""
    kept = text.replace("й", "\0").replace("Й", "\1")
    plain = "".join(c for c in unicodedata.normalize("NFD", kept) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", plain).replace("\0", "й").replace("\1", "Й")


def fold(text: str) -> str:
    """Return ``text`` in one plain spelling: lower case, no accents, Latin letters, no doubled letters."""
    plain = strip_accents(text.lower())
    plain = "".join(CYRILLIC.get(c, c) for c in plain)
    plain = _APOSTROPHE.sub("", plain)
    plain = _SIX.sub("s", _FOUR.sub("c", plain))
    plain = _NOT_WORD.sub(" ", plain)
    for digraph, letter in DIGRAPHS:
        if digraph in plain:
            plain = plain.replace(digraph, letter)
    plain = _DOUBLED.sub(r"\1", plain)
    return _SPACE.sub(" ", plain).strip()
