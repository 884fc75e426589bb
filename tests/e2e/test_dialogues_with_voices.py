"""Scripted voice messages go through a real transcription interface, to the real assistant."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogues.reading import read_script
from bot.dialogues.telling import tell_failures
from bot.dialogues.yaml_nodes import Mistakes
from bot.settings import settings
from bot.voice.codec import encode_opus
from tests.support.speech import babble
from tests.support.speech_api import SpeechApi

pytestmark = pytest.mark.model

AT_ONCE = 8  # more than an ear lets wait
CASE = """\
  - test_case: someone asks aloud where the office is ({number})
    language: lv
    metadata: {{channel: telegram}}
    steps:
      - user: {{voice: question.ogg}}
        assertions:
          - intent: find_office
          - asked_for: municipality
          - bot_uttered: {{text_contains: ["kur ir nva"], language: lv}}
"""


async def test_voices_side_by_side_are_all_heard_and_answered(assistant, tmp_path: Path, monkeypatch):
    from bot.dialogues import hearing
    from bot.dialogues.running import run_cases, warm_up

    (tmp_path / "question.ogg").write_bytes(encode_opus(babble(1.0)))
    mistakes = Mistakes("voices.yml")
    text = "test_cases:\n" + "\n".join(CASE.format(number=number) for number in range(AT_ONCE))
    cases = read_script(text, mistakes, tmp_path)
    assert mistakes.findings == []
    await warm_up(assistant)  # reading everything would keep the server waiting, which runs in this loop
    async with SpeechApi(heard="kur ir nva") as server:
        monkeypatch.setattr(hearing, "settings", lambda: settings().copy(update={"stt_url": server.url}))
        run = await run_cases(assistant, cases, listener=hearing.listener_for(cases))
    assert not run.failed, tell_failures(run.failed[0])
    assert len(server.recordings) == AT_ONCE
