"""The model that ranks intents by meaning and spelling."""

import numpy as np
import pytest

from bot.nlu.classifier import NeedModel

TEXTS = [f"{word} {number}" for number in range(30) for word in ("parāds", "darbs", "bail")]
INTENTS = ["ask_debts", "ask_job_search", "urgent_danger"] * 30
UNCLEAR = "vārds"


@pytest.fixture(scope="module")
def vectors():
    towards = np.tile(np.eye(3, 8), (30, 1))
    return (towards + np.random.default_rng(1).normal(0, 0.6, towards.shape)).astype(np.float32)


def danger(model: NeedModel, text: str) -> float:
    return dict(model.rank(text, np.zeros(8, np.float32)))["urgent_danger"]


def odds(p: float) -> float:
    return p / (1 - p)


def test_an_intent_with_more_examples_than_messages_is_held_less_likely_by_just_that(vectors):
    as_taught = NeedModel.fit(TEXTS, vectors, INTENTS)
    as_written = NeedModel.fit(TEXTS, vectors, INTENTS, shares={"urgent_danger": 0.1})
    for text in (UNCLEAR, "nekas"):
        moved = odds(danger(as_written, text)) / odds(danger(as_taught, text))
        assert moved == pytest.approx(odds(0.1) / odds(1 / 3), rel=0.01)


def test_a_share_of_an_intent_without_examples_changes_nothing(vectors):
    before, after = (NeedModel.fit(TEXTS, vectors, INTENTS, shares=s) for s in (None, {"greet": 0.5}))
    assert danger(before, UNCLEAR) == danger(after, UNCLEAR)


def test_a_model_that_was_kept_ranks_as_before(vectors, tmp_path):
    model = NeedModel.fit(TEXTS, vectors, INTENTS, shares={"urgent_danger": 0.1})
    model.save(tmp_path)
    assert danger(NeedModel.load(tmp_path), "bail 3") == pytest.approx(danger(model, "bail 3"), abs=0.01)
