"""Rasa is imported without TensorFlow where nothing computes with it, and says so where something would."""

import json
import os
import subprocess
import sys

import pytest

from bot.assistant.tensorflow_stand_in import needs_tensorflow
from bot.settings import ROOT

LOOK = """
import json, sys
import bot.assistant.rasa_start
from rasa.nlu.classifiers.diet_classifier import DIET, DIETClassifier
from bot.assistant.tensorflow_stand_in import TensorFlowNeeded
import spacy, thinc.compat
told = {"is_real": "tensorflow.python.eager" in sys.modules, "spacy": [t.text for t in spacy.blank("lv")("labdien visiem")],
        "thinc": thinc.compat.has_tensorflow, "diet": isinstance(DIETClassifier, type)}
try:
    DIET({}, {}, False, {}, {})
except TensorFlowNeeded as error:
    told["error"] = str(error)
except Exception as error:
    told["error"] = type(error).__name__
import tensorflow as tf
try:
    tf.constant([1.0])
except TensorFlowNeeded as error:
    told["constant"] = str(error)
print("LOOK" + json.dumps(told))
"""


def look(**environment):
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("LOOK")]
    assert lines, done.stderr[-2000:]
    return json.loads(lines[0][4:])


def test_rasa_and_spacy_are_imported_without_tensorflow_and_what_would_compute_with_it_says_so():
    seen = look()
    assert not seen["is_real"] and not seen["thinc"]
    assert seen["diet"]  # the class is there: only computing is not
    assert "DROM_TENSORFLOW=1" in seen["error"]
    assert "tensorflow.constant" in seen["constant"]
    assert seen["spacy"] == ["labdien", "visiem"]


def test_tensorflow_is_imported_where_the_operator_says_so():
    seen = look(DROM_TENSORFLOW="1")
    assert seen["is_real"]
    assert "constant" not in seen


@pytest.mark.parametrize(
    ("line", "needs"),
    [
        ("  - name: DIETClassifier\n    epochs: 100\n", True),
        ('  - name: "TEDPolicy"\n', True),
        ("  - name: rasa.nlu.classifiers.diet_classifier.DIETClassifier\n", True),
        ("  # - name: DIETClassifier\n", False),
        ("  - name: RulePolicy  # not TEDPolicy\n", False),
        ("  - name: LogisticRegressionClassifier\n", False),
    ],
)
def test_a_configuration_tells_whether_it_is_needed(tmp_path, line, needs):
    config = tmp_path / "config.yml"
    config.write_text(f"recipe: default.v1\npipeline:\n{line}", encoding="utf-8")
    assert needs_tensorflow(config) is needs


def test_ours_needs_none():
    assert not needs_tensorflow(ROOT / "config.yml")
