"""What is shown and not spoken goes; what a voice can pause at stays."""

from __future__ import annotations

import re
import unicodedata

_QUOTES = re.compile(r"[„“”«»\"‹›‘‚`´*_]")
_BRACKETS = re.compile(r"\s*[(\[]([^)\]]*)[)\]]")
_DASH = re.compile(r"\s+[–—-]\s+|\s*—\s*")
# Which question of how many: the eye wants to know, the ear would have to wait for the question.
_POSITION = re.compile(r"^\d+/\d+\.\s+", re.MULTILINE)
# Arrows and check marks that Unicode counts among signs and punctuation, and what joins emoji.
_PICTURES = frozenset("→←↑↓➡⬅✓✔✖✗\ufe0f\ufe0e\u200d\u20e3\u200b\u00ad")


def without_pictures(text: str) -> str:
    """Return the text without emoji, arrows and other pictures, which have no name aloud."""
    kept = []
    for character in unicodedata.normalize("NFC", text):
        is_picture = unicodedata.category(character) in ("So", "Sk", "Cs", "Co", "Cn") or character in _PICTURES
        kept.append(" " if is_picture else character)
    return "".join(kept)


def without_source(text: str, beginning: str) -> str:
    """Return the text without the lines that say where it is from: they are shown, not spoken."""
    return "\n".join(line for line in text.splitlines() if not line.strip().startswith(beginning))


def without_position(text: str) -> str:
    """Return the text without the ``2/7.`` that stands before a question of a questionnaire.

    >>> without_position("2/7. How old are you?")
    'How old are you?'
    """
    return _POSITION.sub("", text)


def with_pauses(text: str) -> str:
    """Return the text with the punctuation that a voice pauses at, and no other."""
    text = _QUOTES.sub("", text)
    text = _BRACKETS.sub(r", \1,", text)
    text = _DASH.sub(", ", text)
    text = text.replace("…", ".").replace("’", "'")
    lines = [line.strip() for line in text.splitlines()]
    said = [line for line in lines if re.search(r"\w", line)]
    return tidy(" ".join(line if line[-1] in ".!?:;," else f"{line}." for line in said[:-1]) + " " + "".join(said[-1:]))


def tidy(text: str) -> str:
    """Return the text with one space between words, one sign at a pause, capitals where sentences begin."""
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s+([,.;:!?])", r"\1", text)
    text = re.sub(r"[,;:]+(?=[,;:.!?])", "", text)
    text = re.sub(r"([.!?])[.,;:]+", r"\1", text)
    text = re.sub(r"([,.;:!?])(?=[^\W\d_])", r"\1 ", text)
    text = text.strip(" ,;:-–")
    return re.sub(r"(^|[.!?] )([^\W\d_])", lambda match: match[1] + match[2].upper(), text)
