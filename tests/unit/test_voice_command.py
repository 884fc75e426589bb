"""The commands `drom audio …`, run as a person runs them."""

import json

import pytest
from typer.testing import CliRunner

from bot.settings import settings
from bot.voice import recordings as recordings_module
from bot.voice.catalogue import catalogue_of_today
from bot.voice.cli import app
from bot.voice.codec import encode_opus, facts
from bot.voice.counts import ListeningCounts
from bot.voice.voice import audio_folder
from tests.support.speech import babble


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv("DROM_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setattr(recordings_module, "FOLDER", tmp_path / "audio")
    settings.cache_clear()
    yield
    settings.cache_clear()


def run(*arguments: str):
    return CliRunner(mix_stderr=False).invoke(app, list(arguments))


def listed(*arguments: str) -> list[dict]:
    result = run("list", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["texts"]


def test_what_lacks_a_recording_is_listed_in_the_order_of_the_cards():
    rows = listed("--language", "lv")
    assert {row["language"] for row in rows} == {"lv"}
    assert {row["state"] for row in rows} == {"missing"}
    assert [row["id"] for row in rows] == list(catalogue_of_today("lv").items)


def test_what_is_listened_to_most_stands_first():
    counts = ListeningCounts(audio_folder(settings()) / "listened.json")
    counts.add([catalogue_of_today("ru").items["utter_thank"]] * 3)
    counts.add([catalogue_of_today("lv").items["utter_greet"]])
    counts.save()
    assert [(row["language"], row["id"], row["listened"]) for row in listed()[:2]] == [
        ("ru", "utter_thank", 3),
        ("lv", "utter_greet", 1),
    ]


def test_the_list_for_people_shows_the_names_of_files_and_what_to_read(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    result = run("list", "--language", "en")
    assert "en/utter_greet.ogg" in result.stdout
    assert "I am Drom." in result.stdout


def test_recordings_are_imported_and_leave_the_list(tmp_path):
    (tmp_path / "given" / "lv").mkdir(parents=True)
    (tmp_path / "given" / "lv" / "utter_greet.ogg").write_bytes(encode_opus(babble(9.0)))
    result = run("import", str(tmp_path / "given"), "--speaker", "Anna")
    assert result.exit_code == 0, result.stderr
    assert "1 taken, 0 refused" in result.stderr
    assert "utter_greet" not in {row["id"] for row in listed("--language", "lv")}
    assert {row["id"]: row["state"] for row in listed("--language", "lv", "--all")}["utter_greet"] == "recorded"


def test_a_refused_recording_is_told_with_its_reason_and_the_exit_code(tmp_path):
    (tmp_path / "given" / "lv").mkdir(parents=True)
    (tmp_path / "given" / "lv" / "utter_greet.ogg").write_bytes(encode_opus(babble(1.5)))
    result = run("import", str(tmp_path / "given"))
    assert result.exit_code == 1
    assert "too short" in result.stderr


def test_a_folder_without_recordings_is_no_success(tmp_path):
    assert run("import", str(tmp_path)).exit_code == 1


def test_what_is_read_aloud_of_a_text_can_be_tried(tmp_path):
    out = tmp_path / "nva.ogg"
    result = run("say", "lv", "NVA: 80200206", "--out", str(out))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.strip() == "En vē ā: astoņi nulle, divi nulle, nulle divi, nulle seši"
    assert facts(out.read_bytes()).codec == "opus"


def test_a_language_that_we_do_not_speak_is_refused():
    assert run("list", "--language", "de").exit_code == 2
    assert run("say", "de", "Hallo").exit_code == 2
