"""Copies of a sentence as people type it: without diacritics, in Latin letters, with slips.

Used to train the embedding's adapter and to measure by style. Each function takes its source of
randomness, so that a run can be repeated.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

from bot.languages import Language

Noise = Callable[[str, random.Random], str]

# Habits of typing Russian on a Latin keyboard: as English speakers do, as in Latvian schools
# (then without diacritics), and as in chats. Letters not listed are as in ``_LATIN``.
_LATIN = dict(zip("абвгдезиклмнопрстуфэы", "abvgdeziklmnoprstufei", strict=True))
_LATIN |= {"ъ": "", "ь": "", "ё": "e", "й": "i"}
_HABITS: tuple[dict[str, tuple[str, ...]], ...] = (
    {"ж": ("zh",), "х": ("kh", "h"), "ц": ("ts",), "ч": ("ch",), "ш": ("sh",),
     "щ": ("shch", "sch", "sh"), "ю": ("yu",), "я": ("ya",), "й": ("y", "i"), "ё": ("yo", "e"),
     "ы": ("y",), "е": ("e", "ye")},
    {"ж": ("z", "ž"), "х": ("h",), "ц": ("c",), "ч": ("c", "č", "ch"), "ш": ("s", "š", "sh"),
     "щ": ("sc", "sch", "š"), "ю": ("ju",), "я": ("ja",), "й": ("j",), "ё": ("jo", "e"),
     "ы": ("i", "y"), "е": ("e", "je")},
    {"ж": ("j", "zh", "g"), "х": ("x", "h"), "ц": ("c", "ts"), "ч": ("4", "ch"),
     "ш": ("w", "6", "sh"), "щ": ("sh", "w"), "ю": ("u", "y", "ju"), "я": ("ja", "ia", "9", "q"),
     "й": ("i", "j"), "ё": ("e", "o"), "ы": ("bI", "i", "y"), "ь": ("'", "")},
)  # fmt: skip

_DOUBLED = {"ā": "aa", "ē": "ee", "ī": "ii", "ū": "uu", "š": "sh", "č": "ch", "ž": "zh",
            "ģ": "gj", "ķ": "kj", "ļ": "lj", "ņ": "nj"}  # fmt: skip

_KEYBOARDS = ("qwertyuiop asdfghjkl zxcvbnm", "йцукенгшщзхъ фывапролджэ ячсмитьбю")
_WORD = re.compile(r"\S+")


def without_diacritics(text: str, _: random.Random) -> str:
    """Return the text with no diacritics on Latin letters; Cyrillic stays."""
    return "".join(_bare(letter) for letter in text)


def some_diacritics(text: str, source: random.Random) -> str:
    """Return the text with about half of its diacritics gone, word by word."""
    return _WORD.sub(lambda word: word[0] if source.random() < 0.5 else without_diacritics(word[0], source), text)


def doubled_letters(text: str, source: random.Random) -> str:
    """Return Latvian with long vowels doubled and digraphs for the soft and hushing letters."""
    soft = source.random() < 0.3
    out = []
    for letter in text:
        double = _DOUBLED.get(letter.lower())
        if double is None or (double.endswith("j") and not soft):
            out.append(_bare(letter))
        else:
            out.append(double.capitalize() if letter.isupper() else double)
    return "".join(out)


def in_latin_letters(text: str, source: random.Random) -> str:
    """Return Russian in Latin letters, by one person's habit throughout the text."""
    habit = _LATIN | {letter: source.choice(options) for letter, options in source.choice(_HABITS).items()}
    out = []
    for letter in text:
        latin = habit.get(letter.lower(), letter)
        out.append(latin.capitalize() if letter.isupper() and letter.lower() in habit else latin)
    return "".join(out)


def mistyped(text: str, source: random.Random) -> str:
    """Return the text with about one slip of the finger in 20 letters, and at least one."""
    letters = list(text)
    for _ in range(max(1, round(len(letters) / 20 * source.uniform(0.5, 1.5)))):
        if len(letters) < 4:
            break
        at = source.randrange(1, len(letters) - 1)
        slip = source.random()
        if slip < 0.35:
            letters[at] = source.choice(_neighbours(letters[at]) or [letters[at]])
        elif slip < 0.6:
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif slip < 0.85:
            del letters[at]
        else:
            letters.insert(at, letters[at])
    return "".join(letters)


def careless(text: str, source: random.Random) -> str:
    """Return the text in small letters, with no marks or hardly any."""
    lower = text.lower()
    return re.sub(r"[^\w\s]", "" if source.random() < 0.7 else " ", lower).strip() or text


def words_dropped(text: str, source: random.Random) -> str:
    """Return a text of six words or more with about one in eight left out."""
    words = text.split()
    if len(words) < 6:
        return text
    return " ".join(word for word in words if source.random() > 0.12) or text


SPELLING: dict[Language, tuple[Noise, ...]] = {
    "lv": (without_diacritics, without_diacritics, some_diacritics, doubled_letters),
    "ru": (in_latin_letters,),
    "en": (careless,),
}


def as_typed(text: str, language: Language, source: random.Random) -> str:
    """Return a copy of a sentence with one or more of the ways of typing, drawn at random."""
    noisy = text
    if source.random() < 0.65:
        noisy = source.choice(SPELLING[language])(noisy, source)
    if source.random() < 0.4:
        noisy = mistyped(noisy, source)
    if source.random() < 0.4:
        noisy = careless(noisy, source)
    if source.random() < 0.3:
        noisy = words_dropped(noisy, source)
    return noisy


def _bare(letter: str) -> str:
    plain = unicodedata.normalize("NFD", letter)[0]
    return plain if plain.isascii() else letter


def _neighbours(letter: str) -> list[str]:
    for keyboard in _KEYBOARDS:
        at = keyboard.find(letter.lower())
        if at >= 0 and letter != " ":
            return [key for key in keyboard[max(at - 1, 0) : at + 2] if key not in (letter.lower(), " ")]
    return []
