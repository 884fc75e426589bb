"""The language that a reply is written in, told by its words alone.

Not :mod:`bot.nlu.language`, which reads what people type: a reply is long and correct, but names
Latvian towns and institutions in every language.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from bot.languages import Language, as_language

_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-zāčēģīķļņšūž]", re.IGNORECASE)
_NOISE = re.compile(r"https?:\S+|\S+@\S+|\d+")


def language_of_text(text: str) -> Language | None:
    """Return the language of a reply; None where it has too few letters to tell."""
    text = _NOISE.sub(" ", text)
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if cyrillic + latin < 3:
        return None
    if cyrillic > latin:
        return "ru"
    return as_language(_detector().detect(text))


@functools.lru_cache(maxsize=1)
def _detector() -> Any:
    import eldc

    eldc.init()
    detector = eldc.instance()
    detector.set_languages(["lv", "ru", "en"])
    return detector
