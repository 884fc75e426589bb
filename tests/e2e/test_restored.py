"""A machine is lost, and a backup brings its open requests to an empty one, where they are worked on."""

import asyncio
import os
import subprocess
import sys

import pytest

from tests.e2e.test_desk_telegram import LONG, NUMBER, WORDS, Place
from tests.support.telegram_api import BotApi

pytestmark = [
    pytest.mark.model,
    pytest.mark.xdist_group("telegram"),
    pytest.mark.timeout(600),
]


def drom(folder, *arguments):
    """Run a command with a data folder."""
    environment = {**os.environ, "DROM_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "bot.cli", *map(str, arguments)]
    subprocess.run(command, env=environment, check=True, capture_output=True)


async def test_a_mediator_takes_a_request_of_the_lost_machine_and_the_person_can_erase_it(model, tmp_path):
    lost, new, saved = tmp_path / "lost", tmp_path / "new", tmp_path / "saved.tar.gz"
    lost.mkdir()
    new.mkdir()
    async with BotApi() as api:
        before = Place(api, lost)
        await before.bot.start()
        maija = await before.join("Maija")
        anna, _ = await before.ask()
        card = await maija.see_one(within=LONG)
        await asyncio.to_thread(drom, lost, "backup", saved)  # while it runs
        await before.bot.kill()

        await asyncio.to_thread(drom, new, "restore", saved)
        after = Place(api, new)
        await after.bot.start()
        try:
            maija.tap("✋ Es ņemu", card)
            await maija.see_change(card, NUMBER)
            assert WORDS in card.text
            assert "Maija (Talsu romu biedrība)" in (await anna.see_one(within=LONG)).text
            anna.write("/forget")
            assert "izdzēs" in (await anna.see_one(within=LONG)).text
            await maija.see_change(card, "palūdza izdzēst visu")
            assert NUMBER not in str(after.stored())
        finally:
            await after.bot.stop()
