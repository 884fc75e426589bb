"""Long messages: a story of pages is read at its beginning and its end, and where it tells of danger.

What people write comes to its point at the beginning or at the end. Reading all of 4,096 characters took twelve times
as long as an ordinary message, for a sentence vector that knows only their average. What is left out is stored nowhere.
"""

from __future__ import annotations

import re

from bot.nlu.danger import find_danger

# Characters. A minute of speech is some 800; nobody in the examples writes more than 400.
LONGEST = 800
BEGINNING, END = 400, 320
PIECE = 160  # of what tells of danger in between
_SEARCHED = 100  # for a place to cut at
_SENTENCE = re.compile(rf"[^.!?\n]{{1,{PIECE}}}(?:[.!?\n]+|(?=\s)|$)|\S{{1,{PIECE}}}")


def shorten(text: str) -> str:
    """Return a message as it is, or of a long one the beginning, the first sign of danger after it, and the end."""
    if len(text) <= LONGEST:
        return text
    beginning, end = _cut(text, BEGINNING), _cut(text, len(text) - END)
    between = text[beginning:end]
    danger = _first_danger(between) if find_danger(between).certain else ""
    return "\n".join(part for part in (text[:beginning].strip(), danger, text[end:].strip()) if part)


def _first_danger(text: str) -> str:
    """Return the sentence, or the part of it, that surely tells of danger; two where it takes both."""
    before = ""
    for found in _SENTENCE.finditer(text):
        piece = found[0].strip()
        for told in (piece, f"{before} {piece}"):
            if find_danger(told).certain:
                return told
        before = piece
    return ""


def _cut(text: str, at: int) -> int:
    """Return a place near by to cut at: between words, and not within what may be a number or a name."""
    spaces = [place for place in range(at, max(at - _SEARCHED, 0), -1) if text[place].isspace()]
    for place in spaces:
        if text[place + 1].islower() and not any(sign.isdigit() for sign in text[place - PIECE // 10 : place]):
            return place
    return spaces[0] if spaces else at
