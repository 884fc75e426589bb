"""A start reads of a model what serving needs, and reads it as Rasa does."""

import pytest

import bot.assistant.rasa_start  # noqa: F401

# isort: split
from rasa.engine.storage.local_model_storage import LocalModelStorage

from bot.assistant.faster_start import ORIGINALS, make_start_faster


@pytest.mark.model
def test_the_domain_of_a_model_is_read_as_rasa_reads_it(model, assistant, tmp_path):
    make_start_faster()
    storage, metadata = LocalModelStorage.from_model_archive(tmp_path, model)
    node = metadata.predict_schema.nodes["domain_provider"]
    arguments = (node.uses, {}, storage, node.resource, None)
    ours = node.uses.load(*arguments[1:]).provide_inference()
    rasas = ORIGINALS[1](*arguments).provide_inference()
    assert ours.as_dict() == rasas.as_dict() == assistant.domain.as_dict()
    assert ours.fingerprint() == rasas.fingerprint()


@pytest.mark.model
def test_what_only_trained_the_model_is_not_imported_to_serve(model, tmp_path):
    make_start_faster()
    _, metadata = LocalModelStorage.from_model_archive(tmp_path, model)
    assert metadata.predict_schema.nodes
    assert not metadata.train_schema.nodes
