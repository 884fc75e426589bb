"""How words are really typed: keys under which all spellings of a word meet.

A key is coarse (``bērnudārzs``, ``bernudarzs`` and ``beernudaarzs`` share one); a sound form is
finer and tells the candidates of one key apart. A typed word may have several readings, since
one letter stands for different sounds in different habits: ``j`` in Russian is й, ж or ь.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.nlu.fold import strip_accents


@dataclass(frozen=True)
class Reading:
    """One way to read a typed word: its sound form and the key made of that."""

    sounds: str
    key: str


_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_DOUBLED = re.compile(r"(.)\1+")


def is_cyrillic(word: str) -> bool:
    """Tell whether a word holds Cyrillic letters."""
    return _CYRILLIC.search(word) is not None


# --- Latvian -----------------------------------------------------------------------------------

_LATVIAN_DIGRAPHS = (
    ("aa", "ā"), ("ee", "ē"), ("ii", "ī"), ("uu", "ū"), ("sh", "š"), ("zh", "ž"), ("ch", "č"),
    ("w", "v"), ("q", "k"), ("x", "ks"), ("y", "i"),
)  # fmt: skip
_LATVIAN_SOFT = (("lj", "ļ"), ("nj", "ņ"), ("gj", "ģ"), ("kj", "ķ"))
_SOFT_DIGRAPH = re.compile(r"[lngk]j")
_LATVIAN_FROM_CYRILLIC = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "jo", "ж": "ž", "з": "z",
    "и": "i", "й": "j", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "č", "ш": "š", "щ": "šč",
    "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "ju", "я": "ja",
})  # fmt: skip


def latvian_readings(word: str) -> list[Reading]:
    """Return how a typed word in lower case may be read as Latvian."""
    if is_cyrillic(word):
        plain = word.translate(_LATVIAN_FROM_CYRILLIC)
        forms = [plain]
        if "ja" in plain or "ju" in plain:
            forms.append(re.sub(r"(?<=[lnkg])j(?=[au])", "", plain))
        return [Reading(form, latvian_key(form)) for form in forms]
    merged = _replace(word, _LATVIAN_DIGRAPHS)
    readings = [Reading(merged, latvian_key(merged))]
    if _SOFT_DIGRAPH.search(merged):
        soft = _replace(merged, _LATVIAN_SOFT)
        readings.append(Reading(soft, latvian_key(soft)))
    return readings


def latvian_key(word: str) -> str:
    """Return the key of a Latvian word in standard spelling, lower case."""
    return _DOUBLED.sub(r"\1", strip_accents(word))


# --- Russian -----------------------------------------------------------------------------------

# Sound forms of Russian: C ч, S ш, W щ, Z ж, A я, U ю, O ё, x х, y ы, ' ь and ъ; else as usual.
_SOUND_OF_LETTER = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "O", "ж": "Z", "з": "z",
    "и": "i", "й": "j", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x", "ц": "c", "ч": "C", "ш": "S", "щ": "W",
    "ъ": "'", "ы": "y", "ь": "'", "э": "e", "ю": "U", "я": "A",
})  # fmt: skip
_RUSSIAN_DIGRAPHS = (
    ("shch", "W"), ("sch", "W"), ("šč", "W"), ("shh", "W"), ("shc", "W"), ("tsch", "C"), ("tch", "C"),
    ("sh", "S"), ("š", "S"), ("ch", "C"), ("č", "C"), ("zh", "Z"), ("ž", "Z"), ("kh", "x"), ("ts", "c"),
    ("ja", "A"), ("ya", "A"), ("ia", "A"), ("q", "A"), ("ju", "U"), ("yu", "U"), ("iu", "U"),
    ("jo", "O"), ("yo", "O"), ("io", "O"), ("je", "e"), ("ye", "e"),
    ("h", "x"), ("w", "v"), ("ph", "f"),
)  # fmt: skip
_LETTERS_IN_DIGITS = str.maketrans({"4": "C", "6": "S", "3": "z", "0": "o", "9": "A"})
_SOFT_J = re.compile(r"(?<=[bcdfghklmnprstvzxCSWZ])[jy](?=[bcdfghklmnprstvzxCSWZ]|$)")
_APOSTROPHE = re.compile(r"['’`´]")


def russian_readings(word: str) -> list[Reading]:
    """Return how a typed word in lower case may be read as Russian, likeliest first."""
    if is_cyrillic(word):
        sounds = russian_sounds(strip_accents(word))
        return [Reading(sounds, _key_of_sounds(sounds))]
    typed = _APOSTROPHE.sub("'", word)
    forms = [typed]
    if "j" in typed or "y" in typed:
        # Russian has no й after a consonant: there j is a soft sign (or ж, or y is ы).
        soft = _SOFT_J.sub("'", typed)
        forms = [soft, typed] if "j" in typed else [typed, soft]
        if "j" in typed:
            forms.append(typed.replace("j", "Z"))
    if "w" in typed:
        forms.append(typed.replace("w", "S"))
    if "x" in typed:
        forms.append(typed.replace("x", "ks"))
    if "h" in typed:
        forms.append(re.sub(r"(?<![sczktj])h", "g", typed))
    if "c" in typed:
        forms.append(re.sub(r"c(?!h)", "k", typed))
        forms.append(re.sub(r"c(?!h)", "s", typed))
        forms.append(re.sub(r"c(?!h)", "C", typed))
    if "g" in typed:
        forms.append(typed.replace("g", "Z"))
    if "q" in typed:
        forms.append(typed.replace("q", "k"))
    readings: list[Reading] = []
    seen: set[str] = set()
    for form in forms:
        plain = _without_accents(_replace(form, _RUSSIAN_DIGRAPHS))
        sounds = _affricates_joined(plain.translate(_LETTERS_IN_DIGITS))
        for key in _keys_of_sounds(sounds):
            if key not in seen:
                seen.add(key)
                readings.append(Reading(sounds, key))
    return readings


def _without_accents(sounds: str) -> str:
    """Return a sound form without the diacritics of Latvian habits (``ā``, ``ū``)."""
    return sounds if sounds.isascii() else strip_accents(sounds)


def russian_sounds(word: str) -> str:
    """Return the sound form of a Russian word in standard spelling, lower case."""
    return _affricates_joined(word.translate(_SOUND_OF_LETTER))


def _affricates_joined(sounds: str) -> str:
    return sounds.replace("t's", "c").replace("ts", "c") if "t" in sounds else sounds


def russian_key(word: str) -> str:
    """Return the key of a Russian word in standard spelling, lower case."""
    return _key_of_sounds(russian_sounds(word))


_COARSE = str.maketrans(
    {
        "A": "a",
        "U": "u",
        "O": "e",
        "C": "c",
        "S": "s",
        "W": "s",
        "Z": "z",
        "x": "h",
        "y": "i",
        "j": "i",
        "'": None,
        "-": None,
    }
)
_PALATAL = re.compile(r"i+(?=[aeou])")


def _key_of_sounds(sounds: str) -> str:
    coarse = sounds.translate(_COARSE)
    coarse = coarse.replace("sh", "s").replace("zh", "z").replace("ch", "c").replace("kh", "h").replace("ts", "c")
    return _DOUBLED.sub(r"\1", _PALATAL.sub("", coarse))


def _keys_of_sounds(sounds: str) -> list[str]:
    keys = [_key_of_sounds(sounds)]
    if "O" in sounds:
        keys.append(_key_of_sounds(sounds.replace("O", "io")))
    return keys


def differs_in_ending(key: str, other: str) -> bool:
    """Tell whether two keys differ only within their last two letters, as forms of one word do."""
    shared = min(len(key), len(other)) - 2 + (len(key) != len(other))
    return shared >= 2 and key[:shared] == other[:shared]


def _replace(word: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for typed, letter in pairs:
        if typed in word:
            word = word.replace(typed, letter)
    return word
