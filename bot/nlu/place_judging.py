"""Whether a name in a message means a place, and whether the person lives there.

Every rule looks at the few words around the name. The words stand in ``data/cues/places.yml``.
"""

from __future__ import annotations

from bot.nlu.place_cues import NO_KINDS, PlaceCues
from bot.nlu.place_forms import Case, has_no_other_accent, is_spelling_of
from bot.nlu.place_lexicon import LONG, Name, Reading
from bot.nlu.place_tokens import Mention, Token, Verdict

# How likely the person is or lives at a place of which this is said, for comparing two of them.
LIVES, MOVED_TO, IS_FROM, IS_AT = 4.0, 4.0, 3.6, 3.4
AT, INSTITUTION, FROM, BARE, TO = 2.5, 2.4, 2.2, 2.0, 1.8
ELSEWHERE, PAST, MOVED_FROM = 1.4, 0.9, 0.6
NEARLY = 0.25  # two places whose scores differ less are asked back

CERTAIN = 0.95
BEHIND, AHEAD = 6, 4  # how many words around a name are read
FROM_WORDS_OF_A_NAME = {Case.GENITIVE, Case.ADJECTIVE, Case.NOMINATIVE}
NOT_WHERE = FROM_WORDS_OF_A_NAME | {Case.ACCUSATIVE, Case.INSTRUMENTAL}


class Judge:
    """Judges the mentions of one message."""

    def __init__(self, cues: PlaceCues):
        self.cues = cues

    def __call__(self, text: str, tokens: list[Token], mentions: list[Mention], awaiting: bool) -> Verdict:
        """Return which mentions are places to go by, and what to ask back."""
        kept = [mention for mention in mentions if Reader(self.cues, text, tokens, mentions, awaiting).read(mention)]
        self._drop_negated(tokens, kept)
        certain = [m for m in kept if m.municipality and not m.is_negated]
        unclear = [m for m in kept if not m.municipality and m.unclear and not m.is_negated]
        certain.sort(key=lambda mention: -mention.score)
        verdict = Verdict(certain=_most_precise(certain))
        best = certain[0].score if certain else 0.0
        doubtful = [m for m in unclear if m.score > best or (not certain)]
        rivals = self._rivals(tokens, verdict.certain)
        if rivals:
            verdict.unclear = [(m.place or m.municipality or "", m) for m in sorted(rivals, key=lambda m: m.start)]
        if doubtful and not self._is_explained(doubtful, certain):
            verdict.unclear = [(name, m) for m in doubtful for name in m.unclear]
            verdict.unclear += [(m.place or m.municipality or "", m) for m in verdict.certain]
        if not kept and not mentions:
            verdict.unknown = unknown_place(tokens, awaiting)
        return verdict

    @staticmethod
    def _is_explained(doubtful: list[Mention], certain: list[Mention]) -> bool:
        """Whether a place that is certain says in which municipality the doubtful one lies."""
        known = {m.municipality for m in certain} | {m.place for m in certain}
        return bool(certain) and all(any(name in known for name in m.unclear) for m in doubtful)

    def _drop_negated(self, tokens: list[Token], mentions: list[Mention]) -> None:
        """Mark "not X", and X in "X, no, Y"."""
        for index, mention in enumerate(mentions):
            before = tokens[max(0, mention.start - 3) : mention.start]
            following = mentions[index + 1] if index + 1 < len(mentions) else None
            near = [t for t in before[-2:] if t.is_word]
            directly = bool(near) and near[-1].has("negations") and not _is_interjection(tokens, mention.start - 1)
            across = len(near) == 2 and near[0].has("negations") and near[1].has("from", "at", "to")
            mention.is_negated = mention.is_negated or directly or across
            if following:
                between = tokens[mention.end : following.start]
                words = [t for t in between if t.is_word]
                if words and words[0].has("negations", "corrections") and _is_correction(between):
                    mention.is_negated = True

    @staticmethod
    def _rivals(tokens: list[Token], certain: list[Mention]) -> list[Mention]:
        """Return the places between which it must be asked; none where one is the likeliest."""
        if len(certain) < 2:
            return []
        best = certain[0]
        rivals = [m for m in certain if best.score - m.score < NEARLY and m.municipality != best.municipality]
        return [best, *rivals] if rivals else []


def _most_precise(certain: list[Mention]) -> list[Mention]:
    """Of two mentions in the same municipality put the one with a town first: "Kandava, Tukuma novads"."""
    if not certain or certain[0].place:
        return certain
    first = certain[0]
    for mention in certain[1:]:
        if mention.place and mention.municipality == first.municipality:
            return [mention, *(m for m in certain if m is not mention)]
    return certain


def _is_interjection(tokens: list[Token], index: int) -> bool:
    """Whether a negation is the word "no" by itself: "nē, Talsi"."""
    token = tokens[index]
    return not token.is_word or token.lower in ("nē", "нет") or (
        index + 1 < len(tokens) and tokens[index + 1].text in ",."
    )


def _is_correction(between: list[Token]) -> bool:
    words = [t for t in between if t.is_word]
    if words[0].has("corrections"):
        return True
    follows_comma = any(t.text in ",." for t in between[between.index(words[0]) + 1 :])
    return words[0].lower in ("nē", "нет", "net") or (follows_comma and len(words) <= 2)


class Reader:
    """Reads one mention with the words around it."""

    def __init__(self, cues: PlaceCues, text: str, tokens: list[Token], mentions: list[Mention], awaiting: bool):
        self.cues = cues
        self.tokens = tokens
        self.mentions = mentions
        self.awaiting = awaiting
        letters = [c for c in text if c.isalpha()]
        self.shouts = len(letters) > 8 and sum(c.isupper() for c in letters) > 0.6 * len(letters)
        words = [t for t in tokens if t.is_word]
        capitals = sum(t.is_capital for t in words)
        self.titles = len(words) > 2 and capitals > 0.7 * len(words)

    def read(self, mention: Mention) -> bool:
        """Fill in what a mention means; False where no place is meant."""
        readings = self._readings(mention)
        if not readings or self._is_in_fixed_phrase(mention, readings):
            return False
        follows = self._unit(mention)
        is_adjective = any(r.cases() == {Case.ADJECTIVE} for r in readings)
        unit = follows or (self._unit_before(mention) if is_adjective else None)
        if is_adjective and not unit and not self._institution_follows(mention):
            return False
        if not self._has_enough_evidence(mention, readings, unit):
            return False
        if follows:
            mention.end += 1 + int(mention.end + 1 < len(self.tokens) and self.tokens[mention.end + 1].text == ".")
        self._interpret(mention, readings, unit)
        mention.score = self._score(mention, readings) + (0.1 if unit else 0.0)
        return bool(mention.municipality or mention.unclear)

    def _readings(self, mention: Mention) -> list[Reading]:
        """Return the names that the spelling may be, by its diacritics; certain ones before guesses."""
        word = self.tokens[mention.start] if mention.end - mention.start == 1 else None
        readings = list(mention.entry.readings.values())
        if word and not word.correction and not word.lower.isascii():
            exact = [r for r in readings if any(is_spelling_of(word.lower, w) for w in r.written)]
            if len(word.folded) < LONG:
                readings = [r for r in readings if any(has_no_other_accent(word.lower, w) for w in r.written)]
            readings = exact or readings
        readings = [r for r in readings if r.name.is_certain] or readings
        if len({r.name.place for r in readings}) < 2:
            return readings
        # Two names share a form: Priekuļi, and Priekuli of Priekule. "uz" wants the second.
        wanted = Case.ACCUSATIVE if self._preposition(mention) == "to" else Case.NOMINATIVE
        form = word.lower if word and not word.correction else None
        return [r for r in readings if wanted in r.cases(form)] or readings

    def _cases(self, mention: Mention) -> set[Case]:
        """Return the cases that a mention may be."""
        single = mention.end - mention.start == 1
        token = self.tokens[mention.start]
        word = token.lower if single and not token.correction else None
        return mention.entry.cases(word)

    def _unit(self, mention: Mention) -> str | None:
        """Return which unit is named after the name: municipality, district, parish."""
        if mention.end >= len(self.tokens):
            return None
        following = self.tokens[mention.end]
        dot = mention.end + 1 < len(self.tokens) and self.tokens[mention.end + 1].text == "."
        kinds = self.cues.kinds[following.lower + "."] if dot else following.kinds
        return next((kind.removeprefix("unit:") for kind in kinds if kind.startswith("unit:")), None)

    def _unit_before(self, mention: Mention) -> str | None:
        """Return the unit that is named before an adjective: "край талсинский"."""
        kinds = self.tokens[mention.start - 1].kinds if mention.start else NO_KINDS
        return next((kind.removeprefix("unit:") for kind in kinds if kind.startswith("unit:")), None)

    def _institution_follows(self, mention: Mention) -> bool:
        return mention.end < len(self.tokens) and self.tokens[mention.end].has("institutions")

    def _is_in_fixed_phrase(self, mention: Mention, readings: list[Reading]) -> bool:
        """Whether it is a street, a firm, a team, a food …: "Rīgas iela", "FK Liepāja"."""
        before = self.tokens[mention.start - 1] if mention.start else None
        cases = self._cases(mention)
        if before and before.has("not_after") and cases & NOT_WHERE:
            return True
        after = self.tokens[mention.end] if mention.end < len(self.tokens) else None
        if after is None:
            return False
        ordinal = mention.end + 1 < len(self.tokens) and self.tokens[mention.end + 1].text == "."
        if after.text.isdigit() and not ordinal and cases == {Case.GENITIVE}:
            return True  # "Rīgas 12" is an address, "Rīgas 34. vidusskola" a school
        return after.has("not_before") and bool(cases & FROM_WORDS_OF_A_NAME)

    def _has_enough_evidence(self, mention: Mention, readings: list[Reading], unit: str | None) -> bool:
        token = self.tokens[mention.start]
        single = mention.end - mention.start == 1
        mention.confidence = CERTAIN
        exact = any(is_spelling_of(token.lower, written) for r in readings for written in r.written)
        ambiguity = self.cues.ambiguity(token.lower, token.folded, exact) if single else None
        weight = self._evidence(mention, unit)
        if all(not r.name.is_certain for r in readings):
            return self._is_likely_guess(mention, readings, unit, weight)
        if any(r.name.is_people for r in readings):
            return self._is_bare() or self._cue_before(mention, ("self",), 3)
        if token.correction:
            return self._is_likely_correction(mention, token, weight)
        if ambiguity:
            if self._is_person_or_thing(mention):
                return False
            mention.confidence = 0.85
            return weight >= (2 if ambiguity == "strong" else 1)
        if single and not token.lower.isascii() and not exact:
            mention.confidence = 0.8
            return weight >= 1 or len(token.folded) >= 7
        return True

    def _is_person_or_thing(self, mention: Mention) -> bool:
        """Whether the words beside an ambiguous name are those of a person or a thing: "the Pope", a song."""
        before = self.tokens[max(0, mention.start - 2) : mention.start]
        after = self.tokens[mention.end : mention.end + 2]
        if before and before[-1].has("articles") and self.tokens[mention.start].text.isascii():
            return True
        is_where = self._preposition(mention) in ("from", "at", "to") or not self._cases(mention) & NOT_WHERE
        on = self._preposition(mention) == "on"
        return any(t.has("persons") for t in [*before, *after]) and (on or not is_where)

    def _is_likely_guess(self, mention: Mention, readings: list[Reading], unit: str | None, weight: int) -> bool:
        """Whether a parish is meant. Many are everyday words (Skaista, Cena), so more is asked of those."""
        token = self.tokens[mention.start]
        if unit:
            return True
        if all(r.name.title in self.cues.parishes_that_are_words for r in readings):
            is_name = token.is_capital and not self.shouts and self._is_within_sentence(mention.start)
            if self.awaiting:
                return is_name or len(self._words()) <= 2
            near = self._preposition(mention)
            return is_name and (near in ("from", "at", "to") or self._cue_before(mention, ("lives",), 3))
        return weight >= 1 and any(is_spelling_of(token.lower, w) for r in readings for w in r.written)

    def _is_likely_correction(self, mention: Mention, token: Token, weight: int) -> bool:
        assert token.correction is not None
        length, distance = len(token.folded), token.correction.distance
        mention.confidence = 0.8 if distance == 1 else 0.65
        readings = mention.entry.readings.values()
        if all(reading.cases() == {Case.ADJECTIVE} for reading in readings) and not self._unit(mention):
            return False
        if all(reading.name.is_small for reading in readings):
            return weight >= 2 and distance == 1 and length >= 5
        if length >= 7 and distance == 1:
            return True
        if distance == 1 and length < 6:  # a capital letter says little of a short word
            cue = self._preposition(mention) or self._cue_before(mention, ("lives",), 2)
            return bool(cue and weight >= (1 if length == 5 else 2)) or self._is_bare()
        return weight >= 1

    def _evidence(self, mention: Mention, unit: str | None) -> int:
        """Return 2 where a place is surely meant, 1 where a preposition makes it likely, else 0."""
        if unit or self._is_bare():
            return 2
        token = self.tokens[mention.start]
        if token.is_capital and not self.shouts and not self.titles and self._is_within_sentence(mention.start):
            return 2
        near = self._preposition(mention)
        if self._cue_before(mention, ("lives", "moved"), 3 if near else 2) and near != "on":
            return 2
        if self._lives_follows(mention) and near != "on":
            return 2
        beside_institution = self._institution_follows(mention) or self._institution_before(mention)
        if beside_institution and self._cases(mention) & FROM_WORDS_OF_A_NAME:
            return 2 if self._next_is_town(mention) else 1
        if near and near != "on":
            return 2 if self.awaiting else 1
        if mention.start == 0 and mention.end < len(self.tokens) and self.tokens[mention.end].text == ",":
            return 1  # "Ludza, Raiņa iela"
        return 1 if self.awaiting and len(self._words()) <= 3 else 0

    def _lives_follows(self, mention: Mention) -> bool:
        return mention.end < len(self.tokens) and self.tokens[mention.end].has("lives")

    def _next_is_town(self, mention: Mention) -> bool:
        following = self.tokens[mention.end] if mention.end < len(self.tokens) else None
        return bool(following and following.folded.startswith(("pilset", "gorod", "novad", "town", "city", "nva")))

    def _institution_before(self, mention: Mention) -> bool:
        return mention.start > 0 and self.tokens[mention.start - 1].has("institutions")

    def _words(self) -> list[Token]:
        return [t for t in self.tokens if t.is_word]

    def _is_bare(self) -> bool:
        """Whether the message is only the name, but for small words."""
        in_mention = {i for m in self.mentions for i in range(m.start, m.end)}
        rest = [
            t for i, t in enumerate(self.tokens)
            if t.is_word and i not in in_mention and not t.has("from", "at", "to", "between", "being", "alternatives")
            and not any(kind.startswith("unit:") for kind in t.kinds)
        ]
        return not rest

    def _is_within_sentence(self, index: int) -> bool:
        return index > 0 and self.tokens[index - 1].text not in ".!?\n…:\"„“«)" and any(
            t.is_word for t in self.tokens[:index]
        )

    def _preposition(self, mention: Mention) -> str | None:
        """Return what the preposition before a name says: from, at, to; ``on``: "uz salas" (on the island)."""
        index = mention.start - 1
        skipped = 0
        while index >= 0 and skipped <= 2:
            token = self.tokens[index]
            if token.has("on") or (token.folded == "uz" and self._cases(mention) <= {Case.GENITIVE}):
                return "on"
            for kind in ("from", "at", "to"):
                if token.has(kind):
                    return kind
            if not token.has("between"):
                return None
            index -= 1
            skipped += 1
        return None

    def _cue_before(self, mention: Mention, kinds: tuple[str, ...], reach: int) -> bool:
        """Whether one of the ``reach`` words before the name is of these kinds; another name stops the search."""
        others = {i for m in self.mentions for i in range(m.start, m.end)}
        for index in range(mention.start - 1, max(-1, mention.start - reach - 2), -1):
            token = self.tokens[index]
            if token.text in ".!?\n;" or index in others:
                return False
            if token.is_word:
                if token.has(*kinds):
                    return True
                reach -= 1
                if not reach:
                    return False
        return False

    def _interpret(self, mention: Mention, readings: list[Reading], unit: str | None) -> None:
        names = [reading.name for reading in readings]
        if self.tokens[mention.start].correction:
            names = _by_far_the_largest(names)
        options = dict.fromkeys(option for name in names for option in meanings(name, unit))
        if len(options) == 1:
            (place, municipality), = options
            mention.place, mention.municipality = place, municipality
            if not any(name.is_certain or (unit and unit != "parish" and name.units) for name in names):
                mention.place, mention.municipality = None, None
                mention.unclear = (municipality,)
            return
        mention.unclear = tuple(dict.fromkeys(place or municipality for place, municipality in options))

    def _score(self, mention: Mention, readings: list[Reading]) -> float:
        """Return how likely the person lives at the place, from the nearest verb and the preposition."""
        near = self._preposition(mention)
        cases = self._cases(mention)
        before = self._nearest(range(mention.start - 1, max(-1, mention.start - 1 - BEHIND), -1))
        ahead = range(mention.end, min(len(self.tokens), mention.end + AHEAD))
        verb = before or self._nearest(ahead, ahead=True)
        past = self._cue_before(mention, ("past",), 4)
        if past and not self._cue_before(mention, ("present",), 4):
            score = PAST
        elif self._is_landmark(mention):
            score = ELSEWHERE
        elif verb == "moved":
            score = MOVED_FROM if near == "from" and len(self.mentions) > 1 else MOVED_TO
        elif verb == "lives":
            score = LIVES
        elif verb == "elsewhere":
            score = ELSEWHERE
        elif verb == "being" and near == "from":
            score = IS_FROM
        elif verb == "being" and (near in ("at", "on") or Case.LOCATIVE in cases):
            score = IS_AT
        elif near in ("at", "on") or (Case.LOCATIVE in cases and not near):
            score = AT
        elif near == "from":
            score = FROM
        elif near == "to":
            score = TO
        elif self._institution_follows(mention):
            score = INSTITUTION
        else:
            score = BARE
        if self._cue_before(mention, ("others",), 3):
            score = min(score, ELSEWHERE)
        return score

    def _is_landmark(self, mention: Mention) -> bool:
        """Whether it only says near what another place lies: "Ozolnieki pie Jelgavas", "Nīcā, uz Liepājas pusi"."""
        before = self.tokens[max(0, mention.start - 3) : mention.start]
        if not any(token.has("beside") for token in before):
            return False
        for other in self.mentions:
            if 0 < mention.start - other.end <= 4:
                between = self.tokens[other.end : mention.start]
                return not any(token.has("lives", "being", "self", "moved", "present") for token in between)
        return False

    def _nearest(self, indexes: range, ahead: bool = False) -> str | None:
        """Return the kind of the nearest telling word; another name or a sentence's end stops the search.

        After a name only a verb of living or working in the same clause tells of it: "Talsos dzīvoju".
        """
        others = {i for m in self.mentions for i in range(m.start, m.end)}
        for index in indexes:
            token = self.tokens[index]
            if token.text in ".!?\n;" or index in others or (ahead and token.text in ",:–"):
                return None
            for kind in ("lives", "works") if ahead else ("lives", "moved", "works", "elsewhere", "being"):
                if token.has(kind):
                    return "elsewhere" if kind == "works" else kind
        return None


def _by_far_the_largest(names: list[Name]) -> list[Name]:
    """Return the one town that has ten times the inhabitants of the others, where there is one: Rgīa is Rīga, not Roja."""
    first, *others = sorted(names, key=lambda name: -name.population)
    return [first] if all(first.population >= 10 * other.population for other in others) else names


def meanings(name: Name, unit: str | None) -> list[tuple[str | None, str]]:
    """Return what a name may mean with the unit after it, each as (place, municipality)."""
    if unit in ("municipality", "district"):
        if name.units:
            return [(None, municipality) for municipality in name.units]
        if name.municipality and unit == "municipality":
            return [(name.place, name.municipality)]
    guesses: list[tuple[str | None, str]] = [(None, municipality) for municipality in name.guesses]
    if name.municipality:
        known: list[tuple[str | None, str]] = [(name.place, name.municipality)]
        return [*known, *guesses] if unit == "parish" else known
    return guesses


def unknown_place(tokens: list[Token], awaiting: bool) -> Token | None:
    """Return a word that nobody knows, where the message says that it is a place."""
    words = [t for t in tokens if t.is_word]
    if awaiting and len(words) <= 3:
        loose = [t for t in words if not t.kinds and len(t.folded) >= 4]
        return loose[-1] if loose else None
    return None
