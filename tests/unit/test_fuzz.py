"""Bad input is refused or answered, never a crash: a quick look. `python -m tests.fuzz.run` looks at 100,000."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import properties
from tests.fuzz.generating import PIECES
from tests.fuzz.run import fuzz

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
