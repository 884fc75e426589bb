"""Russian numbers, in the case that the preposition asks for and the gender of what is counted."""

from __future__ import annotations

import re

from num2words import num2words

from bot.voice.speech.context import nearby_text, words_after, words_before
from bot.voice.speech.lexicon import Forms, RussianLexicon

_YEAR = r"(?:19|20)\d\d"
_INTEGER = r"\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)|\d+"


def plural(number: int) -> str:
    """Return which form a counted word takes: ``one``, ``few`` or ``many``."""
    if number % 10 == 1 and number % 100 != 11:
        return "one"
    return "few" if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else "many"


class RussianNumbersReader:
    """Replaces the numbers of a text by words."""

    def __init__(self, lexicon: RussianLexicon):
        self._lexicon = lexicon
        self._units = lexicon.units
        unit = "|".join(re.escape(name) for name in sorted(lexicon.units, key=len, reverse=True))
        years = "|".join(sorted(lexicon.year.ordinal_forms, key=len, reverse=True))
        months = "|".join(lexicon.months)
        end = r"(?!\w)"
        rules = [
            (rf"(?<!\d)({_YEAR})\s?[–-]\s?({_YEAR})\s+({years}){end}", self._year_span_with_noun),
            (rf"(?<![\d.,])({_YEAR})[–-]({_YEAR})(?!\d)", self._year_span),
            (r"(?<![\d.,])(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)", self._date),
            (rf"(?<![\d.,])(\d{{1,2}})(?=\s+(?:{months}){end})", self._day),
            (rf"(?<![\d.,])({_YEAR})(?=\s+({years}){end})", self._year),
            (r"(?<![\d.,])(\d{1,2})[:.]([0-5]\d)(?![\d.,]\d|\d)", self._clock),
            (r"(?<![\d.,])(\d{1,3})-(?:й|я|е|го|му|м|х|ю|ый|ой|ая|ое)(?!\w)", self._ordinal),
            (rf"(?<!\d)({_INTEGER})[,.](\d{{1,2}})\s?({unit})?{end}", self._decimal),
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
        return self._lexicon.digits[digit]

    def is_counted(self, words: list[str]) -> bool:
        """Whether words after a number are what it counts: these end as a genitive plural does, or in -а, -я."""
        return bool(words) and words[0].endswith(("ек", "ов", "ев", "ей", "лет", "евро"))

    def cardinal(self, number: int, case: str = "n", gender: str = "m") -> str:
        """Return a number in words; cases ``n g d a i p``."""
        # The accusative of what is not alive differs only in the feminine one.
        return str(num2words(number, lang="ru", case=case, gender=gender, animate=False))

    def ordinal(self, number: int, case: str = "n", gender: str = "m") -> str:
        """Return an ordinal in words."""
        return str(num2words(number, lang="ru", to="ordinal", case=case, gender=gender, animate=False))

    # Agreement

    def _case_before(self, match: re.Match[str], table: dict[str, list[str]]) -> str | None:
        before = words_before(match, 1)
        return next((case for case, words in table.items() if before and before[0] in words), None)

    def _agreement(self, match: re.Match[str], number: int) -> tuple[str, str]:
        """Return the case and gender of a number before other words."""
        after = words_after(match, 3)
        gender, noun = "m", after[0] if after else ""
        for word in after:
            found = next((g for g in ("f", "n") if word.startswith(tuple(getattr(self._lexicon.nouns, g)))), None)
            if found:
                gender, noun = found, word
                break
        cases = self._lexicon.cases
        case = self._case_before(match, cases.before)
        if case is None:
            case = next((c for ending, c in cases.by_ending.items() if noun.endswith(ending)), "n")
            if (
                gender == "f"
                and plural(number) == "one"
                and noun.endswith(tuple(self._lexicon.nouns.accusative_endings))
            ):
                case = "a"
        return case, gender

    # Rules

    def _number(self, written: str) -> int:
        return int(re.sub(r"\D", "", written))

    def _integer(self, match: re.Match[str]) -> str:
        number = self._number(match[1])
        return self.cardinal(number, *self._agreement(match, number))

    def _counted(self, number: int, unit: str, match: re.Match[str]) -> str:
        forms = self._units[unit]
        case = "g" if self._case_before(match, self._lexicon.cases.before) == "g" else "n"
        name = self._name(forms, number, case)
        return f"{self.cardinal(number, case, forms['gender'])} {name}"

    @staticmethod
    def _name(forms: Forms, number: int, case: str) -> str:
        """Return what is counted: "один километр", "два километра", but "до двух километров"."""
        form = plural(number)
        if case == "g":
            form = "few" if form == "one" else "many"
        return forms[form]

    def _decimal(self, match: re.Match[str]) -> str:
        whole, digits, unit = self._number(match[1]), match[2], match[3]
        if unit and self._units[unit]["one"] == "евро":
            cents = int(digits.ljust(2, "0"))
            euros = self._counted(whole, unit, match)
            return f"{euros} {self.cardinal(cents)} {self._lexicon.cents[plural(cents)]}" if cents else euros
        names = self._lexicon.fraction
        part = "tenth" if len(digits) == 1 else "hundredth"
        fraction = int(digits)
        whole_name = names["whole_one" if plural(whole) == "one" else "whole_many"]
        part_name = names[f"{part}_one" if plural(fraction) == "one" else f"{part}_many"]
        spoken = (
            f"{self.cardinal(whole, gender='f')} {whole_name} {names['and']} "
            f"{self.cardinal(fraction, gender='f')} {part_name}"
        )
        return f"{spoken} {self._units[unit]['few']}" if unit else spoken

    def _ordinal(self, match: re.Match[str]) -> str:
        noun = (words_after(match, 1) or [""])[0]
        gender = "f" if noun.endswith(("а", "я", "ы", "и")) else "m"
        case = self._case_before(match, self._lexicon.cases.ordinal_before)
        return self.ordinal(int(match[1]), case or "n", gender)

    def _year(self, match: re.Match[str]) -> str:
        form = match[2]
        case = self._lexicon.year.ordinal_forms[form]
        if form == "году" and self._case_before(match, self._lexicon.cases.ordinal_before) == "d":
            case = "d"
        return self.ordinal(int(match[1]), case)

    def _year_span(self, match: re.Match[str]) -> str:
        return self._lexicon.period.format(start=self.ordinal(int(match[1]), "g"), end=self.ordinal(int(match[2]), "n"))

    def _year_span_with_noun(self, match: re.Match[str]) -> str:
        case = self._lexicon.year.ordinal_forms[match[3]]
        return f"{self.ordinal(int(match[1]), case)}, {self.ordinal(int(match[2]), case)} {match[3]}"

    def _day(self, match: re.Match[str]) -> str:
        case = self._case_before(match, self._lexicon.cases.ordinal_before)
        if case is None or case == "p":
            case = "g"  # "открылось первого ноября"
        # The accusative of what is not alive is like the nominative.
        return self.ordinal(int(match[1]), "n" if case == "a" else case, "n")

    def _span(self, match: re.Match[str]) -> str:
        first, second, unit = self._number(match[1]), self._number(match[2]), match[3]
        names = self._lexicon.range
        if not unit and first <= 24 and second <= 24 and self._is_clock(match):
            return f"{names['clock_from']} {self.cardinal(first, 'g')} {names['clock_to']} {self.cardinal(second, 'g')}"
        if unit:
            name = self._units[unit]["many"]
            return f"{names['from']} {self.cardinal(first, 'g')} {names['to']} {self.cardinal(second, 'g')} {name}"
        case, gender = self._agreement(match, second)
        if case == "n" and plural(second) == "many":
            first_word, second_word = self.cardinal(first, "g", gender), self.cardinal(second, "g", gender)
            return f"{names['from']} {first_word} {names['to']} {second_word}"
        return f"{self.cardinal(first, case, gender)} {names['or']} {self.cardinal(second, case, gender)}"

    def _is_clock(self, match: re.Match[str]) -> bool:
        after = words_after(match, 1)
        if after and after[0].startswith(("дн", "ден", "лет", "год", "час", "месяц", "недел")):
            return False
        text = nearby_text(match)
        return any(cue in text for cue in self._lexicon.clock_cues)

    def _clock(self, match: re.Match[str]) -> str:
        hour, minute = int(match[1]), int(match[2])
        if hour > 24:
            return self._decimal_words(hour, match[2])
        case = "g" if self._case_before(match, self._lexicon.cases.before) == "g" else "n"
        spoken = self.cardinal(hour, case)
        return f"{spoken} {self.cardinal(minute, case)}" if minute else spoken

    def _decimal_words(self, whole: int, digits: str) -> str:
        names = self._lexicon.fraction
        return f"{self.cardinal(whole)} {names['and']} {self.cardinal(int(digits))}"

    def _date(self, match: re.Match[str]) -> str:
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return " ".join(self.cardinal(int(part)) for part in match.groups())
        day_words = self.ordinal(day, "g", "n")
        return f"{day_words} {self._lexicon.months[month - 1]} {self.ordinal(year, 'g')} {self._lexicon.year.gen}"
