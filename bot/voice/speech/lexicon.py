"""The words of speech, read from ``data/speech/<language>.yml``: abbreviations, letters, numbers, cases."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, Extra, Field

from bot.directory.loading import parse, read_yaml
from bot.languages import Language
from bot.settings import ROOT

FOLDER = ROOT / "data" / "speech"
Forms = dict[str, str]  # case → form


class _Part(BaseModel):
    class Config:
        extra = Extra.forbid
        allow_mutation = False


class Addresses(_Part):
    """How web and e-mail addresses are read: signs, and the parts that are not read as a word."""

    at: str
    dot: str
    dash: str
    path: str
    parts: dict[str, str]


class Telephone(_Part):
    """What is a telephone number beside one of eight digits.

    Attributes:
        plus: the word for the plus sign.
        cues: words after which a number of four digits or more is a telephone number.
        short: patterns of short numbers (112, 116 123).
    """

    plus: str
    cues: list[str]
    short: list[str]


class Choices(_Part):
    """What people say to choose from a list: number words by number, and words that may stand around them."""

    numbers: dict[int, list[str]]
    around: list[str]


class Lexicon(_Part):
    """What every language has; see ``data/speech/README.md``."""

    source_line: str
    words: dict[str, str]
    addresses: Addresses
    signs: dict[str, str]
    letters: dict[str, str]
    spelling: dict[str, str]
    telephone: Telephone
    choices: Choices
    clock_cues: list[str]
    months: list[str]


class LatvianNumbers(_Part):
    """The forms of Latvian number words."""

    zero: str
    comma: str
    one: dict[str, Forms]
    three: dict[str, Forms]
    stems: list[str]
    endings: dict[str, Forms]
    teens: list[str]
    tens: list[str]
    hundreds: list[str]
    hundred: str
    thousand: Forms
    million: Forms
    hour_ending: str
    ordinal_stems: list[str]
    ordinal_hundred: str
    ordinal_thousand: str
    ordinal_endings: dict[str, Forms]


class LatvianLexicon(Lexicon):
    """Latvian: number words agree with what is counted, which its ending tells."""

    numbers: LatvianNumbers
    nouns: dict[str, list[str]]
    noun_endings: dict[str, Forms]
    prepositions: list[str]
    year: Forms
    units: dict[str, Forms]
    cents: Forms
    range: Forms
    date: str


class RussianCases(_Part):
    """What tells the case of a number."""

    before: dict[str, list[str]]
    ordinal_before: dict[str, list[str]]
    by_ending: dict[str, str]


class RussianNouns(_Part):
    """Stems of what is counted that is not masculine."""

    f: list[str]
    n: list[str]
    accusative_endings: list[str]


class RussianYear(_Part):
    """The word for a year, and the case of the ordinal that stands before each of its forms."""

    nom: str
    gen: str
    ordinal_forms: Forms


class RussianLexicon(Lexicon):
    """Russian: number words decline by preposition and agree in gender."""

    cases: RussianCases
    nouns: RussianNouns
    year: RussianYear
    period: str
    units: dict[str, Forms]
    cents: Forms
    fraction: Forms
    range: Forms
    digits: list[str] = Field(min_items=10, max_items=10)


class EnglishLexicon(Lexicon):
    """English: words do not decline."""

    units: dict[str, Forms]
    cents: Forms
    range: Forms
    date: str
    point: str
    digits: list[str] = Field(min_items=10, max_items=10)


AnyLexicon = TypeVar("AnyLexicon", bound=Lexicon)
MODELS: dict[Language, type[Lexicon]] = {"lv": LatvianLexicon, "ru": RussianLexicon, "en": EnglishLexicon}


@functools.cache
def read_lexicon(language: Language, folder: Path = FOLDER) -> Lexicon:
    """Read the words of a language.

    Raises:
        ContentError: the file is missing or malformed; names file, line and key.
    """
    file = read_yaml(folder / f"{language}.yml", ROOT)
    return parse(MODELS[language], file, file.data, ())


def lexicon_as(model: type[AnyLexicon], language: Language) -> AnyLexicon:
    """Return the words of a language with the type that the language has."""
    lexicon = read_lexicon(language)
    assert isinstance(lexicon, model)
    return lexicon
