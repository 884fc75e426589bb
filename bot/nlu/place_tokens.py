"""What passes between the steps of place extraction: words, and mentions of names."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.nlu.place_cues import Kinds
from bot.nlu.place_lexicon import Entry


@dataclass(frozen=True)
class Correction:
    """How a mistyped word was read.

    Attributes:
        forms: the folded forms that are equally near.
        distance: how many letters away.
    """

    forms: tuple[str, ...]
    distance: int


@dataclass(frozen=True)
class Token:
    """A word of a message.

    Attributes:
        text: as typed.
        lower: in lower case.
        folded: folded.
        start, end: where it stands in the text.
        kinds: the lists of cues that it stands in.
        canonical: the form that the matcher sees.
        correction: how it was read, where it is mistyped.
    """

    text: str
    lower: str
    folded: str
    start: int
    end: int
    kinds: Kinds
    canonical: str = ""
    correction: Correction | None = None

    def as_canonical(self, canonical: str, correction: Correction | None = None) -> Token:
        """Return the same word with the form that the matcher sees."""
        return replace(self, canonical=canonical, correction=correction)

    @property
    def is_word(self) -> bool:
        """Whether it has letters."""
        return bool(self.folded)

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter and is not in capitals as a whole."""
        return self.text[:1].isupper() and (len(self.text) == 1 or not self.text.isupper())

    def has(self, *kinds: str) -> bool:
        """Whether it stands in one of these lists."""
        return not self.kinds.isdisjoint(kinds)


@dataclass
class Mention:
    """A name in a message, before and after it was judged.

    Attributes:
        start, end: the words of the name, with the unit after it ("novads") once that is read.
        entry: what the spelling may be.
        place, municipality: what was read.
        unclear: names that it may mean, where it must be asked back.
        confidence: how sure it is that a place is meant, 0 … 1.
        score: how likely the person is or lives there, for comparing.
        is_negated: "not X".
    """

    start: int
    end: int
    entry: Entry
    place: str | None = None
    municipality: str | None = None
    unclear: tuple[str, ...] = ()
    confidence: float = 0.0
    score: float = 0.0
    is_negated: bool = False

    @property
    def name(self) -> str:
        """The name to ask back with."""
        return self.place or self.municipality or ""

    @property
    def is_one_word(self) -> bool:
        """Whether the name, with its unit, is one word."""
        return self.end - self.start == 1


@dataclass
class Verdict:
    """What a message says of places.

    Attributes:
        certain: the mentions to go by, the likeliest first.
        unclear: names to ask back with, with the mention they are of.
        unknown: a word that stands where a place would, and is none that is known.
    """

    certain: list[Mention] = field(default_factory=list)
    unclear: list[tuple[str, Mention | None]] = field(default_factory=list)
    unknown: Token | None = None
