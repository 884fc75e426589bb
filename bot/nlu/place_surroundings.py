"""The words around a name: prepositions, verbs, units, capital letters. What they mean is judged elsewhere."""

from __future__ import annotations

import functools

from bot.nlu.place_cues import NO_KINDS, Kinds, PlaceCues
from bot.nlu.place_forms import Case
from bot.nlu.place_tokens import Mention, Token

SENTENCE_ENDS = ".!?\n;"
CLAUSE_ENDS = SENTENCE_ENDS + ",:–"
OPENING_QUOTES = "\"„«“'"
SHOUTING = 8  # letters; in a shorter message capitals say nothing
MOSTLY = 0.6
DENIED_BEFORE, DENIED_AFTER = 5, 4  # how many words around a name are searched for "do not live"
SHORT_QUESTION = 6  # words
NEIGHBOURS = 4  # names: as many words around a name are looked at for another one


class Surroundings:
    """One message as it is read around its names."""

    def __init__(self, cues: PlaceCues, text: str, tokens: list[Token], mentions: list[Mention], awaiting: bool):
        self.cues = cues
        self.tokens = tokens
        self.mentions = mentions
        self.awaiting = awaiting
        self.words = [token for token in tokens if token.is_word]
        self._order = {mention.start: index for index, mention in enumerate(mentions)}
        self._named = {index for mention in mentions for index in range(mention.start, mention.end)}
        letters = [character for character in text if character.isalpha()]
        shouts = len(letters) > SHOUTING and sum(map(str.isupper, letters)) > MOSTLY * len(letters)
        capitals = sum(token.is_capital for token in self.words)
        self._capitals_say_nothing = shouts or (len(self.words) > 2 and capitals > MOSTLY * len(self.words))

    def first(self, mention: Mention) -> Token:
        """Return the first word of a name."""
        return self.tokens[mention.start]

    def before(self, mention: Mention, words: int = 1) -> list[Token]:
        """Return what stands right before a name, at most ``words`` of it."""
        return self.tokens[max(0, mention.start - words) : mention.start]

    def after(self, mention: Mention, words: int = 1) -> list[Token]:
        """Return what stands right after a name, at most ``words`` of it."""
        return self.tokens[mention.end : mention.end + words]

    def cases(self, mention: Mention) -> set[Case]:
        """Return the cases that a name may be in, by its diacritics where they are written."""
        token = self.first(mention)
        is_as_written = mention.is_one_word and not token.correction
        return mention.entry.cases(token.lower if is_as_written else None)

    def unit_after(self, mention: Mention) -> str | None:
        """Return which unit is named after a name: municipality, district, parish."""
        following = self.after(mention, 2)
        if not following:
            return None
        shortened = _unit(self.cues.kinds[following[0].lower + "."])  # "nov.", also without the dot
        return shortened or _unit(following[0].kinds)

    def unit_before(self, mention: Mention) -> str | None:
        """Return the unit that is named before an adjective: "край талсинский"."""
        before = self.before(mention)
        return _unit(before[0].kinds if before else NO_KINDS)

    def institution_after(self, mention: Mention) -> bool:
        """Whether an office, a station, a centre … is named after a name: "Bauskas NVA"."""
        return any(token.has("institutions") for token in self.after(mention))

    def institution_before(self, mention: Mention) -> bool:
        """Whether one is named before it: "NVA Bauska"."""
        return any(token.has("institutions") for token in self.before(mention))

    def preposition(self, mention: Mention) -> str | None:
        """Return what the preposition before a name says: from, at, to; ``on``: "uz salas" (on the island)."""
        index = mention.start - 1
        while index >= max(0, mention.start - 3):
            token = self.tokens[index]
            if token.has("on") or (token.folded == "uz" and self.cases(mention) <= {Case.GENITIVE}):
                return "on"
            for kind in ("from", "at", "to"):
                if token.has(kind):
                    return kind
            if not token.has("between"):
                return None
            index -= 1
        return None

    def says_where(self, mention: Mention) -> bool:
        """Whether a preposition of place stands before a name."""
        return self.preposition(mention) in ("from", "at", "to")

    def cue_before(self, mention: Mention, kinds: tuple[str, ...], reach: int, but: str | None = None) -> bool:
        """Whether one of the ``reach`` words before a name is of these kinds, ``but`` not of that one.

        Another name stops the search.
        """
        for index in range(mention.start - 1, max(-1, mention.start - reach - 2), -1):
            token = self.tokens[index]
            if token.text in SENTENCE_ENDS or index in self._named:
                return False
            if token.is_word:
                if token.has(*kinds) and not (but and token.has(but)):
                    return True
                reach -= 1
                if not reach:
                    return False
        return False

    def nearest_before(self, mention: Mention, kinds: tuple[str, ...], reach: int) -> str | None:
        """Return which of these kinds the nearest telling word before a name is, within ``reach`` words of it."""
        for near in range(1, reach + 1):
            for kind in kinds:
                if self.cue_before(mention, (kind,), near):
                    return kind
        return None

    def verb_before(self, mention: Mention, reach: int) -> str | None:
        """Return the kind of the nearest telling word before a name: lives, moved, elsewhere, being."""
        indexes = range(mention.start - 1, max(-1, mention.start - 1 - reach), -1)
        return self._nearest(indexes, SENTENCE_ENDS, ("lives", "declared", "moved", "works", "elsewhere", "being"))

    def verb_after(self, mention: Mention, reach: int) -> str | None:
        """Return the kind of a verb of living or working after a name in its clause: "Talsos dzīvoju"."""
        indexes = range(mention.end, min(len(self.tokens), mention.end + reach))
        return self._nearest(indexes, CLAUSE_ENDS, ("lives", "works"))

    def _nearest(self, indexes: range, ends: str, kinds: tuple[str, ...]) -> str | None:
        for index in indexes:
            token = self.tokens[index]
            if token.text in ends or index in self._named:
                return None
            for kind in kinds:
                if token.has(kind):
                    return "elsewhere" if kind == "works" else kind
        return None

    def has_telling_capital(self, mention: Mention) -> bool:
        """Whether a name has a capital letter that the beginning of a sentence does not explain."""
        if self._capitals_say_nothing or not self.first(mention).is_capital:
            return False
        before = self.before(mention)
        begins = not before or before[0].text in SENTENCE_ENDS + OPENING_QUOTES + "…:)"
        return not begins and self.words[0].start < self.first(mention).start

    def is_bare(self) -> bool:
        """Whether the message is only a name, but for small words."""
        return self._is_bare

    @functools.cached_property
    def _is_bare(self) -> bool:  # once for a message, however many names are in it
        small = ("from", "at", "to", "between", "being", "alternatives")
        return all(
            index in self._named or not token.is_word or token.has(*small) or _unit(token.kinds) is not None
            for index, token in enumerate(self.tokens)
        )

    def is_past_after(self, mention: Mention) -> bool:
        """Whether the word right after a name says that it is over: "Tukumā bija darbs"."""
        return any(token.has("past") for token in self.after(mention))

    def is_said_of_self(self, mention: Mention) -> bool:
        """Whether the person says it of themselves: «мы талсинские», «сам я лиепайский»."""
        follows = self.after(mention)
        ends = not follows or not follows[0].is_word
        return (ends and any(t.has("self") for t in self.before(mention))) or any(t.has("self") for t in follows)

    def says_how_far(self, mention: Mention) -> bool:
        """Whether it is said how many kilometres it is from a name: "20 km no Ventspils", "no Ventspils 20 km"."""
        beside = (self.before(mention, 3), self.after(mention, 2))
        return any(
            any(token.has("kilometres") for token in words) and any(token.text[:1].isdigit() for token in words)
            for words in beside
        )

    def is_put_right(self, mention: Mention) -> bool:
        """Whether a name stands against another one that is taken back: "ne Bauska, Dobele"."""
        earlier = [other for other in self._beside(mention) if 0 < mention.start - other.end <= 3]
        return any(
            token.has("negations", "corrections")
            for other in earlier
            for token in (*self.before(other, 2), *self.tokens[other.end : mention.start])
        )

    def denies_living(self, mention: Mention) -> bool:
        """Whether the clause of a name says that one does not live there: "vairs nedzīvoju Rīgā", «в Риге не живу»."""
        before = range(mention.start - 1, max(-1, mention.start - 1 - DENIED_BEFORE), -1)
        after = range(mention.end, min(len(self.tokens), mention.end + DENIED_AFTER))
        return any(self._is_denied_in(indexes) for indexes in (before, after))

    def _is_denied_in(self, indexes: range) -> bool:
        for index in indexes:
            token = self.tokens[index]
            if token.text in CLAUSE_ENDS or index in self._named or token.has("contrasts"):
                return False
            # Latvian writes the negation with the verb: nedzīvoju.
            if token.folded.startswith("ne") and "lives" in self.cues.kinds[token.folded[2:]]:
                return True
            if index and token.has("lives") and self.tokens[index - 1].has("negations"):
                return True
        return False

    def is_answered_no(self, mention: Mention) -> bool:
        """Whether a name stands in a short question that the person answers with no: "Talsi? Nē, es tur nedzīvoju"."""
        end = next((i for i in range(mention.end, len(self.tokens)) if self._ends_question(i)), None)
        if end is None or self.tokens[end].text != "?":
            return False
        begin = next((i + 1 for i in range(mention.start - 1, -1, -1) if self.tokens[i].text in SENTENCE_ENDS), 0)
        if sum(token.is_word for token in self.tokens[begin:end]) > SHORT_QUESTION:
            return False
        answer = next((i for i in range(end + 1, len(self.tokens)) if self.tokens[i].is_word), None)
        if answer is None or not self.tokens[answer].has("noes"):
            return False
        follows = self.tokens[answer + 1 : answer + 2]  # the Latvian "no" is "from" where a word follows
        return not self.tokens[answer].has("from") or not (follows and follows[0].is_word)

    def _ends_question(self, index: int) -> bool:
        return self.tokens[index].text in SENTENCE_ENDS or index in self._named

    def _beside(self, mention: Mention) -> list[Mention]:
        """Return the names next to one, in order: all that can stand within a few words of it."""
        index = self._order[mention.start]
        return self.mentions[max(0, index - NEIGHBOURS) : index + NEIGHBOURS + 1]

    def is_landmark(self, mention: Mention) -> bool:
        """Whether a name only says near what another place lies: "Ozolnieki pie Jelgavas", «под Ригой, в Огре»."""
        if not any(token.has("beside") for token in self.before(mention, 3)):
            return False
        for other in self._beside(mention):
            if 0 < other.start - mention.end <= 2 and self.preposition(other) == "at":
                return True  # "под Ригой, в Саласпилсе"
            if 0 < mention.start - other.end <= 4:
                between = self.tokens[other.end : mention.start]
                return not any(token.has("lives", "declared", "being", "self", "moved", "present") for token in between)
        return False


def _unit(kinds: Kinds) -> str | None:
    return next((kind.removeprefix("unit:") for kind in kinds if kind.startswith("unit:")), None)
