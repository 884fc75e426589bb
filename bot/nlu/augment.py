"""Examples as people really type them, made from well-written ones at training time.

The files with examples stay readable; the model meets the habits all the same: no diacritics,
digraphs, Russian in Latin letters, slips of the finger. All is drawn from a seeded generator.

>>> apply("stripped", "Kā atrast darbu Cēsīs?", random.Random(1))
'Ka atrast darbu Cesis?'
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

from bot.languages import Language
from bot.nlu.fold import strip_accents

_WORD = re.compile(r"[^\W\d_]+")

# Russian letters as they are typed in Latin ones; where there are several, one is drawn for each
# text, since a person keeps to one habit.
_COMMON = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "з": "z", "и": "i", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ф": "f", "ъ": "", "э": "e",
}  # fmt: skip
Habit = Mapping[str, tuple[str, ...]]
ENGLISH_HABIT: Habit = {
    "ж": ("zh",), "ч": ("ch",), "ш": ("sh",), "щ": ("shch", "sch", "sh"), "ю": ("yu", "u"), "я": ("ya", "ia"),
    "ё": ("e", "yo"), "й": ("y", "i"), "ы": ("y",), "х": ("h", "kh"), "ц": ("ts", "c"), "ь": ("", "'"),
}  # fmt: skip
LATVIAN_HABIT: Habit = {
    "ж": ("ž", "z", "zh"), "ч": ("č", "c", "ch"), "ш": ("š", "s", "sh"), "щ": ("šč", "sch", "š"), "ю": ("ju",),
    "я": ("ja",), "ё": ("jo", "e"), "й": ("j",), "ы": ("i", "y"), "х": ("h",), "ц": ("c",), "ь": ("j", ""),
}  # fmt: skip
CHAT_HABIT: Habit = {
    "ж": ("j", "zh", "zh"), "ч": ("4",), "ш": ("6", "w", "sh"), "щ": ("6", "w", "sh"), "ю": ("u", "yu"),
    "я": ("ya", "ja", "q"), "ё": ("e", "e", "yo"), "й": ("i", "j", "y"), "ы": ("y", "i"), "х": ("x", "h"),
    "ц": ("c", "ts"), "ь": ("", "'"), "в": ("v", "v", "w"),
}  # fmt: skip
_HABITS = {"latin_english": ENGLISH_HABIT, "latin_latvian": LATVIAN_HABIT, "latin_chat": CHAT_HABIT}

_DIGRAPHS = {
    "ā": "aa", "ē": "ee", "ī": "ii", "ū": "uu", "č": "ch", "š": "sh", "ž": "zh", "ģ": "gj", "ķ": "kj",
    "ļ": "lj", "ņ": "nj",
}  # fmt: skip
_CYRILLIC_LATVIAN = (
    ("ie", "ие"), ("ja", "я"), ("jā", "я"), ("ju", "ю"), ("jū", "ю"), ("šč", "щ"), ("a", "а"), ("ā", "а"),
    ("b", "б"), ("c", "ц"), ("č", "ч"), ("d", "д"), ("e", "е"), ("ē", "е"), ("f", "ф"), ("g", "г"), ("ģ", "г"),
    ("h", "х"), ("i", "и"), ("ī", "и"), ("j", "й"), ("k", "к"), ("ķ", "к"), ("l", "л"), ("ļ", "ль"), ("m", "м"),
    ("n", "н"), ("ņ", "нь"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("š", "ш"), ("t", "т"), ("u", "у"),
    ("ū", "у"), ("v", "в"), ("z", "з"), ("ž", "ж"),
)  # fmt: skip

_ROWS = {
    "latin": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "cyrillic": ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
}


def _neighbours() -> dict[str, str]:
    near: dict[str, str] = {}
    for rows in _ROWS.values():
        for y, row in enumerate(rows):
            for x, letter in enumerate(row):
                around = [row[i] for i in (x - 1, x + 1) if 0 <= i < len(row)]
                for other in (y - 1, y + 1):
                    if 0 <= other < len(rows):
                        around += [rows[other][i] for i in (x, x - (other > y)) if 0 <= i < len(rows[other])]
                near[letter] = "".join(around)
    return near


_NEIGHBOURS = _neighbours()


def stripped(text: str, rng: random.Random) -> str:
    """Return a text without diacritics."""
    return strip_accents(text)


def digraphs(text: str, rng: random.Random) -> str:
    """Return a Latvian text with two letters for one with a diacritic, for all or for some of them."""
    drawn = rng.choice(("āēīūčšž", "āēīū", "čšž", "āēīūčšžģķļņ"))
    return strip_accents(_substitute(text, {letter: (_DIGRAPHS[letter],) for letter in drawn}, rng))


def partly_stripped(text: str, rng: random.Random) -> str:
    """Return a text where some words have lost their diacritics."""
    return _WORD.sub(lambda match: strip_accents(match[0]) if rng.random() < 0.5 else match[0], text)


def in_latin(habit: Habit) -> Callable[[str, random.Random], str]:
    """Return a style that writes Russian in Latin letters by a habit."""
    letters = {**{letter: (latin,) for letter, latin in _COMMON.items()}, **habit}

    def style(text: str, rng: random.Random) -> str:
        return _substitute(text, letters, rng)

    return style


def in_cyrillic(text: str, rng: random.Random) -> str:
    """Return a Latvian text in Cyrillic letters, as Russian speakers write it by ear."""
    lowered = text.lower()
    for latin, cyrillic in _CYRILLIC_LATVIAN:
        lowered = lowered.replace(latin, cyrillic)
    return lowered


def typos(text: str, rng: random.Random) -> str:
    """Return a text with slips: one in about six words, at least one."""
    words = [match for match in _WORD.finditer(text) if len(match[0]) >= 4]
    if not words:
        return text
    count = max(1, round(len(words) / 6 + rng.random() - 0.5))
    for match in sorted(rng.sample(words, min(count, len(words))), key=lambda m: -m.start()):
        text = text[: match.start()] + _slip(match[0], rng) + text[match.end() :]
    return text


def joined(text: str, rng: random.Random) -> str:
    """Return a text with a space or two missing."""
    gaps = [match.start() for match in re.finditer(r"(?<=\w) (?=\w)", text)]
    for gap in sorted(rng.sample(gaps, min(len(gaps), rng.randint(1, 2))), reverse=True):
        text = text[:gap] + text[gap + 1 :]
    return text


def careless(text: str, rng: random.Random) -> str:
    """Return a text in lower case without punctuation."""
    return re.sub(r"\s+", " ", re.sub(r"[.,!?;:–—\"„“”()]+", " ", text.lower())).strip()


STYLES: dict[str, Callable[[str, random.Random], str]] = {
    "stripped": stripped,
    "partly_stripped": partly_stripped,
    "digraphs": digraphs,
    "in_cyrillic": in_cyrillic,
    **{name: in_latin(habit) for name, habit in _HABITS.items()},
    "typos": typos,
    "joined": joined,
    "careless": careless,
}

# How often each style is drawn. Latvian in Cyrillic letters is rare: whole messages hardly occur.
_LETTER_STYLES: dict[Language, dict[str, int]] = {
    "lv": {"stripped": 6, "partly_stripped": 1, "digraphs": 2},
    "ru": {"latin_english": 3, "latin_latvian": 3, "latin_chat": 2},
    "en": {},
}


def apply(style: str, text: str, rng: random.Random) -> str:
    """Return a text in a style.

    Raises:
        KeyError: no style has this name.
    """
    return STYLES[style](text, rng)


def augment(text: str, language: Language, rng: random.Random) -> str:
    """Return a text as someone may type it: other letters, slips, or both.

    The same generator state gives the same text. It may come back unchanged, where nothing in it
    can be typed otherwise.
    """
    letters = _LETTER_STYLES[language]
    drawn = rng.random()
    if letters and drawn < 0.75:
        text = apply(rng.choices(list(letters), list(letters.values()))[0], text, rng)
    if not letters or drawn > 0.6:
        text = apply(rng.choices(("typos", "joined"), (5, 1))[0], text, rng)
    return careless(text, rng) if rng.random() < 0.4 else text


def _substitute(text: str, letters: Mapping[str, tuple[str, ...]], rng: random.Random) -> str:
    """Replace letters, each by one spelling that is drawn once for the text; capitals are kept."""
    drawn = {letter: rng.choice(spellings) for letter, spellings in letters.items()}
    out = []
    for letter in text:
        spelt = drawn.get(letter.lower())
        if spelt is None:
            out.append(letter)
        else:
            out.append(spelt.capitalize() if letter.isupper() else spelt)
    return "".join(out)


def _slip(word: str, rng: random.Random) -> str:
    """Return a word with one slip after its first letter: dropped, doubled, swapped, or a neighbour's key."""
    at = rng.randrange(1, len(word))
    kind = rng.choices(("dropped", "doubled", "swapped", "neighbour"), (3, 2, 2, 3))[0]
    if kind == "dropped":
        return word[:at] + word[at + 1 :]
    if kind == "doubled":
        return word[: at + 1] + word[at:]
    if kind == "swapped" and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    near = _NEIGHBOURS.get(strip_accents(word[at].lower()))
    return word[:at] + (rng.choice(near) if near else "") + word[at + 1 :]
