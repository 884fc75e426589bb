"""Names that nothing announces: given names in any case, surnames, a signature, a name before what tells of it."""

from __future__ import annotations

import re

from bot.privacy.redaction.given import is_form, is_given
from bot.privacy.redaction.tokens import Token, Tokens, number_of
from bot.privacy.redaction.words import cues

SHORT_MESSAGE = 3  # words: a message that is a name
SIGNATURE = 2  # words
GREETING = 3  # tokens
MAX_SIGNS = 3  # after a signature
THANKS_BEFORE = 8  # tokens
_ENDS = ".!?…"
_QUOTES = "\"'„“”«»"
_LOCATIVE = "āēīū"
# Folded surnames and patronymics that no other word ends like, in every case: Petrovs, Dombrovskas, Ивановной.
_SURNAME = re.compile(
    r"[oe]v(?:s|a|am|u|as|ai|im|oi|i)?$|(?:[oe]v|in)sk(?:is|a|i|im|u|as|ai|ii|aia|oi|ogo|omu)$"
    r"|[aeou]vic(?:s|a|am|u|as|ai|em|ei)?$|enko$"
)
_PATRONYMIC = re.compile(r"(?:[oe]vn|inicn)(?:a|i|u|oi|e)$|[oe]vic(?:a|u|em|e)?$")
# Nouns, and no verbs: *pazuda*, *strādās*, *пропала* tell what somebody did.
_NOUN = ("s", "š", "e", "в", "н", "к", "ч", "р", "ц", "й", "ова", "ева", "ина", "енко")
_FUTURE = ("ās", "ēs", "īs", "ūs", "sies", "jas", "nas", "das", "tas", "cas", "šas")
_DIMINUTIVE = re.compile(r"..in(?:s|a|u|am|ai|as)$")  # beside a given name: bērziņa, kalniņš
SHORTEST_SURNAME = 6  # letters, folded


def person(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """Return the first and the last token of a name that begins at ``index``; its end may lie further on."""
    token = tokens[index]
    found: tuple[int, int] | None = None
    if is_pair(tokens, index) and is_given(token) and not cues().lists["not_pair"].has(token.plain):
        found = index, index
    found = (
        found
        or _pair(tokens, index)
        or ((index, index) if len(token.raw) > 2 and is_form(token) else None)
        or _told_after(tokens, index)
        or _short_message(tokens, index)
        or _signature(tokens, index)
        or _surname(tokens, index)
    )
    return None if found is None or _is_of_a_thing(tokens, index) else found


def is_pair(tokens: Tokens, index: int) -> bool:
    """Whether two words with capital letters stand together, the second no town."""
    one, two = tokens[index], tokens.get(index + 1)
    return bool(
        one.is_capital and len(one.raw) > 1 and two and two.is_word and two.is_capital and len(two.raw) > 2
        and tokens.gap(index) == " " and not cues().is_place(two.plain) and not cues().not_name.has(two.plain)
        and not cues().lists["street"].has(two.plain)
    )  # fmt: skip


def _is_of_a_thing(tokens: Tokens, index: int) -> bool:
    """Whether what would be a name is a street's, a day's, a firm's: *Annas iela*, *Jāņa Rozes grāmatnīca*."""
    lists = cues().lists
    before = tokens.get(index - 1)
    if before is not None and before.raw == ".":
        before = tokens.get(index - 2)
    if before is not None and lists["street_before_name"].has(before.plain):
        return True
    after = index + 1
    while (token := tokens.get(after)) and (token.is_capital or token.raw == ".") and after < index + SHORT_MESSAGE:
        after += 1
    last = tokens.get(after)
    names = (*tokens.all[index + 1 : after], *((last,) if last else ()))
    if any(lists["street"].has(one.plain) for one in names):
        return True
    if (
        last is not None
        and not last.is_capital
        and (lists["named_after"].has(last.plain) or lists["parish"].has(last.plain))
    ):
        return True
    return bool(tokens[index].start and tokens.text[tokens[index].start - 1] in _QUOTES)


def _could_be(token: Token | None) -> bool:
    """Whether a word could be a name at all: a capital letter, no town, no abbreviation, no common word."""
    if token is None or not token.is_word or not token.is_capital or len(token.raw) < 3 or token.raw.isupper():
        return False
    known = cues()
    common = (known.not_name, known.not_one, known.lists["greeting"], known.lists["also_a_word"], known.lists["thanks"])
    is_common = any(words.has(token.plain) for words in common) or known.is_common(token.raw)
    return not (is_common or known.is_place(token.plain))


def is_patronymic(token: Token) -> bool:
    """Whether it is a patronymic: *Ильич* is not seen, *Петровна* is."""
    return len(token.plain) >= SHORTEST_SURNAME and bool(_PATRONYMIC.search(token.plain))


def _is_surname(token: Token) -> bool:
    raw = token.raw.lower()
    if "w" in raw and "wsk" not in raw and "wicz" not in raw:
        return False  # Glasgow, Gateway; but Kowalski
    is_long = len(token.plain) >= SHORTEST_SURNAME and raw[-1] not in _LOCATIVE
    return is_long and bool(_SURNAME.search(token.plain))


def _pair(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """Find *Bogdanoviča Zanda*, *Zamira Dombrovska*, *A. Kalniņš*, *марина петровна*."""
    one, two = tokens[index], tokens.get(index + 1)
    if two is None:
        return None
    if two.raw == "." and len(one.raw) == 1 and one.is_capital and _could_be(tokens.get(index + 2)):
        after = tokens.get(index + 3)
        return None if after is not None and after.is_number else (index, index + 2)
    if not two.is_word or tokens.gap(index) != " ":
        return None
    if is_patronymic(two) and (_could_be(one) or is_given(one)):
        return index, index + 1
    if _is_surely_given(one) and (_is_surname(two) or _DIMINUTIVE.search(two.plain)):
        return index, index + 1
    after = tokens.get(index + 2)
    is_end = after is None or not (after.is_word or after.is_number)
    is_given_two = two.is_capital and two.raw.lower() in cues().given_forms
    if is_end and _could_be(one) and _may_be_surname(one) and is_given_two:
        return index, index + 1  # Rudzītis Lilija
    if not _could_be(one) or not two.is_capital:
        return None
    looks_like_surname = _is_surname(one) or one.plain.endswith(cues().surname_endings)
    if (looks_like_surname and is_form(two)) or (_could_be(two) and (_is_surname(one) or _is_surname(two))):
        return index, index + 1
    return None


def _told_after(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """Find *Zamira mani sauc*, *anna te*, *Kalniņas kundze*."""
    name, one, two = tokens[index], tokens.get(index + 1), tokens.get(index + 2)
    if one is None or not (one.is_word or one.is_number):
        return None
    known = cues()
    phrases = {(one.plain,), (one.plain, two.plain if two else "")}
    is_at_start = index == 0 or tokens[index - 1].raw in _ENDS
    if phrases & known.after_title and _could_be(name):
        return index, index
    if _is_of_writer(tokens, index) and _is_surely_given(one) and _may_be_surname(name) and one.is_word:
        return index, index + 1  # dūmiņš krista, ...
    if _is_of_writer(tokens, index) and _is_surely_given(name):
        return index, index + (one.is_word and not known.lists["from"].has(one.plain))
    if not phrases & (known.after | known.after_any):
        return None
    is_any = phrases & known.after_any and _could_be(name) and not is_at_start
    return (index, index) if is_any or _is_surely_given(name) else None


def _is_of_writer(tokens: Tokens, index: int) -> bool:
    """Whether a message begins with who writes: *kristina no jelgavas*, *janis 45 gadi*, maybe after a greeting."""
    lists, after, second = cues().lists, tokens[index + 1], tokens.get(index + 2)
    if index > GREETING or not all(lists["greeting"].has(one.plain) or one.raw in ",.!" for one in tokens.all[:index]):
        return False
    if after.is_word and second is not None and (second.raw in ",.!" or lists["from"].has(second.plain)):
        return _may_be_surname(after) or _is_surely_given(after)
    has_age = after.is_number and second is not None and lists["units"].has(second.plain)
    return has_age or lists["from"].has(after.plain)


def _may_be_surname(token: Token) -> bool:
    """Whether a word has the form of a noun that a surname can be, and is no common word."""
    known = cues()
    common = (
        known.not_name,
        known.lists["greeting"],
        known.lists["thanks"],
        known.lists["units"],
        known.lists["months"],
    )
    if any(words.has(token.plain) for words in common) or known.is_place(token.plain) or len(token.raw) < 4:
        return False
    raw = token.raw.lower()
    is_noun = raw.endswith(_NOUN) and not raw.endswith(_FUTURE)
    return (is_noun or bool(_DIMINUTIVE.search(token.plain))) and number_of(token.plain) is None


def _short_message(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """Find a name that is the whole message, as one answers who one is."""
    if index or len(tokens) > SHORT_MESSAGE + 1:
        return None
    words = tokens.all[: len(tokens) - 1] if tokens[len(tokens) - 1].raw in _ENDS else tokens.all
    if not 0 < len(words) <= SHORT_MESSAGE or not all(_may_be_part(token) for token in words):
        return None
    return (0, len(words) - 1) if any(_is_surely_given(token) for token in words) else None


def _may_be_part(token: Token) -> bool:
    if not token.is_word or cues().not_name.has(token.plain) or cues().is_place(token.plain):
        return False
    is_surname = _may_be_surname(token) or token.plain.endswith(cues().surname_endings) or _is_surname(token)
    return _is_surely_given(token) or (is_surname and number_of(token.plain) is None)


def _is_surely_given(token: Token) -> bool:
    """Whether it is a given name also in small letters: as it is spelt, and no other word."""
    known = cues()
    return token.raw.lower() in known.given_forms and not known.lists["also_a_word"].has(token.plain)


def _signature(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """Find the name under a message: after its end or after thanks, before nothing else."""
    before, words = tokens.get(index - 1), tokens.all[index : index + SIGNATURE + MAX_SIGNS + 1]
    is_last = index + len(words) == len(tokens)
    while words and words[-1].raw in _ENDS:
        words = words[:-1]
    if before is None or not is_last or len(words) > SIGNATURE or not all(word.is_word for word in words):
        return None
    is_new_line = "\n" in tokens.text[before.end : tokens[index].start]
    if not (is_new_line or before.raw in _ENDS or before.raw in ",-–—" or cues().lists["thanks"].has(before.plain)):
        return None
    thanked = tokens.near(cues().lists["thanks"], index, THANKS_BEFORE)
    if all(_may_be_part(word) for word in words) and _is_surely_given(words[0]) and (thanked or is_new_line):
        return index, index + len(words) - 1
    if thanked and len(words) == 1 and words[0].is_capital and words[0].raw.lower() in cues().given_forms:
        return index, index  # Rita, who is no morning under a message
    # What is in no list stands right after thanks, or is a pair: "thanks for all. Goodbye" is none.
    looks_signed = tokens.near(cues().lists["thanks"], index, 2) or (
        len(words) == SIGNATURE and words[1].plain.endswith(cues().surname_endings)
    )
    is_apart = is_new_line or before.raw in _ENDS or thanked
    if looks_signed and is_apart and all(_could_be(word) and word.raw[-1] not in _LOCATIVE for word in words):
        return index, index + len(words) - 1
    return None


def _surname(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """Find a surname inside a sentence: *visi Dombrovski*; after "from" and "in" it is a town's name."""
    token, before = tokens[index], tokens.get(index - 1)
    if before is None or not before.is_word or not _could_be(token) or not _is_surname(token):
        return None
    lists = cues().lists
    return None if lists["where"].has(before.plain) or lists["lives"].has(before.plain) else (index, index)
