"""The language that a reply is written in, told by its words alone.

Not :mod:`bot.nlu.language`, which reads what people type: a reply is long and correct, but names
Latvian towns and institutions in every language.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Literal

from bot.languages import Language, as_language

MIXED: Literal["mixed"] = "mixed"
STRAY_WORDS = 5  # so many lower-case Latin words in a Russian reply are a sentence, not names

_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-zāčēģīķļņšūž]", re.IGNORECASE)
_NOISE = re.compile(r"https?:\S+|\S+@\S+|\S+\.(?:lv|lt|com|org|eu)\b\S*|\d+", re.IGNORECASE)
_LATIN_WORD = re.compile(r"(?<![\w„«\"])[a-zāčēģīķļņšūž]{3,}(?!\w)")
_NAME = re.compile(r"[„«\"][^”»\"]*[”»\"]|\b[A-ZĀČĒĢĪĶĻŅŠŪŽ]\w*")
ENOUGH_LETTERS = 10


def language_of_text(text: str) -> Language | Literal["mixed"] | None:
    """Return the language of a reply; None where it has too few letters to tell.

    A Russian reply with a whole sentence in Latin letters is ``mixed``: some text is not translated.
    """
    text = _NOISE.sub(" ", text)
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if cyrillic + latin < 3:
        return None
    if cyrillic:
        return MIXED if len(_LATIN_WORD.findall(_NAME.sub(" ", text))) >= STRAY_WORDS else "ru"
    words = _NAME.sub(" ", text)
    told = words if len(_LATIN.findall(words)) >= ENOUGH_LETTERS else text
    return as_language(_detector().detect(told))


@functools.lru_cache(maxsize=1)
def _detector() -> Any:
    import eldc

    eldc.init()
    detector = eldc.instance()
    detector.set_languages(["lv", "en"])
    return detector
