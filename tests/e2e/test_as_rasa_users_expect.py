"""What any Rasa user expects to work here: `rasa data validate`, `rasa test core`, an action server of its own."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from rasa.utils.endpoints import EndpointConfig

from bot.assistant.conversation import Conversation
from bot.settings import ROOT
from tests.conftest import free_port

pytestmark = pytest.mark.model


def rasa(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rasa", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture(scope="module")
def action_server(tmp_path_factory):
    """`python -m rasa_sdk --actions actions`, as endpoints.yml tells an operator to start it."""
    port = free_port()
    log = tmp_path_factory.mktemp("actions") / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)],
            cwd=ROOT,
            stdout=file,
            stderr=file,
        )
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).close()
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.2)
    yield EndpointConfig(url=f"http://127.0.0.1:{port}/webhook"), process
    process.kill()
    process.wait()


def test_rasa_finds_the_data_valid():
    answer = rasa("data", "validate", "-v")
    assert answer.returncode == 0, answer.stdout[-3000:]
    assert "No story structure conflicts found" in answer.stdout + answer.stderr
    assert "Failed to validate" not in answer.stdout + answer.stderr
    assert "was not defined" not in answer.stdout + answer.stderr


def test_rasa_tests_the_stories(model, tmp_path):
    answer = rasa(
        *("test", "core", "--stories", "tests/test_stories.yml", "--model", str(model), "--out", str(tmp_path)),
        "--fail-on-prediction-errors",
    )
    assert answer.returncode == 0, answer.stdout[-3000:]
    assert "0 / " not in answer.stdout


async def test_a_separate_action_server_answers_as_the_actions_in_the_process_do(assistant, action_server, monkeypatch):
    endpoint, _ = action_server
    beside = Conversation(assistant)
    expected = [await beside.say("kas maksās par bērnudārzu kursu laikā"), await beside.tap("/ask_detail_documents")]
    monkeypatch.setattr(assistant.processor, "action_endpoint", endpoint)
    apart = Conversation(assistant)
    told = [await apart.say("kas maksās par bērnudārzu kursu laikā"), await apart.tap("/ask_detail_documents")]
    assert [turn.replies for turn in told] == [turn.replies for turn in expected]
    assert told[0].replies[0].text


async def test_an_action_server_that_is_gone_is_no_silence(assistant, monkeypatch):
    monkeypatch.setattr(
        assistant.processor, "action_endpoint", EndpointConfig(url=f"http://127.0.0.1:{free_port()}/webhook")
    )
    turn = await Conversation(assistant).say("kas maksās par bērnudārzu kursu laikā")
    assert "80200206" in turn.replies[0].text
