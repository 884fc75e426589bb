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


NOM, GEN, DAT, ACC, INS, LOC = (
    Case.NOMINATIVE, Case.GENITIVE, Case.DATIVE, Case.ACCUSATIVE, Case.INSTRUMENTAL, Case.LOCATIVE,
)  # fmt: skip

Form = tuple[Case, str]

# Latvian: ending → what stands in its place in each case.
_LATVIAN: tuple[tuple[str, dict[Case, str]], ...] = (
    ("pils", {NOM: "pils", GEN: "pils", DAT: "pilij", ACC: "pili", LOC: "pilī"}),
    ("cēsis", {NOM: "cēsis", GEN: "cēsu", DAT: "cēsīm", ACC: "cēsis", LOC: "cēsīs"}),
    ("us", {NOM: "us", GEN: "us", DAT: "um", ACC: "u", LOC: "ū"}),
    ("as", {NOM: "as", GEN: "u", DAT: "ām", ACC: "as", LOC: "ās"}),
    ("es", {NOM: "es", GEN: "u", DAT: "ēm", ACC: "es", LOC: "ēs"}),
    ("is", {NOM: "is", GEN: "a", DAT: "im", ACC: "i", LOC: "ī"}),
    ("š", {NOM: "š", GEN: "a", DAT: "am", ACC: "u", LOC: "ā"}),
    ("s", {NOM: "s", GEN: "a", DAT: "am", ACC: "u", LOC: "ā"}),
    ("a", {NOM: "a", GEN: "as", DAT: "ai", ACC: "u", LOC: "ā"}),
    ("e", {NOM: "e", GEN: "es", DAT: "ei", ACC: "i", LOC: "ē"}),
    ("i", {NOM: "i", GEN: "u", DAT: "iem", ACC: "us", LOC: "os"}),
    ("o", {NOM: "o", GEN: "o", DAT: "o", ACC: "o", LOC: "o"}),
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
    return [(NOM, name)]


def genitive(name: str) -> str:
    """Return the Latvian genitive, which the names of municipalities are made of: ``Tukums`` → ``Tukuma``."""
    return next((form for case, form in latvian_forms(name) if case is GEN), name)


def russian_forms(name: str) -> list[Form]:
    """Return the cases of a name in Cyrillic, with the undeclined form in each of them."""
    forms = [(NOM, name), *((case, form) for case, form in _russian_cases(name))]
    undeclined = [(case, name) for case in (GEN, DAT, ACC, LOC)]
    return [*forms, *undeclined] if name[-1] in "еиоуыэ" else forms


def short_genitive(name: str) -> str | None:
    """Return the genitive without an ending of a name in the plural: ``Балвы`` → ``Балв``; None where it has none."""
    stem = name[:-1]
    return stem if name[-1] in "иы" and len(stem) >= 4 and stem[-1] not in VOWELS_RU else None


def _russian_cases(name: str) -> Iterator[Form]:
    stem, last = name[:-1], name[-1]
    if last == "а":
        yield GEN, stem + ("и" if stem[-1] in HUSHING_RU else "ы")
        yield from ((DAT, stem + "е"), (LOC, stem + "е"), (ACC, stem + "у"), (INS, stem + "ой"))
    elif last == "я":
        yield from ((GEN, stem + "и"), (DAT, stem + "е"), (LOC, stem + "е"), (ACC, stem + "ю"), (INS, stem + "ей"))
    elif last in "иы":
        soft = "я" if last == "и" and stem[-1] not in HUSHING_RU else "а"
        for vowel in {soft, "а"}:
            yield from ((LOC, stem + vowel + "х"), (DAT, stem + vowel + "м"), (INS, stem + vowel + "ми"))
        yield from ((GEN, stem + "ей"), (GEN, stem + "ов"), (GEN, stem + "ев"))
        if name.endswith("ны"):
            yield GEN, stem  # из Вилян
    elif last == "е" and len(name) > 5 and stem[-1] not in VOWELS_RU:
        # Not standard, but said: из Добели, в Огру.
        yield from ((GEN, stem + ("и" if stem[-1] in HUSHING_RU + "л" else "ы")), (ACC, stem + "у"))
    elif last == "ь":
        yield from ((GEN, stem + "и"), (LOC, stem + "и"), (DAT, stem + "и"), (INS, stem + "ью"))
    elif last not in VOWELS_RU:
        yield from ((GEN, name + "а"), (DAT, name + "у"), (INS, name + "ом"), (LOC, name + "е"))
        if name.endswith("лс"):
            yield from ((GEN, name[:-1] + "я"), (LOC, name[:-1] + "е"))  # в Вентспиле


# In -ck after т, since ts folds to c: «бабитский».
_ADJECTIVE_ENDING = re.compile(r"(?<=[sc]k)(?:i|ogo|ovo|omu|im|om|aia|oi|uiu|oe|ie|ih)$|(?<=ск)(?:ий)$")


def adjective_stem(word: str) -> str:
    """Return an adjective in -ский, in Cyrillic or folded, without its ending: ``rizskogo`` → ``rizsk``."""
    return _ADJECTIVE_ENDING.sub("", word)


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
    if len(word) != len(written):
        return False
    return all(a == b or strip_accents(b) == a for a, b in zip(word, written, strict=True))


def has_no_other_accent(word: str, written: str) -> bool:
    """Whether each letter with a diacritic in ``word`` is in ``written`` too, where the length differs (``Cēssis``)."""
    return {c for c in word if strip_accents(c) != c} <= {c for c in written if strip_accents(c) != c}


def folded_spellings(form: str) -> set[str]:
    """Return the folded spellings of a form: as it is, with soft consonants written out, with *je* for *е*."""
    lower = form.lower()
    spellings = {fold(lower), fold(lower.translate(_SOFT))}
    if _E_AS_JE.search(lower):
        spellings.add(fold(_E_AS_JE.sub("йе", lower)))
    return spellings - {""}
