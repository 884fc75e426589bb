"""What the names in a message mean: which place the person lives in, and what must be asked back."""

from __future__ import annotations

import itertools

from bot.nlu.place_cues import PlaceCues
from bot.nlu.place_evidence import confidence, is_in_fixed_phrase
from bot.nlu.place_forms import Case, has_no_other_accent, is_spelling_of
from bot.nlu.place_lexicon import LONG, Name, Reading
from bot.nlu.place_surroundings import Surroundings
from bot.nlu.place_tokens import Mention, Token, Verdict

# How likely the person is or lives at a place of which this is said, for comparing two of them.
LIVES, MOVED_TO, DECLARED, IS_FROM, IS_AT = 4.0, 4.0, 3.6, 3.6, 3.4
AT, INSTITUTION, FROM, BARE, TO = 2.5, 2.4, 2.2, 2.0, 1.8
ELSEWHERE, PAST, MOVED_FROM = 1.4, 0.9, 0.6
VERBS = {"lives": LIVES, "declared": DECLARED, "elsewhere": ELSEWHERE}
WITH_UNIT = 0.1
NEARLY = 0.25  # two places whose scores differ less are asked back

BEHIND, AHEAD = 6, 4  # how many words around a name are searched for a verb
LARGER = 10  # times; a mistyped name is rather that of the larger town


class Judge:
    """Judges the mentions of one message."""

    def __init__(self, cues: PlaceCues):
        self.cues = cues

    def __call__(self, text: str, tokens: list[Token], mentions: list[Mention], awaiting: bool) -> Verdict:
        """Return which mentions are places to go by, and what to ask back."""
        around = Surroundings(self.cues, text, tokens, mentions, awaiting)
        kept = [mention for mention in mentions if _read(around, mention)]
        _mark_negated(around, tokens, kept)
        said = [mention for mention in kept if not mention.is_negated]
        certain = sorted((m for m in said if m.municipality), key=lambda mention: -mention.score)
        certain = _most_precise_first(certain)
        best = certain[0].score if certain else 0.0
        doubtful = [m for m in said if not m.municipality and m.score > best]
        verdict = Verdict(certain=certain)
        if doubtful and not _are_explained(doubtful, certain):
            verdict.unclear = [(name, mention) for mention in doubtful for name in mention.unclear]
            verdict.unclear += [(mention.name, mention) for mention in certain]
        else:
            rivals = sorted(_rivals(certain), key=lambda mention: mention.start)
            verdict.unclear = [(mention.name, mention) for mention in rivals]
        if not kept:
            verdict.unknown = _unknown_place(around)
        return verdict


def _read(around: Surroundings, mention: Mention) -> bool:
    """Fill in what a mention means; False where no place is meant."""
    readings = _readings(around, mention)
    if not readings or is_in_fixed_phrase(around, mention):
        return False
    after = around.unit_after(mention)
    is_adjective = any(reading.cases() == {Case.ADJECTIVE} for reading in readings)
    unit = after or (around.unit_before(mention) if is_adjective else None)
    if is_adjective and not (unit or around.institution_after(mention) or around.is_said_of_self(mention)):
        return False
    mention.confidence = confidence(around, mention, readings, unit)
    if not mention.confidence:
        return False
    mention.score = _score(around, mention) + (WITH_UNIT if unit else 0.0)
    if after:
        has_dot = any(token.text == "." for token in around.after(mention, 2)[1:])
        mention.end += 2 if has_dot else 1
    names = [reading.name for reading in readings]
    _interpret(mention, _by_far_the_largest(names) if around.first(mention).correction else names, unit)
    return bool(mention.municipality or mention.unclear)


def _readings(around: Surroundings, mention: Mention) -> list[Reading]:
    """Return the names that the spelling may be, by its diacritics; certain ones before guesses."""
    token = around.first(mention)
    is_as_written = mention.is_one_word and not token.correction
    readings = list(mention.entry.readings.values())
    if is_as_written and not token.lower.isascii():
        exact = [r for r in readings if any(is_spelling_of(token.lower, w) for w in r.written)]
        if len(token.folded) < LONG:
            readings = [r for r in readings if any(has_no_other_accent(token.lower, w) for w in r.written)]
        readings = exact or readings
    readings = [r for r in readings if r.name.is_certain] or readings
    if len({r.name.place for r in readings}) < 2:
        return readings
    # Two names share a form: Priekuļi, and Priekuli of Priekule. "uz" wants the second.
    wanted = Case.ACCUSATIVE if around.preposition(mention) == "to" else Case.NOMINATIVE
    return [r for r in readings if wanted in r.cases(token.lower if is_as_written else None)] or readings


def _interpret(mention: Mention, names: list[Name], unit: str | None) -> None:
    """Fill in the place and municipality, or what to ask back with."""
    options = list(dict.fromkeys(option for name in names for option in _meanings(name, unit)))
    is_certain = any(name.is_certain or (name.units and _is_municipality(unit)) for name in names)
    if len(options) == 1 and is_certain and not _is_old_district_of_a_city(names, unit):
        mention.place, mention.municipality = options[0]
    else:
        mention.unclear = tuple(dict.fromkeys(place or municipality for place, municipality in options))


def _meanings(name: Name, unit: str | None) -> list[tuple[str | None, str]]:
    """Return what a name may mean with the unit after it, each as (place, municipality)."""
    if _is_municipality(unit) and name.units:
        return [(None, municipality) for municipality in name.units]
    guesses: list[tuple[str | None, str]] = [(None, municipality) for municipality in name.guesses]
    if name.municipality is None:
        return guesses
    return [(name.place, name.municipality), *(guesses if unit == "parish" else [])]


def _is_municipality(unit: str | None) -> bool:
    return unit in ("municipality", "district")


def _is_old_district_of_a_city(names: list[Name], unit: str | None) -> bool:
    """Whether it is "Rīgas rajons", which was around the city, and is in several municipalities now."""
    return _is_municipality(unit) and any(name.place == name.municipality and not name.units for name in names)


def _by_far_the_largest(names: list[Name]) -> list[Name]:
    """Return the one town that is far larger than the others, where there is one: Rgīa is Rīga, not Roja."""
    first, *others = sorted(names, key=lambda name: -name.population)
    rivals = [other for other in others if other.place != first.place]
    return [first] if all(first.population >= LARGER * other.population for other in rivals) else names


def _score(around: Surroundings, mention: Mention) -> float:
    """Return how likely the person lives at the place, from the nearest verb and the preposition."""
    score = _score_of_words(around, mention)
    return min(score, ELSEWHERE) if around.nearest_before(mention, ("self", "others"), 3) == "others" else score


def _score_of_words(around: Surroundings, mention: Mention) -> float:
    near = around.preposition(mention)
    is_at = near in ("at", "on") or (Case.LOCATIVE in around.cases(mention) and not near)
    if around.nearest_before(mention, ("past", "present"), 4) == "past" or around.is_past_after(mention):
        return PAST
    if around.is_landmark(mention) or around.says_how_far(mention):
        return ELSEWHERE
    verb = around.verb_before(mention, BEHIND) or around.verb_after(mention, AHEAD)
    if verb == "moved":
        return MOVED_FROM if near == "from" and len(around.mentions) > 1 else MOVED_TO
    if verb in VERBS:
        return VERBS[verb]
    if verb == "being" and (near == "from" or is_at or Case.LOCATIVE in around.cases(mention)):
        return IS_FROM if near == "from" else IS_AT
    if is_at:
        return AT
    if near in ("from", "to"):
        return FROM if near == "from" else TO
    return INSTITUTION if around.institution_after(mention) else BARE


def _mark_negated(around: Surroundings, tokens: list[Token], mentions: list[Mention]) -> None:
    """Mark "not X", X in "X, no, Y", and where the person says that they do not live."""
    for mention, following in itertools.zip_longest(mentions, mentions[1:]):
        if around.denies_living(mention) or around.is_answered_no(mention):
            mention.is_negated = True
        near = [token for token in tokens[max(0, mention.start - 2) : mention.start] if token.is_word]
        if near and near[-1].has("negations") and not _is_interjection(tokens, mention.start - 1):
            mention.is_negated = True
        if len(near) == 2 and near[0].has("negations") and near[1].has("from", "at", "to"):
            mention.is_negated = True
        if following and _is_correction(tokens[mention.end : following.start]):
            mention.is_negated = True
        if following and mention is mentions[0] and _is_slip(tokens, mention, following):
            mention.is_negated = True


def _is_interjection(tokens: list[Token], index: int) -> bool:
    """Whether a negation is the word "no" by itself: "nē, Talsi"."""
    return not tokens[index].is_word or tokens[index].lower in ("nē", "нет")


def _is_correction(between: list[Token]) -> bool:
    """Whether the words between two names take the first one back: "Tukums, nē, Talsi"."""
    words = [token for token in between if token.is_word]
    if not words or not words[0].has("negations", "corrections"):
        return False
    if words[0].has("corrections") or words[0].lower in ("nē", "нет"):
        return True
    return len(words) <= 2 and any(token.text in ",." for token in between[between.index(words[0]) + 1 :])


def _is_slip(tokens: list[Token], mention: Mention, following: Mention) -> bool:
    """Whether the first name is said to be a slip: "nospiedu Saldu, bet vajadzēja Kuldīgu"."""
    said_so = any(token.has("slips") for token in tokens[: mention.start])
    return said_so and any(token.has("contrasts") for token in tokens[mention.end : following.start])


def _most_precise_first(certain: list[Mention]) -> list[Mention]:
    """Of two mentions in the same municipality put the one with a town first: "Kandava, Tukuma novads"."""
    if not certain or certain[0].place:
        return certain
    towns = [m for m in certain if m.place and m.municipality == certain[0].municipality]
    taken = set(map(id, towns))
    return [*towns, *(m for m in certain if id(m) not in taken)]


def _rivals(certain: list[Mention]) -> list[Mention]:
    """Return the places between which it must be asked; none where one is the likeliest."""
    if not certain:
        return []
    best = certain[0]
    others = [m for m in certain if m.municipality != best.municipality and best.score - m.score < NEARLY]
    return [best, *others] if others else []


def _are_explained(doubtful: list[Mention], certain: list[Mention]) -> bool:
    """Whether a place that is certain says in which municipality each doubtful one lies."""
    known = {mention.municipality for mention in certain} | {mention.place for mention in certain}
    return all(any(name in known for name in mention.unclear) for mention in doubtful)


def _unknown_place(around: Surroundings) -> Token | None:
    """Return the word that nobody knows, where the person was asked for a place and said little else."""
    if not around.awaiting or len(around.words) > 3:
        return None
    loose = [token for token in around.words if not token.kinds and len(token.folded) >= 4]
    return loose[-1] if loose else None
