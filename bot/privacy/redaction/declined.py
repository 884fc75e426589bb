"""The cases of given names: people write of others, and to others, in every case."""

from __future__ import annotations

# What stands in the place of the last letters of the first case; the longest ending that fits counts.
# Latvian by the five common declensions of names, Russian by the two; softened consonants fold into plain ones.
_LATVIAN = {
    "is": ("i", "a", "im", "ī"),
    "us": ("u", "um", "ū"),
    "s": ("", "a", "am", "u", "ā"),
    "š": ("", "a", "am", "u", "ī"),
    "a": ("as", "ai", "u", "ā"),
    "e": ("es", "ei", "i", "ē"),
}
_RUSSIAN = {
    "ия": ("ии", "ию", "ией"),
    "й": ("я", "ю", "ем", "е"),
    "ь": ("я", "ю", "ем", "е", "и", "ью"),
    "а": ("ы", "и", "е", "у", "ой", "ою", "ей"),
    "я": ("и", "е", "ю", "ей"),
}
_RUSSIAN_CONSONANT = ("а", "у", "ом", "ем", "е")
_VOWELS = "aeiouāēīūyаеёиоуыэюя"


def forms(name: str) -> set[str]:
    """Return a given name and its cases, as they are spelt: *Jānis*, *Jāni*, *Jānim*; *Роза*, *Розу*, *Розой*."""
    lower = name.lower()
    is_cyrillic = any("а" <= letter <= "я" or letter == "ё" for letter in lower)
    for ending, others in (_RUSSIAN if is_cyrillic else _LATVIAN).items():
        if lower.endswith(ending) and len(lower) > len(ending) + 1:
            stem = lower[: -len(ending)]
            return {lower, *(stem + other for other in others)}
    if is_cyrillic and lower[-1] not in _VOWELS:
        return {lower, *(lower + ending for ending in _RUSSIAN_CONSONANT)}
    return {lower}
