"""Names that people give of themselves and of others."""

from __future__ import annotations

from collections.abc import Iterator

from bot.nlu.fold import strip_accents
from bot.privacy.redaction.given import is_given
from bot.privacy.redaction.persons import is_pair, is_patronymic, person
from bot.privacy.redaction.tokens import Found, Kind, Token, Tokens, number_of
from bot.privacy.redaction.words import cues

MAX_WORDS = 3  # of a name
LONGEST_CUE = 4  # words
LONG = 5  # letters: a given name in small letters after any word for somebody near
SHORTEST = 4  # letters of a surname without a capital letter
_BETWEEN = (":", "-", "–", ",", "—")
# Endings of folded words that follow a name in a text without capital letters: verbs, mostly.
_SELF = ("esmu", "ia")  # "I am", folded
_LOCATIVE = "āēīū"
_NOT_SURNAME = ("u", "t", "ti", "ing", "am", "im", "it")


def find_names(tokens: Tokens) -> Iterator[Found]:
    """Find names after words that announce one, and those that are seen to be a person's by themselves."""
    index = 0
    while index < len(tokens):
        if not tokens[index].is_word:
            index += 1
            continue
        found = _after_cue(tokens, index) or _between(tokens, index)
        if found is None and (own := person(tokens, index)):
            found = (own[0], max(own[1], end_of_name(tokens, own[1])))
        if found is None:
            index += 1
            continue
        yield tokens.found(Kind.NAME, *found)
        index = found[1] + 1


def _after_cue(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """Return the first and the last token of a name, if the words from ``index`` on announce one."""
    known = cues()
    words: list[str] = []
    at = index
    found: tuple[int, int] | None = None
    while at < len(tokens) and len(words) < LONGEST_CUE:
        token = tokens[at]
        if token.raw in ("'", "’", "."):
            at += 1
            continue
        if not token.is_word:
            break
        words.extend(token.plain.split())  # "i'm" is two words when folded
        at += 1
        phrase = tuple(words)
        if phrase not in known.openings and not _is_relation(phrase):
            break  # nothing that begins so announces a name
        start = at
        while (sign := tokens.get(start)) and sign.raw in _BETWEEN and start < at + 2:
            start += 1
        if (just := tokens.get(start)) and known.lists["just"].has(just.plain):
            start += 1
        name = tokens.get(start)
        if name is None or not name.is_word:
            continue
        how = _announced(phrase, ":" in tokens.text[tokens[at - 1].end : name.start])
        is_short_name = how == "sure" and name.is_capital and name.raw.lower() in known.given_forms  # Рома
        is_number = number_of(name.plain) is not None and not name.is_capital
        if (known.not_name.has(name.plain) and not is_short_name) or is_number:
            continue
        if how == "likely" and _is_of_near_one(tokens, index, phrase, name):
            how = "sure"
        if how is not None and _looks_like_name(tokens, start, phrase, how):
            may_be_any = how == "sure" or phrase[0] in ("esmu", "im") or phrase[:2] == ("es", "esmu")
            found = (start, end_of_name(tokens, start, may_be_any))
    return found


def _is_of_near_one(tokens: Tokens, index: int, phrase: tuple[str, ...], name: Token) -> bool:
    """Whether it is *dēlu sauc*: then the name may be any word that is no verb."""
    before = tokens.get(index - 1)
    is_called = cues().closes.has(phrase[-1]) and before is not None and cues().people.has(before.plain)
    return is_called and len(name.plain) > 2 and not name.plain.endswith(_NOT_SURNAME)


def _announced(phrase: tuple[str, ...], has_colon: bool) -> str | None:
    """Return how surely a name follows these words: sure, likely, perhaps; None: not at all."""
    known = cues()
    if phrase in known.sure or (has_colon and phrase in known.label):
        return "sure"
    if phrase in known.likely or phrase in known.label:
        return "likely"
    return "perhaps" if phrase in known.perhaps or _is_relation(phrase) else None


def _is_relation(phrase: tuple[str, ...]) -> bool:
    """Whether these words are somebody near, in any case, or "I am"."""
    return phrase in cues().relation or (len(phrase) == 1 and cues().people.has(phrase[0]))


def _looks_like_name(tokens: Tokens, index: int, phrase: tuple[str, ...], how: str) -> bool:
    """Whether the word at ``index`` looks enough like a name after these words."""
    known = cues()
    name = tokens[index]
    is_abbreviation = name.raw.isupper() and 1 < len(name.raw) <= 5 and not tokens.text.isupper()
    is_capital = name.is_capital and not is_abbreviation and not known.is_place(name.plain)
    is_given_one = is_given(name)
    if how == "sure" and phrase[-1] != "par":
        return True
    if how != "perhaps":
        is_filled_in = phrase in known.label and name.plain.endswith(known.surname_endings)  # uzvārds lapiņš
        return is_given_one or is_capital or is_filled_in
    if _is_relation(phrase) and is_capital and _is_one_name(name):
        following = tokens.get(index + 1)
        is_self = phrase in known.perhaps and phrase[-1] in _SELF
        if not is_self or following is None or known.after_one.has(following.plain):
            return True
    # In English nationalities have capital letters as well: "I am Latvian Roma".
    if is_capital and is_pair(tokens, index) and phrase[0] not in ("i", "im", "this"):
        return True
    if tokens[index - 1].raw.lower() == "ja":  # Russian "I" in Latin letters, and Latvian "if"
        following = tokens.get(index + 1)
        is_alone = following is None or following.raw in ",.!" or known.after_one.has(following.plain)
        is_common = known.lists["also_a_word"].has(name.plain)
        return is_given_one and (name.is_capital or (is_alone and not is_common))
    is_exact = len(name.raw) >= LONG and name.raw.lower() in known.given_forms
    is_told = phrase in known.perhaps or phrase in known.relation or is_exact
    is_common = not is_told or known.lists["also_a_word"].has(name.plain)
    is_long = len(name.plain) > 3 or (len(name.raw) > 3 and name.raw.lower() in known.given_forms)
    return is_given_one and (name.is_capital or (is_long and not is_common))


def _is_one_name(name: Token) -> bool:
    """Whether a word with a capital letter may be a name, not where somebody is: *esmu Anglijā*, *esmu Vacija*."""
    is_somewhere = name.raw[-1] in _LOCATIVE or name.plain.endswith("ija")
    if cues().not_one.has(name.plain) or cues().is_common(name.raw):
        return False
    return (
        len(name.raw) > 2 and name.raw[1:].isalpha() and name.raw[1:].islower() and (not is_somewhere or is_given(name))
    )


def _between(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """Return the name in *меня Катя зовут*."""
    name, closing = tokens.get(index + 1), tokens.get(index + 2)
    known = cues()
    if not (name and closing and name.is_word and known.opens.has(tokens[index].plain)):
        return None
    is_name = known.closes.has(closing.plain) and (name.is_capital or is_given(name))
    return (index + 1, index + 1) if is_name else None


def end_of_name(tokens: Tokens, first: int, may_be_any: bool = False) -> int:
    """Return the last token of the name that begins at ``first``.

    ``may_be_any``: also words without a capital letter may go on with it.
    """
    last = first
    for _ in range(MAX_WORDS - 1):
        following, second = tokens.get(last + 1), tokens.get(last + 2)
        if following is None:
            break
        if following.raw in ("-", "–") and second and second.is_word and tokens.gap(last) == "":
            last += 2
        elif following.is_word and _goes_on(tokens[first], following, second, may_be_any):
            last += 1
        elif second and cues().lists["and"].has(following.plain) and second.is_capital and is_given(second):
            last += 2
        else:
            break
    return last


def _goes_on(first: Token, word: Token, after: Token | None, may_be_any: bool) -> bool:
    known = cues()
    if after is not None and after.raw == ":":
        return False  # what comes next is told by it: Имя: Захар Фамилия: Плотников
    # A surname may begin as a number does: Сорокин.
    if known.not_name.has(word.plain) or (number_of(word.plain) is not None and not word.is_capital):
        return False
    if is_given(first) and len(word.plain) > 4 and (word.plain.endswith(known.surname_endings) or is_patronymic(word)):
        return True
    if strip_accents(word.raw.lower()) in known.danger:
        return False
    if first.is_capital:
        return word.is_capital and len(word.raw) > 1
    if word.is_capital or is_given(word):
        return True
    if not may_be_any or len(word.plain) < SHORTEST:
        return False
    is_before_town = (
        is_given(first) and after is not None and known.lists["from"].has(after.plain)
    )  # igor shmit iz talsi
    return is_before_town or not word.plain.endswith(_NOT_SURNAME)
