"""English numbers."""

from __future__ import annotations

import re

from num2words import num2words

from bot.voice.speech.context import nearby_text, words_after, words_before
from bot.voice.speech.lexicon import EnglishLexicon

_YEAR = r"(?:19|20)\d\d"
_INTEGER = r"\d{1,3}(?:[ \u00a0,]\d{3})+(?!\d)|\d+"


class EnglishNumbersReader:
    """Replaces the numbers of a text by words."""

    def __init__(self, lexicon: EnglishLexicon):
        self._lexicon = lexicon
        self._units = lexicon.units
        unit = "|".join(re.escape(name) for name in sorted(lexicon.units, key=len, reverse=True))
        self._months = {name.lower() for name in lexicon.months}
        months = "|".join(lexicon.months)
        end = r"(?!\w)"
        rules = [
            (rf"(?<![\d.,])({_YEAR})\s?[–-]\s?({_YEAR})(?!\d)", self._year_span),
            (r"(?<![\d.,])(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)", self._numeric_date),
            (rf"(?<![\d.,])(\d{{1,2}})\s+({months})\s+({_YEAR})(?!\d)", self._date),
            (rf"(?<![\d.,])(\d{{1,2}})(?=\s+(?:{months}){end})", lambda m: self.ordinal(int(m[1]))),
            (
                r"(?<![\d.,])(\d{1,2})[:.]([0-5]\d)(?=\s*(?:[ap]\.?m|[–-])|[^\d%]|$)(?!\s?[%€]|\s?eur|\s?km|\.\d)",
                self._clock,
            ),
            (r"(?<![\d.,])(\d{1,3})(?:st|nd|rd|th)(?!\w)", lambda m: self.ordinal(int(m[1]))),
            (rf"(?<!\d)({_INTEGER})\.(\d{{1,2}})\s?({unit})?{end}", self._decimal),
            (rf"(?<!\d)({_INTEGER})\s?[–-]\s?({_INTEGER})(?:\s?({unit}){end})?", self._span),
            (rf"(€|EUR)\s?({_INTEGER})", lambda m: self._counted(self._number(m[2]), m[1])),
            (rf"(?<!\d)({_INTEGER})\s?({unit}){end}", lambda m: self._counted(self._number(m[1]), m[2])),
            (rf"(?<![\d.,])({_YEAR})(?!\d)", self._year_or_number),
            (rf"(?<!\d)({_INTEGER})", lambda m: self.cardinal(self._number(m[1]))),
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
        """Whether words after a number are what it counts."""
        return bool(words) and words[0] in ("people", "euro", "euros", "hours", "days", "roma", "years", "months")

    def cardinal(self, number: int) -> str:
        """Return a number in words, without the hyphens and commas of writing."""
        return str(num2words(number, lang="en")).replace("-", " ").replace(",", "")

    def ordinal(self, number: int) -> str:
        """Return an ordinal in words."""
        return str(num2words(number, lang="en", to="ordinal")).replace("-", " ")

    def year(self, year: int) -> str:
        """Return a year as it is said."""
        return str(num2words(year, lang="en", to="year")).replace("-", " ")

    def _number(self, written: str) -> int:
        return int(re.sub(r"\D", "", written))

    def _counted(self, number: int, unit: str) -> str:
        return f"{self.cardinal(number)} {self._units[unit]['one' if number == 1 else 'many']}"

    def _decimal(self, match: re.Match[str]) -> str:
        whole, digits, unit = self._number(match[1]), match[2], match[3]
        if unit and self._units[unit]["one"] == "euro":
            cents = int(digits.ljust(2, "0"))
            names = self._lexicon.cents
            euros = self._counted(whole, unit)
            name = names["one" if cents == 1 else "many"]
            return f"{euros} {names['and']} {self.cardinal(cents)} {name}" if cents else euros
        if not unit and len(digits) == 2:
            # "87.50 for each": an amount whose currency stands elsewhere.
            return f"{self.cardinal(whole)} {self.cardinal(int(digits))}"
        fraction = " ".join(self.digit(int(digit)) for digit in digits)
        spoken = f"{self.cardinal(whole)} {self._lexicon.point} {fraction}"
        return f"{spoken} {self._units[unit]['many']}" if unit else spoken

    def _year_span(self, match: re.Match[str]) -> str:
        return f"{self.year(int(match[1]))} {self._lexicon.range['to']} {self.year(int(match[2]))}"

    def _year_or_number(self, match: re.Match[str]) -> str:
        number = int(match[1])
        return self.cardinal(number) if self.is_counted(words_after(match, 1)) else self.year(number)

    def _date(self, match: re.Match[str]) -> str:
        return self._lexicon.date.format(day=self.ordinal(int(match[1])), month=match[2], year=self.year(int(match[3])))

    def _numeric_date(self, match: re.Match[str]) -> str:
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return " ".join(self.cardinal(int(part)) for part in match.groups())
        name = self._lexicon.months[month - 1]
        return self._lexicon.date.format(day=self.ordinal(day), month=name, year=self.year(year))

    def _clock(self, match: re.Match[str]) -> str:
        hour, minute = int(match[1]), int(match[2])
        if hour > 24 or not self._is_clock(match):
            return self._decimal_words(match)
        spoken = self.cardinal(hour)
        return f"{spoken} {self.cardinal(minute)}" if minute else spoken

    def _decimal_words(self, match: re.Match[str]) -> str:
        return f"{self.cardinal(int(match[1]))} {self.cardinal(int(match[2]))}"

    def _is_clock(self, match: re.Match[str]) -> bool:
        is_after_at = words_before(match, 1) == ["at"]
        return ":" in match[0] or is_after_at or any(cue in nearby_text(match) for cue in self._lexicon.clock_cues)

    def _span(self, match: re.Match[str]) -> str:
        first, second, unit = self._number(match[1]), self._number(match[2]), match[3]
        ending = self._counted(second, unit) if unit else self.cardinal(second)
        return f"{self.cardinal(first)} {self._lexicon.range['to']} {ending}"
