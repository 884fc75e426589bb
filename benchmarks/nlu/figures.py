"""Figures of a system from what it made of the messages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.nlu.measure import read_judged
from bot.evaluation.intents import Judged, summary

ANSWERED = 0.8
STYLES = ("clean", "stripped", "translit", "typo", "mixed")


def threshold(confidences: Sequence[float], answered: float = ANSWERED) -> float:
    """Return the highest threshold at which that share of messages is answered without asking back.

    Args:
        confidences: of messages that were not trained on.
        answered: the share, over 0 and up to 1.
    """
    return sorted(confidences, reverse=True)[math.ceil(answered * len(confidences)) - 1]


def figures_of(trained: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of one system: of all test sets together, and of each.

    Args:
        trained: as ``measure.train`` returns it.
        stored: as ``measure.judge_messages`` returns it.
    """
    least = threshold(stored["held_out"])
    sets = {name: read_judged(test["judged"]) for name, test in stored["tests"].items()}
    cpu_ms = [ms for test in stored["tests"].values() for ms in test["cpu_ms"]]
    return {
        "all": _figures([one for judged in sets.values() for one in judged], least),
        "sets": {name: _figures(judged, least) for name, judged in sets.items()},
        "threshold": round(least, 4),
        "parse_cpu_ms": {"p50": _percentile(cpu_ms, 50), "p95": _percentile(cpu_ms, 95)},
        "training": trained,
    }


def _figures(judged: Sequence[Judged], least: float) -> dict[str, Any]:
    asked = [replace(one, answered=one.confidence >= least) for one in judged]
    found = summary(asked)
    surest = sorted(judged, key=lambda one: -one.confidence)[: math.ceil(ANSWERED * len(judged))]
    kept = ("n", "accuracy", "top3", "answered", "answered_accuracy", "by_lang", "by_style", "urgent", "not_a_service")
    return {name: found[name] for name in kept} | {
        "surest_accuracy": round(sum(one.right for one in surest) / len(surest), 4)
    }


def _percentile(values: Sequence[float], share: float) -> float:
    return round(float(np.percentile(values, share)), 1)
