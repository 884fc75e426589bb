"""How long a text may be for someone who reads with effort on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_WORDS_IN_SENTENCE = 20
MAX_WORDS_IN_REPLY = 60
MAX_CHARACTERS = 4096  # Telegram's limit for a message

_SENTENCE_END = re.compile(r"(?<=[.!?…:])\s+(?=[A-ZĀČĒĢĪĶĻŅŠŪŽА-ЯЁ„«\"\d])|\n")
_ABBREVIATION = re.compile(r"\b(piem|utt|u\.c|st|g|e\.g|i\.e|т\.е|т\.д)\.$", re.IGNORECASE)
PHONE = re.compile(r"(?<![\d-])\+?\d[\d ]{6,}\d(?![\d-])")
EMAIL_LIKE = re.compile(r"\S*@\S*")
EMAIL = re.compile(r"^[\w.+-]+@[\w-]+(\.[\w-]+)+[.,;:!?)]*$")


def sentences(text: str) -> list[str]:
    """Split a text into sentences."""
    parts: list[str] = []
    for part in _SENTENCE_END.split(text):
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] += " " + part
        elif part and part.strip():
            parts.append(part)
    return parts


def problems(text: str, max_words: int = MAX_WORDS_IN_REPLY) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a text that a person reads, with the remedy."""
    words = len(text.split())
    if words > max_words:
        yield f"has {words} words, at most {max_words} fit", "Say less, or split it into two statements"
    if len(text) > MAX_CHARACTERS:
        yield f"has {len(text)} characters, at most {MAX_CHARACTERS} fit in a message", "Say less"
    for sentence in sentences(text):
        count = len(sentence.split())
        if count > MAX_WORDS_IN_SENTENCE:
            yield f"has a sentence of {count} words: {sentence[:50]}…", "Make two sentences of it"
    for found in EMAIL_LIKE.findall(text):
        if not EMAIL.match(found):
            yield f"{found} is no e-mail address", "Write it as name@host.lv"
    for found in PHONE.findall(text):
        digits = re.sub(r"\D", "", found)
        if not 8 <= len(digits) <= 12:
            yield f"{found} is no telephone number", "Write 8 digits without spaces"
