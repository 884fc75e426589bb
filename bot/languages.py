"""The languages Drom speaks, and texts that stand in all of them."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["lv", "ru", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT_LANGUAGE: Language = "lv"


def as_language(code: object) -> Language | None:
    """Return the language of a code such as ``ru``, ``ru-LV`` or ``EN``; None where we do not speak it."""
    head = str(code or "").replace("_", "-").split("-", maxsplit=1)[0].lower()
    for language in LANGUAGES:
        if head == language:
            return language
    return None
