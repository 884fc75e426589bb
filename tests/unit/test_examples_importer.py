"""The training files are read once, and give what Rasa's own importer gives."""

from pathlib import Path

import numpy as np
import pytest

import bot.assistant.rasa_start  # noqa: F401

# isort: split
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT

from bot.assistant.examples_importer import ExamplesImporter
from bot.nlu.regression import fit_regression


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lv.yml"
    path.write_text(
        'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - labdien\n    - sveiki\n    - labdien\n', "utf-8"
    )
    return path


def test_examples_are_those_that_rasa_reads(file):
    ours = ExamplesImporter(training_data_paths=[str(file)]).get_nlu_data()
    rasas = RasaFileImporter(training_data_paths=[str(file)]).get_nlu_data()
    assert [(e.get(INTENT), e.get(TEXT)) for e in ours.training_examples] == [
        (e.get(INTENT), e.get(TEXT)) for e in rasas.training_examples
    ]


@pytest.mark.parametrize(
    "more",
    [
        "- intent: inform_place\n  examples: |\n    - dzīvoju [Talsos](place)\n",
        "- intent: greet\n  examples:\n  - text: |\n      čau\n    metadata: {from: talk}\n",
        "- synonym: labdien\n  examples: |\n    - čau\n",
        "responses:\n  utter_greet:\n  - text: Labdien!\n",
    ],
    ids=["an entity", "metadata", "a synonym", "responses"],
)
def test_what_is_more_than_examples_is_read_as_rasa_reads_it(file, more):
    file.write_text(file.read_text("utf-8") + more, "utf-8")
    ours = ExamplesImporter(training_data_paths=[str(file)]).get_nlu_data()
    rasas = RasaFileImporter(training_data_paths=[str(file)]).get_nlu_data()
    assert [e.data for e in ours.training_examples] == [e.data for e in rasas.training_examples]
    assert (ours.entity_synonyms, ours.responses) == (rasas.entity_synonyms, rasas.responses)


def test_a_mistake_is_told_by_rasa(file):
    file.write_text(file.read_text("utf-8") + "- intent: goodbye\n  exampels: |\n    - atā\n", "utf-8")
    with pytest.raises(RasaException):
        ExamplesImporter(training_data_paths=[str(file)]).get_nlu_data()


def test_a_file_is_read_once(file):
    importer = ExamplesImporter(training_data_paths=[str(file)])
    before = len(importer.get_nlu_data().training_examples)
    file.unlink()
    assert len(importer.get_nlu_data().training_examples) == before


def test_merging_drops_duplicates_and_keeps_the_rest(file):
    importer = ExamplesImporter(training_data_paths=[str(file)])
    merged = importer.get_nlu_data().merge(importer.get_nlu_data())
    assert [e.get(TEXT) for e in merged.training_examples] == ["labdien", "sveiki"]


def test_regression_agrees_with_scikit_learn():
    from sklearn.linear_model import LogisticRegression

    random = np.random.default_rng(1)
    labels = np.repeat(np.arange(3), 40)
    vectors = random.normal(size=(120, 5)) + np.eye(3, 5)[labels]
    weights = fit_regression(vectors, labels, 1.0)
    theirs = LogisticRegression(C=1.0).fit(vectors, labels)
    scores = vectors @ weights[:, :-1].T + weights[:, -1]
    ours = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert np.abs(ours - theirs.predict_proba(vectors)).max() < 0.02
