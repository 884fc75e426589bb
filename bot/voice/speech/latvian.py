"""Latvian numbers, agreeing in gender and case with what is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.voice.speech.context import nearby_text, words_after, words_before
from bot.voice.speech.lexicon import LatvianLexicon

_YEAR = r"(?:19|20)\d\d"
_INTEGER = r"\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)|\d+"


@dataclass(frozen=True)
class Agreement:
    """What a number agrees with: gender ``m`` or ``f``, case, and whether the word is in the plural."""

    gender: str = "m"
    case: str = "nom"
    plural: bool = True


class LatvianNumbersReader:
    """Replaces the numbers of a text by words."""

    def __init__(self, lexicon: LatvianLexicon):
        self._lexicon = lexicon
        self._forms = lexicon.numbers
        self._units = lexicon.units
        stems = [(stem, gender) for gender in ("m", "f") for stem in lexicon.nouns[gender]]
        self._stems = sorted(stems, key=lambda pair: -len(pair[0]))
        unit = "|".join(re.escape(name) for name in sorted(lexicon.units, key=len, reverse=True))
        end = r"(?![\w])"
        rules = [
            (rf"(?<!\d)({_YEAR})\.\s?[–-]\s?({_YEAR})\.\s+(gad\w+)", self._year_span_with_noun),
            (rf"(?<![\d.,])({_YEAR})[–-]({_YEAR})(?!\d)", self._year_span),
            (r"(?<![\d.,])(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)", self._date),
            (r"(?<![\d.,])(\d{1,2})[:.]([0-5]\d)(?![\d.,]\d|\d)", self._clock),
            (r"(?<![\d.,])(\d{1,2})\.[–-](\d{1,2})\.(?=\s+[a-zā-ž])", self._ordinal_span),
            (r"(?<![\d.,])(\d{1,4})\.(?=\s+[a-zā-ž])", self._ordinal),
            (rf"(?<!\d)({_INTEGER}),(\d{{1,2}})\s?({unit})?{end}", self._decimal),
            (rf"(?<!\d)({_INTEGER})\s?[–-]\s?({_INTEGER})(?:\s?({unit}){end})?", self._span),
            (rf"(€|EUR)\s?({_INTEGER})", lambda m: self._counted(self._number(m[2]), m[1], m)),
            (rf"(?<!\d)({_INTEGER})\s?({unit}){end}", lambda m: self._counted(self._number(m[1]), m[2], m)),
            (rf"(?<!\d)({_INTEGER})", self._integer),
        ]
        self._rules = [(re.compile(pattern), rule) for pattern, rule in rules]

    def read(self, text: str) -> str:
        """Return the text with its numbers in words."""
        for pattern, rule in self._rules:
            text = pattern.sub(rule, text)
        return text

    def digit(self, digit: int) -> str:
        """Return the word for a digit."""
        return self.cardinal(digit)

    def is_counted(self, words: list[str]) -> bool:
        """Whether words after a number are what it counts."""
        return bool(words) and self._noun(words[0]) is not None

    def cardinal(self, number: int, gender: str = "m", case: str = "nom") -> str:
        """Return a number in words, its last part in a gender and case."""
        forms = self._forms
        if number == 0:
            return forms.zero
        if number >= 1_000_000_000:  # no amount, but a code
            return " ".join(self.cardinal(int(digit)) for digit in str(number))
        millions, rest = divmod(number, 1_000_000)
        thousands, below = divmod(rest, 1000)
        parts = []
        if millions:
            single = millions % 10 == 1 and millions % 100 != 11
            parts += [self._below_thousand(millions, "m", "nom"), forms.million["one" if single else "many"]]
        if thousands == 1:
            parts.append(forms.thousand["one_before" if below else "one"])
        elif thousands:
            single = thousands % 10 == 1 and thousands % 100 != 11
            name = forms.thousand["one_of_many"] if single else forms.thousand["many"]
            declined = "nom"
            if not below and case == "dat" and not single:
                name, declined = forms.thousand["dat"], "dat"
            parts += [self._below_thousand(thousands, "m", declined), name]
        if below:
            parts.append(self._below_thousand(below, gender, case))
        return " ".join(parts)

    def ordinal(self, number: int, gender: str = "m", case: str = "nom") -> str:
        """Return an ordinal in words; ``gender`` also ``mp``, ``fp`` for the plural."""
        forms = self._forms
        if number == 0:
            return forms.zero
        ending = forms.ordinal_endings[gender][case]
        thousands, below = divmod(number, 1000)
        if thousands and not below:
            before = self._below_thousand(thousands, "m", "nom") + " " if thousands > 1 else ""
            return f"{before}{forms.ordinal_thousand}{ending}"
        parts = []
        if thousands:
            parts.append(
                forms.thousand["one_before"]
                if thousands == 1
                else f"{self._below_thousand(thousands, 'm', 'nom')} {forms.thousand['many']}"
            )
        hundreds, rest = divmod(below, 100)
        if hundreds:
            parts.append(forms.hundreds[hundreds] + ("" if rest else ending))
        if rest:
            parts.append(self._ordinal_below_hundred(rest, ending))
        return " ".join(parts)

    def _ordinal_below_hundred(self, number: int, ending: str) -> str:
        stems = self._forms.ordinal_stems
        if number < len(stems):
            return stems[number] + ending
        tens, ones = divmod(number, 10)
        return f"{self._forms.tens[tens]} {stems[ones]}{ending}" if ones else self._forms.tens[tens] + ending

    def _below_thousand(self, number: int, gender: str, case: str) -> str:
        forms = self._forms
        hundreds, rest = divmod(number, 100)
        parts = []
        if hundreds:
            parts.append(forms.hundred if hundreds == 1 and not rest else forms.hundreds[hundreds])
        if 10 <= rest < 20:
            parts.append(forms.teens[rest - 10])
        else:
            tens, ones = divmod(rest, 10)
            if tens:
                parts.append(forms.tens[tens])
            if ones == 1:
                parts.append(forms.one[gender][case])
            elif ones == 3:
                parts.append(forms.three[gender][case])
            elif ones:
                parts.append(forms.stems[ones] + forms.endings[gender][case])
        return " ".join(parts)

    # Agreement

    def _noun(self, word: str) -> Agreement | None:
        """Return gender and case of a word that can be counted; None for other words."""
        if word in self._lexicon.nouns["none"]:
            return Agreement("m", "nom")
        for stem, gender in self._stems:
            if word.startswith(stem) and (form := self._lexicon.noun_endings[gender].get(word[len(stem) :])):
                case, number = form.split("_")
                return Agreement(gender, case, number == "pl")
        return None

    def _agreement(self, match: re.Match[str], number: int) -> Agreement:
        """Return what a number before other words agrees with."""
        # "4 darba mēnešus": one word may stand between.
        after, before = words_after(match, 2), words_before(match, 1)
        single = number % 10 == 1 and number % 100 != 11
        has_preposition = bool(before) and before[0] in self._lexicon.prepositions
        for place, word in enumerate(after):
            found = self._noun(word)
            if found is None and place == 0:
                found = self._by_ending(word)
            if found:
                indeclinable = word in self._lexicon.nouns["none"]
                if indeclinable:
                    return Agreement("m", "dat" if has_preposition and not single else "nom")
                return self._numeral(found, word, single)
            if word in self._lexicon.prepositions:
                break
        return Agreement("m", "dat" if has_preposition else "nom")

    def _by_ending(self, word: str) -> Agreement | None:
        for ending, form in self._lexicon.noun_endings["unknown"].items():
            if word.endswith(ending) and len(word) > len(ending) + 2:
                gender, case = form.split(" ")
                return Agreement(gender, case.split("_")[0])
        return None

    @staticmethod
    def _numeral(noun: Agreement, word: str, single: bool) -> Agreement:
        """Return the numeral's form for a noun's form, which in some endings depends on the number."""
        case = noun.case
        if not single and not noun.plural:
            # "četras stundas", "divu gadu": the same endings mean other cases in the plural.
            case = {"gen": "nom", "acc": "gen", "nom": "nom"}.get(case, case)
        if single and word.endswith("us"):
            case = "nom"
        return Agreement(noun.gender, case)

    # Rules

    def _number(self, written: str) -> int:
        return int(re.sub(r"\D", "", written))

    def _integer(self, match: re.Match[str]) -> str:
        number = self._number(match[1])
        agreement = self._agreement(match, number)
        return self.cardinal(number, agreement.gender, agreement.case)

    def _counted(self, number: int, unit: str, match: re.Match[str]) -> str:
        forms = self._units[unit]
        gender = next((g for stem, g in self._stems if forms["noun"].startswith(stem)), "m")
        single = number % 10 == 1 and number % 100 != 11
        before = words_before(match, 1)
        dative = bool(before) and before[0] in self._lexicon.prepositions and not single
        noun = forms["one"] if single else forms["dat" if dative else "nom"]
        return f"{self.cardinal(number, gender, 'dat' if dative else 'nom')} {noun}"

    def _decimal(self, match: re.Match[str]) -> str:
        whole, fraction, unit = self._number(match[1]), match[2], match[3]
        if unit and self._units[unit]["noun"] == "eiro":
            cents = int(fraction.ljust(2, "0"))
            euros = self._counted(whole, unit, match)
            names = self._lexicon.cents
            name = names["one" if cents % 10 == 1 and cents % 100 != 11 else "many"]
            return f"{euros} {names['and']} {self.cardinal(cents)} {name}" if cents else euros
        spoken = f"{self.cardinal(whole)} {self._forms.comma} {self._fraction(fraction)}"
        return f"{spoken} {self._units[unit]['nom']}" if unit else spoken

    def _fraction(self, digits: str) -> str:
        zeros = len(digits) - len(digits.lstrip("0"))
        rest = digits[zeros:]
        return " ".join([self._forms.zero] * zeros + ([self.cardinal(int(rest))] if rest else []))

    def _ordinal(self, match: re.Match[str]) -> str:
        return self.ordinal(int(match[1]), *self._ordinal_form(match))

    def _ordinal_span(self, match: re.Match[str]) -> str:
        form = self._ordinal_form(match)
        return f"{self.ordinal(int(match[1]), *form)} {self._lexicon.range['to']} {self.ordinal(int(match[2]), *form)}"

    def _ordinal_form(self, match: re.Match[str]) -> tuple[str, str]:
        word = words_after(match, 1)[0]
        found = self._noun(word) or self._by_ending(word)
        if found:
            return found.gender + ("p" if found.plural else ""), found.case
        by_letter = {"s": ("m", "nom"), "a": ("f", "nom"), "e": ("f", "nom"), "ā": ("m", "loc"), "ē": ("f", "loc"),
                     "u": ("m", "acc"), "i": ("f", "acc"), "m": ("m", "dat")}  # fmt: skip
        return by_letter.get(word[-1], ("m", "nom"))

    def _year_span(self, match: re.Match[str]) -> str:
        names, year = self._lexicon.range, self._lexicon.year
        start, end = int(match[1]), int(match[2])
        return (
            f"{names['from']} {self.ordinal(start, 'm', 'gen')} {names['to']} "
            f"{self.ordinal(end, 'm', 'dat')} {year['dat']}"
        )

    def _year_span_with_noun(self, match: re.Match[str]) -> str:
        if match[3] == self._lexicon.year["gen"]:
            return (
                f"{self.ordinal(int(match[1]), 'm', 'gen')} {self._lexicon.range['to']} "
                f"{self.ordinal(int(match[2]), 'm', 'gen')} {match[3]}"
            )
        return self._year_span(match)

    def _span(self, match: re.Match[str]) -> str:
        first, second, unit = self._number(match[1]), self._number(match[2]), match[3]
        names = self._lexicon.range
        if not unit and first <= 24 and second <= 24 and self._is_clock(match):
            return f"{names['from']} {self._hour(first)} {names['to']} {self._hour(second)}"
        if unit:
            return f"{self.cardinal(first)} {names['to']} {self._counted(second, unit, match)}"
        agreement = self._agreement(match, second)
        first_word = self.cardinal(first, agreement.gender, agreement.case)
        return f"{first_word} {names['to']} {self.cardinal(second, agreement.gender, agreement.case)}"

    def _is_clock(self, match: re.Match[str]) -> bool:
        after = words_after(match, 1)
        if after and self._noun(after[0]):
            return False
        text = nearby_text(match)
        return any(cue in text for cue in self._lexicon.clock_cues)

    def _hour(self, hour: int) -> str:
        words = self.cardinal(hour, "m", "dat")
        return words + self._forms.hour_ending if words.endswith("t") else words

    def _clock(self, match: re.Match[str]) -> str:
        hour, minute = int(match[1]), int(match[2])
        if hour > 24:
            return f"{self.cardinal(hour)} {self._forms.comma} {self._fraction(match[2])}"
        before = words_before(match, 1)
        case = "dat" if before and before[0] in self._lexicon.prepositions else "nom"
        spoken = self._hour(hour) if case == "dat" else self.cardinal(hour)
        return f"{spoken} {self._fraction(match[2])}" if minute else spoken

    def _date(self, match: re.Match[str]) -> str:
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return " ".join(self.cardinal(int(part)) for part in match.groups())
        return self._lexicon.date.format(
            day=self.ordinal(day, "m", "loc"),
            month=self._lexicon.months[month - 1],
            year=self.ordinal(year, "m", "gen"),
        )
