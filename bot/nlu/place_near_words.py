"""Everyday words that are a letter or two from the name of a place, so that they are not taken for a mistyped one.

``python -m bot.nlu.place_near_words`` writes ``data/cues/place_near_words.txt`` anew from the word
lists of wordfreq (https://github.com/rspeer/wordfreq, CC BY-SA 4.0); needed when places are added.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import wordfreq

from bot.directory.directory import directory
from bot.languages import Language
from bot.nlu.fold import fold
from bot.nlu.place_cues import PlaceCues, place_cues
from bot.nlu.place_forms import adjective_stem, is_spelling_of
from bot.nlu.place_lexicon import Lexicon, build_lexicon
from bot.nlu.places import NEAR_WORDS

# How many of the most frequent words of a language are everyday ones; the lists' tails hold misspellings.
MOST: dict[Language, int] = {"lv": 40_000, "ru": 120_000, "en": 40_000}
HEADER = """\
# Made by python -m bot.nlu.place_near_words from the word lists of wordfreq (CC BY-SA 4.0).
# Folded; after = as it is written."""


def near_words(lexicon: Lexicon, cues: PlaceCues) -> Iterator[str]:
    """Yield the everyday words of three languages that would otherwise be read as a name.

    A word that folds to a name without being a spelling of it ("sāli", Sala) stands as it is written,
    after ``=``; one that is a letter or two from a name stands folded.
    """
    for language, most in MOST.items():
        for word in islice(wordfreq.iter_wordlist(language, "best"), most):
            folded = fold(word)
            if not folded.isalpha() or len(folded) < 3:
                continue
            entry = lexicon.entries.get((folded,))
            if entry:
                written = {form for reading in entry.readings.values() for form in reading.written}
                if word not in cues.ambiguous and not any(is_spelling_of(word, form) for form in written):
                    yield "=" + word
            elif len(folded) >= 4 and folded not in lexicon.words:
                stem = adjective_stem(folded)
                if stem not in lexicon.words and lexicon.near(stem, 2 if len(stem) >= 8 else 1):
                    yield folded


def main() -> None:
    """Write the file."""
    cues = place_cues()
    words = sorted(set(near_words(build_lexicon(directory(), cues), cues)))
    NEAR_WORDS.write_text("\n".join([HEADER, *words, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
