"""The language of a message, and of the reply."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.languages import DEFAULT_LANGUAGE, Language, as_language
from bot.nlu.fold import fold

if TYPE_CHECKING:
    from bot.assistant.context import Context


@dataclass(frozen=True)
class LanguageGuess:
    """A language with a confidence from 0 to 1."""

    language: Language
    confidence: float


_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATVIAN = re.compile(r"[āčēģīķļņšūž]", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")


def identify_language(text: str) -> LanguageGuess | None:
    """Return the language of a message; None where it can't be told (no letters, a bare name)."""
    letters = len(_LETTER.findall(text))
    if letters < 3:
        return None
    if len(_CYRILLIC.findall(text)) * 2 > letters:
        return LanguageGuess("ru", 1.0)
    if _LATVIAN.search(text):
        return LanguageGuess("lv", 0.95)
    found = as_language(_detector().detect(text))
    return LanguageGuess(found, 0.7) if found else None


@functools.lru_cache(maxsize=1)
def _detector() -> Any:
    import eldc

    eldc.init()
    detector = eldc.instance()
    detector.set_languages(["lv", "ru", "en", "lt"])
    return detector


def resolve_language(guess: LanguageGuess | None, context: Context) -> Language:
    """Return the language to reply in: chosen, else that of the message, else of the talk, else of the phone."""
    return (
        context.chosen_language
        or (guess.language if guess and guess.confidence >= 0.6 else None)
        or context.current_language
        or context.phone_language
        or DEFAULT_LANGUAGE
    )


def asked_language(text: str) -> Language | None:
    """Return the language that a request to change names: ``var krieviski?`` → Russian; None: not said."""
    folded = fold(text)
    for language, words in _NAMES.items():
        if any(word in folded for word in words):
            return language
    return None


# How the languages are named in all three of them, folded.
_NAMES: dict[Language, tuple[str, ...]] = {
    "ru": ("kriev", "rus", "russ"),
    "en": ("angl", "engl", "anglis"),
    "lv": ("latv", "latis", "latvies"),
}
