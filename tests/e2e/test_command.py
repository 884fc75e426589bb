"""The command `drom`: its help, its exit codes, its errors."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def drom(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.mark.parametrize("command", ["run", "train", "ask", "chat", "evaluate", "check"])
def test_every_command_has_help_with_an_example(command):
    answer = drom(command, "--help")
    assert answer.returncode == 0
    assert "Example" in answer.stdout


def test_the_content_passes_the_check():
    answer = drom("check", "--json")
    document = json.loads(answer.stdout)
    assert document["errors"] == 0, document["findings"]
    assert answer.returncode == 0


@pytest.mark.model
def test_ask_prints_one_json_document_and_nothing_else(model):
    answer = drom("ask", "не с кем оставить ребёнка, а хочу работать", "--place", "Talsi", "--json")
    document = json.loads(answer.stdout)
    assert document["intent"] == "ask_childcare_costs"
    assert document["language"] == "ru"
    assert 0 <= document["confidence"] <= 1
    assert document["replies"][0]["text"]
    assert {"title", "payload"} == set(document["replies"][0]["buttons"][0])
    audio = document["replies"][0]["audio"]
    assert (audio["type"], audio["seconds"] > 5, audio["bytes"] > 10_000) == ("audio/ogg", True, True)


@pytest.mark.model
def test_an_unknown_place_is_told_with_the_remedy(model):
    answer = drom("ask", "kur iet", "--place", "Atlantīda")
    assert answer.returncode == 1
    assert "places.csv" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_port_in_use_is_told_with_the_remedy():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = drom("run", "--port", str(taken.getsockname()[1]))
    assert answer.returncode == 1
    assert "DROM_PORT" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_data_folder_that_cannot_be_written_is_told_with_the_remedy(tmp_path):
    (tmp_path / "file").write_text("")
    answer = drom("run", DROM_DATA_DIR=str(tmp_path / "file" / "below"))
    assert answer.returncode == 1
    assert "DROM_DATA_DIR" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_file_without_the_columns_is_told(tmp_path):
    file = tmp_path / "messages.tsv"
    file.write_text("words\n")
    answer = drom("evaluate", str(file))
    assert answer.returncode == 1
    assert "lacks the columns" in answer.stderr
