"""The forms in which a place is written: Latvian and Russian cases, adjectives, folded spellings.

Latvian names decline by their ending (Latviešu valodas gramatika, 2013, chapter on declensions);
Russian ones likewise, where people also leave them undeclined or truncate them. The forms are for
recognising, so a form that some people say wrongly is as welcome as the right one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from bot.nlu.fold import fold, strip_accents

VOWELS_RU = "аеёиоуыэюя"
HUSHING_RU = "гкхжшщч"


class Case(str, Enum):
    """The cases that matter for reading: where one is, where one is from, where one goes."""

    NOMINATIVE = "nominative"
    GENITIVE = "genitive"
    DATIVE = "dative"
    ACCUSATIVE = "accusative"
    INSTRUMENTAL = "instrumental"
    LOCATIVE = "locative"  # the prepositional in Russian
    ADJECTIVE = "adjective"


N, G, D, A, I, L = (
    Case.NOMINATIVE, Case.GENITIVE, Case.DATIVE, Case.ACCUSATIVE, Case.INSTRUMENTAL, Case.LOCATIVE,
)  # fmt: skip

Form = tuple[Case, str]

# Latvian: ending → what stands in its place in each case.
_LATVIAN: tuple[tuple[str, dict[Case, str]], ...] = (
    ("pils", {N: "pils", G: "pils", D: "pilij", A: "pili", L: "pilī"}),
    ("cēsis", {N: "cēsis", G: "cēsu", D: "cēsīm", A: "cēsis", L: "cēsīs"}),
    ("us", {N: "us", G: "us", D: "um", A: "u", L: "ū"}),
    ("as", {N: "as", G: "u", D: "ām", A: "as", L: "ās"}),
    ("es", {N: "es", G: "u", D: "ēm", A: "es", L: "ēs"}),
    ("is", {N: "is", G: "a", D: "im", A: "i", L: "ī"}),
    ("š", {N: "š", G: "a", D: "am", A: "u", L: "ā"}),
    ("s", {N: "s", G: "a", D: "am", A: "u", L: "ā"}),
    ("a", {N: "a", G: "as", D: "ai", A: "u", L: "ā"}),
    ("e", {N: "e", G: "es", D: "ei", A: "i", L: "ē"}),
    ("i", {N: "i", G: "u", D: "iem", A: "us", L: "os"}),
    ("o", {N: "o", G: "o", D: "o", A: "o", L: "o"}),
)


def latvian_forms(name: str) -> list[Form]:
    """Return the cases of a Latvian name; of several words the last one declines.

    >>> latvian_forms("Cēsis")[4]
    (<Case.LOCATIVE: 'locative'>, 'Cēsīs')
    """
    for ending, cases in _LATVIAN:
        if name.lower().endswith(ending):
            stem = name[: len(name) - len(ending)]
            if not stem:  # the ending is the whole word: Cēsis
                return [(case, form.capitalize()) for case, form in cases.items()]
            return [(case, stem + form) for case, form in cases.items()]
    return [(N, name)]


def genitive(name: str) -> str:
    """Return the Latvian genitive, which the names of municipalities are made of: ``Tukums`` → ``Tukuma``."""
    return next((form for case, form in latvian_forms(name) if case is G), name)


def russian_forms(name: str) -> list[Form]:
    """Return the cases of a name in Cyrillic, with the undeclined form in each of them."""
    forms = [(N, name), *((case, form) for case, form in _russian_cases(name))]
    undeclined = [(case, name) for case in (G, D, A, L)]
    return [*forms, *undeclined] if name[-1] in "еиоуыэ" else forms


def _russian_cases(name: str) -> Iterator[Form]:
    stem, last = name[:-1], name[-1]
    if last == "а":
        yield G, stem + ("и" if stem[-1] in HUSHING_RU else "ы")
        yield from ((D, stem + "е"), (L, stem + "е"), (A, stem + "у"), (I, stem + "ой"))
    elif last == "я":
        yield from ((G, stem + "и"), (D, stem + "е"), (L, stem + "е"), (A, stem + "ю"), (I, stem + "ей"))
    elif last in "иы":
        soft = "я" if last == "и" and stem[-1] not in HUSHING_RU else "а"
        for vowel in {soft, "а"}:
            yield from ((L, stem + vowel + "х"), (D, stem + vowel + "м"), (I, stem + vowel + "ми"))
        yield from ((G, stem + "ей"), (G, stem + "ов"), (G, stem + "ев"))
    elif last == "е" and len(name) > 5 and stem[-1] not in VOWELS_RU:
        # Not standard, but said: из Добели, в Огру.
        yield from ((G, stem + ("и" if stem[-1] in HUSHING_RU + "л" else "ы")), (A, stem + "у"))
    elif last == "ь":
        yield from ((G, stem + "и"), (L, stem + "и"), (D, stem + "и"), (I, stem + "ью"))
    elif last not in VOWELS_RU:
        yield from ((G, name + "а"), (D, name + "у"), (I, name + "ом"), (L, name + "е"))
        if name.endswith("лс"):
            yield from ((G, name[:-1] + "я"), (L, name[:-1] + "е"))  # в Вентспиле


_ADJECTIVE = ("ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "ое", "ие", "их")


def adjective_forms(adjective: str) -> list[Form]:
    """Return the cases of a Russian adjective in -ский: ``рижский`` → ``рижского``, ``рижская`` …"""
    stem = adjective[:-2]
    return [(Case.ADJECTIVE, stem + ending) for ending in _ADJECTIVE]


def adjectives(name: str) -> list[str]:
    """Return the adjectives in -ский that may be made of a name in Cyrillic; more than one is in use."""
    stem = name.rstrip("аеиоуыэюяьй")
    softened = [stem + "й"] if name[-1] in "яю" and stem[-1] in VOWELS_RU else []
    if stem.endswith("г"):
        softened.append(stem[:-1] + "ж")
    made = {stem + "ский", stem + "енский", stem + "инский", *(s + "ский" for s in softened)}
    if name.endswith("я") and name[-2] in VOWELS_RU:
        made.add(name[:-1] + "йский")
    if stem.endswith("с"):
        made.add(stem[:-1] + "ский")
    return sorted(made)


_SOFT = str.maketrans({"ļ": "li", "ņ": "ni", "ķ": "ki", "ģ": "gi"})
_E_AS_JE = re.compile(r"(^|(?<=[аеёиоуыэюя]))е")


def is_spelling_of(word: str, written: str) -> bool:
    """Whether ``word`` is ``written`` with some or all of its diacritics left out, both in lower case.

    >>> is_spelling_of("rigā", "rīgā"), is_spelling_of("lūdza", "ludza")
    (True, False)
    """
    if word == written:
        return True
    return len(word) == len(written) and all(a == b or strip_accents(b) == a for a, b in zip(word, written))


def has_no_other_accent(word: str, written: str) -> bool:
    """Whether each letter with a diacritic in ``word`` is in ``written`` too, for words of other length (``Cēssis``)."""
    return {c for c in word if strip_accents(c) != c} <= {c for c in written if strip_accents(c) != c}


def folded_spellings(form: str) -> set[str]:
    """Return the folded spellings of a form: as it is, with soft consonants written out, with *je* for *е*."""
    lower = form.lower()
    spellings = {fold(lower), fold(lower.translate(_SOFT))}
    if _E_AS_JE.search(lower):
        spellings.add(fold(_E_AS_JE.sub("йе", lower)))
    return spellings - {""}
