"""Understanding of needs against labelled messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.evaluation.tables import read_rows

FALLBACK = "nlu_fallback"
URGENT = "urgent_danger"
OUT_OF_SCOPE = "out_of_scope"
WORST_CONFUSIONS = 40
EXAMPLES = 3


@dataclass(frozen=True)
class Judged:
    """One labelled message and what the assistant made of it.

    Attributes:
        text: the message.
        expected: its label.
        ranking: the intents as the model ranks them, whatever the fallback says.
        confidence: of the first of them.
        answered: whether the assistant would act without asking back.
        language: the detected language of the message, or None.
        lang: the labelled language.
        style: how it is written.
        danger: whether danger is answered, or mentioned above another answer.
    """

    text: str
    expected: str
    ranking: tuple[str, ...]
    confidence: float
    answered: bool
    language: str | None
    lang: str
    style: str
    danger: bool = False

    @property
    def right(self) -> bool:
        """Whether the intent ranked first is the labelled one."""
        return bool(self.ranking) and self.ranking[0] == self.expected


Parser = Callable[[str], dict[str, Any]]


def evaluate_intents(files: Sequence[Path]) -> dict[str, Any]:
    """Measure the trained model.

    Raises:
        EvaluationError: the files can't be used.
    """
    return summary(judge(read_rows(files, ("text", "intent")), trained_parser()))


def trained_parser() -> Parser:
    """Return what the trained pipeline makes of a message, as Rasa's parse data."""
    import asyncio

    from bot.asking import load_assistant_for_trying
    from bot.assistant.agent import Assistant

    assistant: Assistant = load_assistant_for_trying()
    loop = asyncio.new_event_loop()

    def parse(text: str) -> dict[str, Any]:
        return dict(loop.run_until_complete(assistant.parse_message(text)))

    return parse


def judge(rows: Iterable[dict[str, str]], parse: Parser) -> list[Judged]:
    """Parse every labelled message."""
    judged = []
    for row in rows:
        parsed = parse(row["text"].lstrip("/"))
        names = [entry["name"] for entry in parsed.get("intent_ranking") or []]
        ranked = [entry for entry in parsed.get("intent_ranking") or [] if entry["name"] != FALLBACK]
        judged.append(
            Judged(
                text=row["text"],
                expected=row["intent"],
                ranking=tuple(entry["name"] for entry in ranked),
                confidence=float(ranked[0]["confidence"]) if ranked else 0.0,
                answered=bool(names) and names[0] != FALLBACK,
                language=(parsed.get("language") or {}).get("name"),
                lang=row.get("lang", ""),
                style=row.get("style", ""),
                danger=any(entity["entity"] == "danger" for entity in parsed.get("entities") or []),
            )
        )
    return judged


def summary(judged: Sequence[Judged]) -> dict[str, Any]:
    """Return the figures, as `drom evaluate --json` prints them."""
    answered = [j for j in judged if j.answered]
    known = [j for j in judged if j.lang in ("lv", "ru", "en")]
    return {
        "n": len(judged),
        "accuracy": _share(j.right for j in judged),
        "macro_f1": _macro_f1(judged),
        "top3": _share(j.expected in j.ranking[:3] for j in judged),
        "answered": _share(j.answered for j in judged),
        "answered_accuracy": _share(j.right for j in answered),
        "by_lang": _by(judged, "lang"),
        "by_style": _by(judged, "style"),
        "language_accuracy": _share(j.language == j.lang for j in known),
        "urgent": {
            **_recall_precision(judged, {URGENT}),
            "answered_or_mentioned": _share(j.danger for j in judged if j.expected == URGENT),
            "mentioned_in_vain": _share(j.danger and j.ranking[0] != URGENT for j in judged if j.expected != URGENT),
        },
        "out_of_scope": _recall_precision(judged, {OUT_OF_SCOPE}),
        "not_a_service": _share(
            not (j.answered and _is_service(j.ranking[0])) for j in judged if j.expected in (OUT_OF_SCOPE, "chitchat")
        ),
        "calibration": calibration(judged),
        "confusions": _confusions(judged),
    }


def calibration(judged: Sequence[Judged], bins: int = 10) -> list[dict[str, float]]:
    """Return, for each tenth of confidence, how many messages fell there and how many of them were right."""
    rows = []
    for index in range(bins):
        low, high = index / bins, (index + 1) / bins
        inside = [j for j in judged if low <= j.confidence < high or (index == bins - 1 and j.confidence == 1.0)]
        if inside:
            mean = sum(j.confidence for j in inside) / len(inside)
            rows.append({"n": len(inside), "confidence": round(mean, 4), "accuracy": _share(j.right for j in inside)})
    return rows


def _is_service(intent: str) -> bool:
    return intent.startswith("ask_") and intent != "ask_privacy"


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return round(sum(counted) / len(counted), 4) if counted else 0.0


def _by(judged: Sequence[Judged], column: str) -> dict[str, dict[str, float]]:
    groups: dict[str, list[Judged]] = {}
    for j in judged:
        groups.setdefault(getattr(j, column) or "–", []).append(j)
    return {
        name: {
            "n": len(group),
            "accuracy": _share(j.right for j in group),
            "top3": _share(j.expected in j.ranking[:3] for j in group),
        }
        for name, group in sorted(groups.items())
    }


def _recall_precision(judged: Sequence[Judged], intents: set[str]) -> dict[str, float]:
    expected = [j for j in judged if j.expected in intents]
    found = [j for j in judged if j.ranking and j.ranking[0] in intents]
    return {
        "n": len(expected),
        "recall": _share(bool(j.ranking) and j.ranking[0] in intents for j in expected),
        "precision": _share(j.expected in intents for j in found),
    }


def _macro_f1(judged: Sequence[Judged]) -> float:
    scores = []
    for intent in {j.expected for j in judged}:
        figures = _recall_precision(judged, {intent})
        total = figures["recall"] + figures["precision"]
        scores.append(2 * figures["recall"] * figures["precision"] / total if total else 0.0)
    return round(sum(scores) / len(scores), 4) if scores else 0.0


def _confusions(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    pairs = Counter((j.expected, j.ranking[0]) for j in judged if j.ranking and not j.right)
    return [
        {
            "expected": expected,
            "got": got,
            "n": count,
            "examples": [j.text for j in judged if (j.expected, j.ranking[0] if j.ranking else "") == (expected, got)][
                :EXAMPLES
            ],
        }
        for (expected, got), count in pairs.most_common(WORST_CONFUSIONS)
    ]
