"""The figures of the Lithuanian project as bars: what the card ``good_practice`` holds, and no more."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from bot.directory.models import Measure, ServiceCard
from bot.languages import Language
from bot.reference.cards import word

WIDTH = 320.0
# Heights of a line of a label and of a bar with the gap below it, the room for the number, letters in a line.
LINE, BAR, NUMBER_ROOM, LETTERS = 15.0, 25.0, 62.0, 44
TOTAL = "total"  # the measure that is the sum of the others


@dataclass(frozen=True)
class Bar:
    """One bar of a chart.

    Attributes:
        label: what stands above it, in lines.
        value: the number, for people.
        y: the top of the bar; the lines of the label stand above it.
        width: how long it is drawn.
        planned: where the mark of the plan stands; None where there is no plan.
    """

    label: list[str]
    value: str
    y: float
    width: float
    planned: float | None = None


@dataclass(frozen=True)
class Chart:
    """A bar chart: a title, its bars, and the size of the drawing."""

    title: str
    bars: list[Bar]
    width: float = WIDTH

    @property
    def height(self) -> float:
        """Height of the drawing."""
        return self.bars[-1].y + BAR if self.bars else 0

    @property
    def summary(self) -> str:
        """What a screen reader says of it."""
        return f"{self.title}: " + "; ".join(f"{' '.join(bar.label)} {bar.value}" for bar in self.bars)


def number(value: int | None) -> str:
    """Return a number with thin groups of three: 868 860; empty where there is none."""
    return "" if value is None else f"{value:,}".replace(",", "\u00a0")


def charts(card: ServiceCard, language: Language) -> list[Chart]:
    """Return the charts of the card: money and people by project, people and money by measure."""
    return [
        _chart(
            word("chart_money", language),
            [(f"{p.period}: {p.name.in_language(language)}", p.eur, None) for p in card.projects],
        ),
        _chart(
            word("chart_project_people", language),
            [(f"{p.period}: {p.name.in_language(language)}", p.participants, None) for p in card.projects],
        ),
        _chart(
            word("chart_people", language),
            [(m.name.in_language(language), m.real, m.planned) for m in card.measures if m.real is not None],
        ),
        _chart(word("chart_shares", language), _shares(card.measures, language)),
    ]


def joint_money(measures: list[Measure]) -> tuple[list[Measure], int]:
    """Return the measures that the table gives one sum for together, and that sum: what is left of the total."""
    total = next((m.eur for m in measures if m.id == TOTAL and m.eur is not None), 0)
    named = sum(m.eur for m in measures if m.eur is not None and m.id != TOTAL)
    together = [m for m in measures if m.eur is None and m.real is not None]
    return together, total - named


def _shares(measures: list[Measure], language: Language) -> list[tuple[str, int | None, int | None]]:
    together, sum_of_them = joint_money(measures)
    rows: list[tuple[str, int | None, int | None]] = [
        (m.name.in_language(language), m.eur, None) for m in measures if m.eur is not None and m.id != TOTAL
    ]
    if together and sum_of_them > 0:
        names = ", ".join(m.name.in_language(language).lower() for m in together)
        rows.append((word("jointly", language, names=names), sum_of_them, None))
    return sorted(rows, key=lambda row: -(row[1] or 0))


def _chart(title: str, rows: list[tuple[str, int | None, int | None]]) -> Chart:
    largest = max((max(value or 0, planned or 0) for _, value, planned in rows), default=1) or 1
    room = WIDTH - NUMBER_ROOM
    bars: list[Bar] = []
    top = 0.0
    for label, value, planned in rows:
        lines = textwrap.wrap(label, LETTERS)
        top += LINE * len(lines) + 4
        mark = None if planned is None else round(room * planned / largest, 1)
        bars.append(Bar(lines, number(value), top, round(room * (value or 0) / largest, 1), mark))
        top += BAR
    return Chart(title, bars)
