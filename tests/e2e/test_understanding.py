"""The trained model understands no worse than when its figures were last recorded."""

import pytest

from bot.evaluation import recorded
from bot.evaluation.intents import judge, summary
from bot.evaluation.tables import read_rows

pytestmark = pytest.mark.model

TEST_SETS = recorded.labelled()


@pytest.fixture(scope="module")
def parse(model):
    from bot.evaluation.intents import trained_parser

    return trained_parser()


@pytest.mark.parametrize("file", TEST_SETS, ids=[file.stem for file in TEST_SETS])
def test_no_figure_fell_by_more_than_two_points(parse, file):
    figures = summary(judge(read_rows([file], ("text", "intent")), parse))
    fallen = recorded.drops(recorded.read()[file.name], figures)
    assert not fallen, f"{'; '.join(fallen)}. Worst: {figures['confusions'][:5]}. If it is meant: make figures"


def test_a_fall_of_more_than_two_points_is_told_and_less_is_not():
    before = dict.fromkeys(recorded.KEPT, 0.9)
    assert recorded.drops(before, {**before, "accuracy": 0.885}) == []
    assert recorded.drops(before, {**before, "top3": 0.87}) == ["top3 fell from 0.900 to 0.870"]
