"""Places in a message: which town or municipality a person means, or which to ask back with.

A rule-based spaCy pipeline over folded words. The tokenizer looks each word up in the gazetteer
(and, with rapidfuzz, a mistyped one), a PhraseMatcher finds the names, and the words around them
decide whether a place is meant (a taxi is no Talsi, "Rīgas iela" no Rīga) and whether the person
lives there (:mod:`bot.nlu.place_judging`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import spacy
from rapidfuzz import fuzz, process
from spacy.language import Language as Pipeline
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.directory.directory import Directory, directory
from bot.nlu.fold import fold
from bot.nlu.place_cues import PlaceCues, place_cues
from bot.nlu.place_forms import adjective_stem, is_spelling_of
from bot.nlu.place_judging import Judge
from bot.nlu.place_lexicon import Entry, Lexicon, build_lexicon
from bot.nlu.place_tokens import Correction, Mention, Token
from bot.settings import ROOT

NEAR_WORDS = ROOT / "data" / "cues" / "place_near_words.txt"
UNKNOWN = "·"  # stands in a Doc for each word that no rule speaks of, so that no message stays in the vocabulary
MAX_CANDIDATES = 4
SIMILAR = 72  # of 100: how like a name an unknown one must be to be asked back
# An apostrophe within a word stands for ь in Latin letters (El'gava); before an English s the name ends.
_TOKEN = re.compile(r"\w+(?:['’`´](?!s\b)\w+)*|[^\w\s]|\n")


@dataclass(frozen=True)
class FoundPlace:
    """A place that a message names.

    Attributes:
        place: ``name_lv`` of a town or village; None where only the municipality is named.
        municipality: ``name_lv`` of the municipality as it stands today.
        confidence: how sure it is that the person means this as where they are, 0 … 1.
        start: where it begins in the text.
        end: where it ends.
    """

    place: str | None
    municipality: str
    confidence: float
    start: int
    end: int

    @property
    def name(self) -> str:
        """The name to ask back with."""
        return self.place or self.municipality


@dataclass(frozen=True)
class Places:
    """What a message says of places.

    Attributes:
        found: the places named, the one that the person most likely lives in first.
        candidates: names to ask back with where none is certain, at most four.
    """

    found: tuple[FoundPlace, ...] = ()
    candidates: tuple[FoundPlace, ...] = ()

    def chosen(self) -> FoundPlace | None:
        """Return the place to go by; None where there is none, or where it must be asked back."""
        return self.found[0] if self.found and not self.candidates else None


class PlaceFinder:
    """Finds places. Made once for a directory; see :func:`find_places`."""

    def __init__(self, places: Directory, cues: PlaceCues, near_words: frozenset[str]):
        self.directory = places
        self.lexicon: Lexicon = build_lexicon(places, cues)
        self.pipeline: Pipeline = spacy.blank("xx", vocab=Vocab(), config=TOKENIZER)
        self.pipeline.tokenizer = PlaceTokenizer(self.pipeline.vocab, self.lexicon, cues, near_words)
        self.matcher = PhraseMatcher(self.pipeline.vocab)
        # Keys as the matcher keeps them: a Doc for each of six thousand takes ten times as long.
        strings = self.pipeline.vocab.strings
        self.matcher.add("place", [[strings.add(word) for word in key] for key in self.lexicon.entries])
        self.judge = Judge(cues)

    def __call__(self, text: str, awaiting: bool = False) -> Places:
        """Return the places in ``text``.

        Args:
            text: a message as it was typed.
            awaiting: the person was asked where they live, so a bare word is more likely a place.
        """
        doc = self.pipeline(text)
        tokens: list[Token] = doc.user_data["tokens"]
        mentions = self._mentions(doc, tokens)
        verdict = self.judge(text, tokens, mentions, awaiting)
        found = [
            FoundPlace(m.place, m.municipality, m.confidence, tokens[m.start].start, tokens[m.end - 1].end)
            for m in verdict.certain
            if m.municipality
        ]
        candidates = [c for name, mention in verdict.unclear if (c := self._candidate(name, mention, tokens))]
        if not found and not candidates and verdict.unknown:
            candidates = self._similar(verdict.unknown)
        unique = {candidate.name: candidate for candidate in candidates}
        return Places(tuple(found), tuple(unique.values())[:MAX_CANDIDATES])

    def _mentions(self, doc: Doc, tokens: list[Token]) -> list[Mention]:
        spans = [(start, end) for _, start, end in self.matcher(doc)]
        taken: set[int] = set()
        mentions = []
        for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                mentions.append(Mention(start, end, self._entry(tokens[start:end])))
        return sorted(mentions, key=lambda mention: mention.start)

    def _entry(self, tokens: list[Token]) -> Entry:
        correction = tokens[0].correction
        if len(tokens) == 1 and correction:
            return Entry.merged(self.lexicon.entries[(form,)] for form in correction.forms)
        return self.lexicon.entries[tuple(token.canonical for token in tokens)]

    def _candidate(self, name: str, mention: Mention | None, tokens: list[Token]) -> FoundPlace | None:
        start, end = (tokens[mention.start].start, tokens[mention.end - 1].end) if mention else (0, 0)
        town = self.directory.places.get(name)
        if town:
            return FoundPlace(name, self.directory.municipality_of(town).name.lv, 0.4, start, end)
        municipality = self.directory.municipality(name)
        return FoundPlace(None, municipality.name.lv, 0.4, start, end) if municipality else None

    def _similar(self, unknown: Token) -> list[FoundPlace]:
        """Return the towns whose names are like an unknown word that stands where a place would."""
        names = self._folded_names()
        near = process.extract(unknown.folded, names, scorer=fuzz.ratio, limit=MAX_CANDIDATES, score_cutoff=SIMILAR)
        found = [self._candidate(names_title, None, []) for _, _, names_title in near]
        return [FoundPlace(c.place, c.municipality, c.confidence, unknown.start, unknown.end) for c in found if c]

    @functools.lru_cache(maxsize=1)  # noqa: B019 - one finder lives as long as the process
    def _folded_names(self) -> dict[str, str]:
        return {title: fold(title) for title in self.directory.places}


@spacy.registry.tokenizers("drom.set_later.v1")
def _tokenizer_set_later() -> Callable[[Pipeline], None]:
    """Spare spaCy from compiling its own tokenizer, which is replaced at once."""
    return lambda pipeline: None


TOKENIZER = {"nlp": {"tokenizer": {"@tokenizers": "drom.set_later.v1"}}}


class PlaceTokenizer:
    """Splits a message into words, and replaces each by the folded form that the rules know.

    What no rule knows becomes a placeholder: spaCy keeps every string it has seen for ever, and
    people's words must not be kept.
    """

    def __init__(self, vocab: Vocab, lexicon: Lexicon, cues: PlaceCues, near_words: frozenset[str]):
        self.vocab = vocab
        self.lexicon = lexicon
        self.cues = cues
        self.near_words = near_words

    def __call__(self, text: str) -> Doc:
        """Return a Doc of canonical words; the words as they stand are in ``doc.user_data["tokens"]``."""
        tokens = self._tokens(text)
        words = [token.canonical for token in tokens]
        doc = Doc(self.vocab, words=words, spaces=[True] * len(words))
        doc.user_data["tokens"] = tokens
        return doc

    def _tokens(self, text: str) -> list[Token]:
        tokens: list[Token] = []
        read: dict[str, Token] = {}  # a long message says the same again and again
        for match in _TOKEN.finditer(text):
            word = match.group()
            joins = word in "-‐–" and match.start() > 0 and text[match.start() - 1].isalnum()
            if joins and text[match.end() : match.end() + 1].isalnum():
                continue  # D-pils, Rīga-Talsi: the words on both sides count
            start, end = match.span()
            one = read.get(word)
            if one is None:
                one = read[word] = self._token(word, start, end)
            else:
                one = Token(one.text, one.lower, one.folded, start, end, one.kinds, one.canonical, one.correction)
            tokens.append(one)
        return tokens

    def _token(self, word: str, start: int, end: int) -> Token:
        lower = word.lower()
        folded = fold(lower)
        kinds = self.cues.kinds[folded] if folded else frozenset()
        token = Token(word, lower, folded, start, end, kinds)
        if not folded:
            return token.as_canonical(word if word == "." else UNKNOWN)
        if lower in self.cues.not_places_as_written or f"={lower}" in self.near_words:
            return token.as_canonical(UNKNOWN)
        if folded in self.lexicon.words and not self._only_sounds_like_a_parish(token):
            return token.as_canonical(folded)
        stem = adjective_stem(folded)
        if stem != folded and stem in self.lexicon.words:
            return token.as_canonical(stem)
        if self._may_be_mistyped(token):
            near = self.lexicon.near(stem, 2 if len(stem) >= 8 else 1)
            if near:
                correction = Correction(tuple(form for form, _ in near), near[0][1])
                return token.as_canonical(near[0][0], correction)
        return token.as_canonical(UNKNOWN)

    def _only_sounds_like_a_parish(self, token: Token) -> bool:
        entry = self.lexicon.entries.get((token.folded,))
        if entry is None:
            return False
        readings = entry.readings.values()
        if any(r.name.is_certain for r in readings):
            return False
        in_cyrillic = "а" <= token.lower[0] <= "я"
        return not in_cyrillic and not any(is_spelling_of(token.lower, w) for r in readings for w in r.written)

    def _may_be_mistyped(self, token: Token) -> bool:
        folded = token.folded
        return (
            len(folded) >= 4
            and not token.kinds
            and folded.isalpha()
            and folded not in self.near_words
            and not self.cues.not_places[folded]
        )


def read_near_words(path: Path = NEAR_WORDS) -> frozenset[str]:
    """Return the everyday words that are near a name of a place (:mod:`bot.nlu.place_near_words`)."""
    if not path.exists():
        return frozenset()
    return frozenset(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))


@functools.lru_cache(maxsize=1)
def _finder() -> PlaceFinder:
    return PlaceFinder(directory(), place_cues(), read_near_words())


def place_finder() -> PlaceFinder:
    """Return the finder of this process, made anew where the directory's places changed."""
    finder = _finder()
    if finder.directory.places is not directory().places:
        _finder.cache_clear()
        finder = _finder()
    return finder


def find_places(text: str, awaiting: bool = False) -> Places:
    """Return the places in a message (see :class:`PlaceFinder`)."""
    return place_finder()(text, awaiting)
