"""Whether a message says anything: keys hit at random, signs and bare numbers do not.

No classifier tells: what it has never seen lies somewhere, and gets the intent that lies nearest
with some confidence. The words do: for each, the restorer knows how likely the likeliest word is
that it may stand for, slips and missing diacritics included.
"""

from __future__ import annotations

import re

from bot.languages import Language
from bot.nlu.candidates import habits_of
from bot.nlu.restore import restorer

_WORD = re.compile(r"[^\W\d_]+")
# A long message holds words; what is strange in it are names.
_SHORT = 4
# Log probability a letter of the best word. Of the training examples of up to three words, as written
# and as typed, 0.4 % lie below, and of random keys four fifths.
_LEAST = -3.3


def says_something(text: str, language: Language | None) -> bool:
    """Tell whether a message holds a word, however it is spelt.

    Args:
        text: a message as typed.
        language: its language; None where it is not known.
    """
    words = _WORD.findall(text.lower())
    if len(words) > _SHORT:
        return True
    habits = habits_of(text, language)
    return any(_likelihood(restorer().candidates(word, habits)[0].log, word) >= _LEAST for word in words)


def _likelihood(log: float, word: str) -> float:
    """Return the log probability a letter, the end of the word counted; a letter held down is no word."""
    return float("-inf") if len(word) > 1 and len(set(word)) == 1 else log / (len(word) + 1)
