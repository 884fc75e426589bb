"""A sheet imported by one process is in the next answer of another one, without a restart."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.assistant.conversation import Conversation
from bot.assistant.messages import payload
from bot.directory import directory as directories
from bot.directory.directory import FOLDER, CurrentDirectory
from bot.settings import ROOT

pytestmark = pytest.mark.model
SECONDS = 10

HEADING = (
    "id,name,organization,municipalities,languages,topics,phone,telegram,email,hours,consent,confirmed_on,source\n"
)
GOOD = 'anna,Anna no Talsiem,Talsu biedrība,"Talsu novads",lv;ru;en,,+371 20000009,,,,jā,2026-11-01,pa tālruni\n'
BAD = {
    "an unknown municipality": GOOD.replace("Talsu novads", "Talsi raj"),
    "a phone without digits": GOOD.replace("+371 20000009", "zvaniet rīt"),
    "a date in the future": GOOD.replace("2026-11-01", "2099-11-01"),
    "no consent": GOOD.replace(",jā,", ",nē,"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory of its own, which the assistant of this process reads."""
    copy = tmp_path / "data" / "directory"
    shutil.copytree(FOLDER, copy)
    monkeypatch.setattr(directories, "_current", CurrentDirectory(copy))
    yield copy


def drom(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `drom directory` in a process of its own."""
    environment = {**os.environ, "DROM_DATA_DIR": str(folder.parent.parent / "var")}
    command = [sys.executable, "-m", "bot.cli", "directory", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


async def until(conversation: Conversation, says: str, is_there: bool) -> str:
    """Ask for a mediator until the answer has ``says``, or has it no more; return the answer."""
    end = time.monotonic() + SECONDS
    while True:
        turn = await conversation.tap(payload("find_mediator", municipality="Talsu novads"))
        told = "\n".join(reply.text for reply in turn.replies)
        if (says in told) == is_there:
            return told
        assert time.monotonic() < end, told
        await asyncio.sleep(0.2)


async def test_a_corrected_sheet_is_in_the_next_answer_without_a_restart_and_undo_takes_it_out(
    assistant, folder, tmp_path
):
    conversation = Conversation(assistant)
    await until(conversation, "Anna no Talsiem", is_there=False)
    sheet = tmp_path / "mediatori.csv"

    for mistake in BAD.values():
        sheet.write_text(HEADING + mistake, encoding="utf-8")
        refused = drom(folder, "import", str(sheet), "--yes", "--folder", str(folder))
        assert refused.returncode == 1
        assert "1 mistake. Nothing was changed." in refused.stderr
        assert "Traceback" not in refused.stderr

    sheet.write_text(HEADING + GOOD, encoding="utf-8")
    done = drom(folder, "import", str(sheet), "--yes", "--folder", str(folder))
    assert done.returncode == 0, done.stderr
    told = await until(conversation, "Anna no Talsiem", is_there=True)
    assert "+37120000009" in told

    undone = drom(folder, "undo")
    assert undone.returncode == 0, undone.stderr
    await until(conversation, "Anna no Talsiem", is_there=False)


@pytest.mark.parametrize("mistake", list(BAD))
async def test_a_bad_row_that_was_written_by_hand_never_reaches_anyone(assistant, folder, mistake):
    good = GOOD.replace("anna", "berta").replace("Anna no", "Berta no")
    (folder / "mediators.csv").write_text(HEADING + BAD[mistake] + good, encoding="utf-8")
    for _ in range(4):
        conversation = Conversation(assistant)
        turn = await conversation.tap(payload("find_mediator", municipality="Talsu novads"))
        told = str(turn.replies)
        assert "Berta no Talsiem" in told
        assert "Anna no Talsiem" not in told
        assert "zvaniet rīt" not in told
