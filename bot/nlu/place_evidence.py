"""Whether a name in a message means a place at all: a taxi is no Talsi, "Rīgas iela" no Rīga."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from bot.nlu.place_forms import Case, is_spelling_of
from bot.nlu.place_lexicon import Reading
from bot.nlu.place_surroundings import OPENING_QUOTES, Surroundings
from bot.nlu.place_tokens import Correction, Mention

CERTAIN, AMBIGUOUS, MISTYPED, BADLY_MISTYPED = 0.95, 0.85, 0.8, 0.65  # confidences
OF_A_NAME = {Case.GENITIVE, Case.ADJECTIVE, Case.NOMINATIVE}  # "Rīgas …", «рижский …», "Riga …"
NOT_WHERE = OF_A_NAME | {Case.ACCUSATIVE, Case.INSTRUMENTAL}
SHORT = 6  # letters; below it a letter wrong is often another word
UNMISTAKABLE = 7  # from so many on a letter wrong needs nothing around it


class Weight(IntEnum):
    """How much the words around a name speak for a place."""

    NONE = 0
    LIKELY = 1  # a preposition
    SURE = 2  # a word of living, a unit, a capital letter within a sentence, nothing but the name


def is_in_fixed_phrase(around: Surroundings, mention: Mention) -> bool:
    """Whether it is a street, a firm, a team, a food …: "Rīgas iela", "FK Liepāja"."""
    cases = around.cases(mention)
    before, after = around.before(mention), around.after(mention, 2)
    if before and before[0].text in OPENING_QUOTES and after and after[0].is_word:
        return True  # the name of a firm: "Ventspils Reiss"
    if before and before[0].has("not_after") and cases & NOT_WHERE:
        return True
    if not after:
        return False
    is_ordinal = len(after) == 2 and after[1].text == "."
    if after[0].text.isdigit() and not is_ordinal and cases == {Case.GENITIVE}:
        return True  # "Rīgas 12" is an address, "Rīgas 34. vidusskola" a school
    if after[0].has("not_before"):
        return bool(cases & OF_A_NAME)
    if len(after) < 2 or not (after[0].is_word and after[1].has("not_before")):
        return False
    # "Rīgas melnais balzams", "Riga Black Balsam"
    return cases == {Case.GENITIVE} or (after[0].is_capital and after[1].is_capital and bool(cases & OF_A_NAME))


def weigh(around: Surroundings, mention: Mention, unit: str | None, but: str | None = None) -> Weight:
    """Return how much the words around a name speak for a place; words of the kind ``but`` say nothing of living."""
    if unit or around.is_bare() or around.has_telling_capital(mention) or around.is_put_right(mention):
        return Weight.SURE
    near = around.preposition(mention)
    if near != "on":
        lives_before = around.cue_before(mention, ("lives", "declared", "moved"), 3 if near else 2, but)
        if lives_before or any(t.has("lives") and not (but and t.has(but)) for t in around.after(mention)):
            return Weight.SURE
    beside_institution = around.institution_after(mention) or around.institution_before(mention)
    if beside_institution and around.cases(mention) & OF_A_NAME:
        return Weight.SURE if any(token.has("towns") for token in around.after(mention)) else Weight.LIKELY
    if around.says_where(mention):
        return Weight.SURE if around.awaiting else Weight.LIKELY
    if mention.start == 0 and any(token.text == "," for token in around.after(mention)):
        return Weight.LIKELY  # "Ludza, Raiņa iela"
    return Weight.LIKELY if around.awaiting and len(around.words) <= 3 else Weight.NONE


def confidence(around: Surroundings, mention: Mention, readings: Sequence[Reading], unit: str | None) -> float:
    """Return how sure it is that a name means a place, from 0 (it does not) to 1."""
    token = around.first(mention)
    weight = weigh(around, mention, unit)
    if not any(reading.name.is_certain for reading in readings):
        return CERTAIN if _may_be_parish(around, mention, readings, unit, weight) else 0.0
    if any(reading.name.is_cut for reading in readings):
        is_answer = around.awaiting and around.is_bare()
        return AMBIGUOUS if is_answer or around.preposition(mention) == "from" else 0.0
    if any(reading.name.is_people for reading in readings):
        of_self = around.cue_before(mention, ("self",), 3) or any(t.has("self") for t in around.after(mention))
        return CERTAIN if around.is_bare() or of_self else 0.0
    if token.correction:
        return _of_correction(around, mention, token.correction, weight)
    if not mention.is_one_word:
        return CERTAIN
    exact = any(is_spelling_of(token.lower, written) for reading in readings for written in reading.written)
    ambiguity = around.cues.ambiguity(token.lower, token.folded, exact)
    if ambiguity:
        # "salā dzīvot būtu labi" says of nobody that they live there.
        weight = weigh(around, mention, unit, but="infinitives")
        return AMBIGUOUS if _is_place_after_all(around, mention, ambiguity, unit, weight) else 0.0
    if not exact and not token.lower.isascii():  # wrong diacritics
        return MISTYPED if weight or len(token.folded) >= UNMISTAKABLE else 0.0
    return CERTAIN


def _is_place_after_all(
    around: Surroundings, mention: Mention, ambiguity: str, unit: str | None, weight: Weight
) -> bool:
    """Whether a word that also means something else means the place here."""
    if _is_person_or_thing(around, mention):
        return False
    if ambiguity in ("weak", "strong"):
        return weight >= (Weight.SURE if ambiguity == "strong" else Weight.LIKELY)
    # A capital letter says nothing of a person's name, and nothing but a preposition of "please".
    if unit or around.says_where(mention) or around.cue_before(mention, ("lives",), 2):
        return True
    return ambiguity == "person" and bool(weight) and not around.has_telling_capital(mention)


def _is_person_or_thing(around: Surroundings, mention: Mention) -> bool:
    """Whether the words beside an ambiguous name are those of a person or a thing: "the Pope", "my sister X"."""
    before, after = around.before(mention, 2), around.after(mention, 2)
    if before and before[-1].has("others") and Case.NOMINATIVE in around.cases(mention):
        return True
    if before and before[-1].has("articles") and around.first(mention).text.isascii():
        return True
    if before and before[-1].has("determiners"):
        return True
    says_where = around.says_where(mention) or not around.cases(mention) & NOT_WHERE
    if says_where and around.preposition(mention) != "on":
        return False
    return any(token.has("persons") for token in (*before, *after))


def _may_be_parish(
    around: Surroundings, mention: Mention, readings: Sequence[Reading], unit: str | None, weight: Weight
) -> bool:
    """Whether a parish is meant. Many are everyday words (Skaista, Cena), so more is asked of those."""
    if unit:
        return True
    if all(reading.name.title in around.cues.parishes_that_are_words for reading in readings):
        is_name = around.has_telling_capital(mention)
        if around.awaiting:
            return is_name or len(around.words) <= 2
        return is_name and (around.says_where(mention) or around.cue_before(mention, ("lives",), 3))
    word = around.first(mention).lower
    return bool(weight) and any(is_spelling_of(word, w) for reading in readings for w in reading.written)


def _of_correction(around: Surroundings, mention: Mention, correction: Correction, weight: Weight) -> float:
    """Return how sure it is that a word is a mistyped name. Small villages need more than big towns."""
    folded = around.first(mention).folded
    readings = mention.entry.readings.values()
    if all(reading.cases() == {Case.ADJECTIVE} for reading in readings) and not around.unit_after(mention):
        return 0.0
    is_one_off = correction.distance == 1
    is_word = any(written in around.cues.ambiguous for reading in readings for written in reading.written)
    # Another ending makes another word of a name that is one: "pļaviņa" is no mistyped Pļaviņas.
    only_the_end = all(_differs_at_the_end(folded, form) for form in correction.forms)
    if all(reading.name.is_small for reading in readings):
        enough = around.is_bare() and not only_the_end if is_word else weight >= Weight.SURE
        likely = enough and is_one_off and len(folded) >= 5
    elif is_word:
        likely = weight >= Weight.SURE and not only_the_end
    elif is_one_off and len(folded) < SHORT:  # a capital letter says little of a short word
        says_where = around.preposition(mention) or around.cue_before(mention, ("lives",), 2)
        wanted = Weight.LIKELY if len(folded) == SHORT - 1 else Weight.SURE
        likely = around.is_bare() or bool(says_where and weight >= wanted)
    else:
        likely = bool(weight) or (len(folded) >= UNMISTAKABLE and is_one_off and not only_the_end)
    return (MISTYPED if is_one_off else BADLY_MISTYPED) if likely else 0.0


def _differs_at_the_end(word: str, form: str) -> bool:
    return word[: len(form) - 2] == form[:-2] and sorted(word) != sorted(form)
