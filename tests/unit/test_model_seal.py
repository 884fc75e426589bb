"""Only the model that was trained here is loaded."""

from __future__ import annotations

import pytest

from bot.assistant.model_seal import ModelChanged, check_seal, is_whole, seal


@pytest.fixture
def model(tmp_path):
    file = tmp_path / "drom-0123456789abcdef.tar.gz"
    file.write_bytes(b"a model" * 1000)
    seal(file)
    return file


def test_a_model_as_it_was_trained_is_loaded(model):
    check_seal(model)
    assert is_whole(model)


@pytest.mark.parametrize("change", [lambda b: b[:100], lambda b: b"x" + b[1:], lambda b: b""])
def test_a_model_that_was_changed_is_refused_with_the_remedy(model, change):
    model.write_bytes(change(model.read_bytes()))
    assert not is_whole(model)
    with pytest.raises(ModelChanged, match="drom train --force"):
        check_seal(model)


def test_a_model_from_before_there_were_seals_is_sealed_as_it_is(tmp_path):
    file = tmp_path / "drom-0123456789abcdef.tar.gz"
    file.write_bytes(b"old")
    assert is_whole(file)
    file.write_bytes(b"new")
    assert not is_whole(file)


def test_no_model_is_not_whole(tmp_path):
    assert not is_whole(tmp_path / "nothing.tar.gz")
