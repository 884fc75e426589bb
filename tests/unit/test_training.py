"""Training happens only where something changed, and names what is wrong in its data."""

import shutil
from pathlib import Path

import pytest

from bot.assistant.agent import NoModel, newest_model
from bot.assistant.training import digest, train, unknown_intents
from bot.directory.errors import ContentError
from bot.settings import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The parts of the project that a model is made of, small."""
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("rules", "stories", "directory"):
        shutil.copytree(ROOT / "data" / name, tmp_path / "data" / name)
    folder = tmp_path / "data" / "nlu" / "conversation"
    folder.mkdir(parents=True)
    (folder / "lv.yml").write_text('version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - labdien\n', "utf-8")
    return tmp_path


def test_the_digest_changes_with_every_example(project):
    before = digest(project)
    example = project / "data" / "nlu" / "conversation" / "lv.yml"
    example.write_text(example.read_text() + "    - sveiki\n", "utf-8")
    assert digest(project) != before


def test_the_digest_does_not_depend_on_where_the_project_lies(project, tmp_path_factory):
    copy = tmp_path_factory.mktemp("elsewhere") / "drom"
    shutil.copytree(project, copy)
    assert digest(copy) == digest(project)


def test_an_unknown_intent_in_a_rule_is_told_with_file_line_and_remedy(project):
    rules = project / "data" / "rules" / "rules.yml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("- intent: chitchat", "- intent: smalltalk"), "utf-8")
    (finding,) = unknown_intents(project)
    line = rules.read_text("utf-8").splitlines()[finding.line - 1]
    assert "smalltalk" in line
    assert finding.file == "data/rules/rules.yml"
    assert "domain.yml" in finding.remedy
    with pytest.raises(ContentError, match="smalltalk"):
        train(project)


def test_no_model_is_told_with_the_remedy(tmp_path):
    with pytest.raises(NoModel, match="drom train"):
        newest_model(tmp_path)


@pytest.mark.model
def test_a_broken_model_file_is_told_with_the_remedy(tmp_path):
    from bot.assistant.agent import Assistant
    from bot.settings import settings

    file = tmp_path / "broken.tar.gz"
    file.write_bytes(b"no model")
    with pytest.raises(NoModel, match="drom train --force"):
        Assistant.from_settings(settings(), file)
