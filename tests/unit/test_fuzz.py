"""Bad input is refused or answered, never a crash: a quick look. `python -m tests.fuzz.run` looks at 100,000."""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import guided, properties
from tests.fuzz.generating import PIECES, ROOT
from tests.fuzz.run import fuzz
from tests.fuzz.targets import TARGETS, read_found

texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=12).map("".join)
payloads = st.one_of(texts, st.builds(lambda name, rest: f"/{name}{{{rest}}}", st.text(max_size=10), texts))


@pytest.fixture(scope="module", autouse=True)
def _warm():
    properties.warm_up()


@given(texts)
@settings(max_examples=80, deadline=None)
def test_any_message_can_be_read(text):
    properties.check_text(text)


@given(payloads)
@settings(max_examples=80, deadline=None)
def test_any_button_is_refused_or_short(payload):
    properties.check_payload(payload)


@pytest.mark.parametrize("text", ["²", "man ir 4² gadi", "፩", "①", "٣", "9" * 4096, "1 ² 3"])
def test_signs_that_python_takes_for_digits_break_no_reading_of_numbers(text):
    properties.check_folding(text)
    properties.check_answers(text)


def test_generated_input_breaks_nothing():
    counted, broken = fuzz(500, seed=7)
    assert broken == []
    assert set(counted) == {"message", "update", "button", "sheet"}


def test_what_breaks_is_found(monkeypatch):
    def broken(text):
        if "1" in text:
            raise RuntimeError("x")
        return text

    monkeypatch.setattr(properties, "redact", broken)
    assert fuzz(60, seed=7)[1]


@pytest.mark.parametrize("text", ["{{7*7}}", "<b>x</b>"])
def test_an_echo_of_markup_is_found(text):
    with pytest.raises(properties.Violated, match="echo"):
        properties.check_replies([{"text": f"you said {text}"}], text)


FOUND = read_found(Path(__file__).parents[1] / "fuzz" / "found")


@pytest.mark.parametrize(("target", "path"), FOUND, ids=[f"{target}/{path.name}" for target, path in FOUND])
def test_what_broke_something_once_breaks_nothing_any_more(target, path):
    TARGETS[target].check(path.read_bytes())


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_every_target_of_the_guided_fuzzer_takes_its_seeds(name):
    target = TARGETS[name]
    for seed in itertools.islice(target.seeds(), 3):
        target.check(seed[: target.longest])


def test_the_command_knows_every_target():
    assert set(guided.TARGETS) == set(TARGETS)


def test_without_the_fuzzer_the_command_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setattr(guided.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr("sys.argv", ["guided"])
    with pytest.raises(SystemExit) as ended:
        guided.main()
    assert ended.value.code == 2
    assert guided.LOCK in capsys.readouterr().err
    assert (ROOT / guided.LOCK).exists()


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason=f"SKIPPED LOUDLY: the guided fuzzer is not installed: uv pip install -r {guided.LOCK}",
)
def test_the_guided_fuzzer_counts_what_it_tried(tmp_path):
    result = guided.fuzz("link", 1, 1, tmp_path)
    assert result.inputs > 100
    assert result.edges > 0
    assert result.broken == []
