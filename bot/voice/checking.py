"""What can be wrong with speech, found without making a sound."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.directory.errors import ContentError, Finding, relative
from bot.languages import LANGUAGES, Language
from bot.settings import ROOT
from bot.voice.catalogue import all_items, catalogue_of_today
from bot.voice.recordings import INDEX, Recordings
from bot.voice.speech.lexicon import FOLDER
from bot.voice.speech.reading import ALPHABETS, PUNCTUATION, reader


def unreadable(said: str, language: Language) -> list[str]:
    """Return the words of a spoken text that a voice of the language can't read: digits, foreign letters, signs.

    >>> unreadable("zvaniet 112", "lv")
    ['112']
    """
    allowed = set(ALPHABETS[language]) | set(PUNCTUATION)
    return [word for word in re.split(r"\s+", said) if not set(word.lower()) <= allowed]


def check(root: Path) -> Iterator[Finding]:
    """Yield what `drom check` reports of speech in the project at ``root``."""
    try:
        yield from check_speech(Recordings(root / "data" / "audio"))
    except ContentError:
        return  # what can't be read can't be spoken either; the other checks name it


def check_speech(recordings: Recordings | None = None) -> list[Finding]:
    """Return every fixed text that would not be read well, and every recording whose text has changed."""
    return [*_unreadable_texts(), *_silent_texts(), *_outdated(recordings or Recordings())]


def _silent_texts() -> Iterator[Finding]:
    """Yield the texts of which something is said in one language and nothing in another."""
    names = {language: set(catalogue_of_today(language).items) for language in LANGUAGES}
    everything = set().union(*names.values())
    for language in LANGUAGES:
        for name in sorted(everything - names[language]):
            file = relative(FOLDER / f"{language}.yml", ROOT)
            remedy = "Write it so that it can be read aloud: with words, not with signs alone"
            yield Finding(file, 1, name, f"nothing of it can be spoken in {language}", remedy)


def _unreadable_texts() -> Iterator[Finding]:
    for item in all_items():
        words = unreadable(reader(item.language).words(item.text), item.language)
        if words:
            file = relative(FOLDER / f"{item.language}.yml", ROOT)
            problem = f"{item.id} has what no voice can read: {', '.join(words[:5])}"
            yield Finding(file, 1, "words", problem, "Add how it is spoken under `words`")


def _outdated(recordings: Recordings) -> Iterator[Finding]:
    index = relative(recordings.folder / INDEX, ROOT)
    known = {(item.language, item.id): item for item in all_items()}
    for line, key in enumerate(recordings.index(), start=2):
        item = known.get(key)
        if item is None:
            yield Finding(
                index, line, key[1], "there is no such text any more", "Delete the row and the file", "warning"
            )
        elif recordings.is_outdated(item):
            remedy = "Record it again; until then it is synthesised"
            yield Finding(index, line, item.id, "the text has changed since it was recorded", remedy, "warning")
        elif not recordings.path(item.language, item.id).is_file():
            remedy = "Import the recording again, or delete the row"
            yield Finding(index, line, item.id, "the recording's file is missing", remedy)
