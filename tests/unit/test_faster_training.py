"""What Rasa does in a training for nobody is left out, and Rasa's own is still what was left out."""

import hashlib
import inspect
import tarfile

import pytest

import bot.assistant.rasa_start  # noqa: F401

# isort: split
from rasa.engine.training.hooks import TrainingHook
from tarsafe import TarSafe

from bot.assistant.faster_training import ORIGINALS, packed_quickly, without_fingerprints


@pytest.mark.parametrize(
    ("original", "digest"),
    [(ORIGINALS[0], "6f65355ef979db9d"), (ORIGINALS[1], "f199608136c98ea4")],
    ids=["before a step", "after a step"],
)
def test_rasas_own_is_what_was_replaced(original, digest):
    source = inspect.getsource(original)
    found = hashlib.sha256(source.encode()).hexdigest()[:16]
    assert found == digest, f"Rasa changed; look whether bot/assistant/faster_training.py is still right:\n{source}"


def test_rasas_own_is_back_after_a_training_that_failed():
    with pytest.raises(RuntimeError), without_fingerprints():
        assert TrainingHook.on_before_node is not ORIGINALS[0]
        raise RuntimeError
    assert (TrainingHook.on_before_node, TrainingHook.on_after_node) == ORIGINALS


def test_a_model_is_packed_at_the_first_level_and_others_are_packed_as_before(tmp_path):
    content = tmp_path / "words.txt"
    content.write_text("".join(f"{number * 7919 % 10007} vārds\n" for number in range(5000)), encoding="utf-8")

    def packed(name):
        with TarSafe.open(tmp_path / name, "w:gz") as archive:
            archive.add(content, "words.txt")
        with tarfile.open(tmp_path / name) as archive:
            assert archive.extractfile("words.txt").read() == content.read_bytes()
        return (tmp_path / name).stat().st_size

    with packed_quickly():
        quick = packed("quick.tar.gz")
    assert quick > packed("usual.tar.gz")
