"""What is too old is deleted: by the command, by the job, and not because a clock jumped."""

from __future__ import annotations

import json
import time

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.privacy.keepers import TableKeeper, engine_of
from bot.privacy.sweeping import Sweeper, SweepFailed, report, sweep
from bot.settings import settings

DAY_S = 86400.0


@pytest.fixture
def own(tmp_path):
    chosen = settings().copy(update={"data_dir": tmp_path, "database_url": None})
    engine = engine_of(chosen.tracker_database_url)
    with engine.begin() as connection:
        connection.execute(
            sa.text("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT, timestamp REAL, data TEXT)")
        )
        for chat, hours in (("old", 60), ("old", 25), ("new", 60), ("new", 1)):
            row = {"chat": chat, "at": time.time() - hours * 3600, "data": f"words of {chat}"}
            connection.execute(
                sa.text("INSERT INTO events (sender_id, timestamp, data) VALUES (:chat, :at, :data)"), row
            )
    yield chosen
    engine.dispose()


def chats(own):
    with engine_of(own.tracker_database_url).connect() as connection:
        return {row.sender_id for row in connection.execute(sa.text("SELECT sender_id FROM events"))}


def test_a_talk_goes_a_day_after_its_last_message_and_whole(own):
    assert sweep(own)["talks"] == 2
    assert chats(own) == {"new"}


def test_what_is_deleted_is_not_left_in_the_file(own, tmp_path):
    sweep(own)
    content = b"".join(file.read_bytes() for file in tmp_path.glob("drom.db*"))
    assert b"words of new" in content
    assert b"words of old" not in content


def test_the_report_has_numbers_and_nobody(own):
    told = report(own)
    talks = next(store for store in told["stores"] if store["store"] == "talks")
    assert (talks["records"], talks["chats"], talks["kept_hours"]) == (4, 2, 24.0)
    assert talks["oldest_hours"] == pytest.approx(60, abs=0.2)
    assert "words" not in json.dumps(told)


def test_a_store_that_fails_does_not_keep_the_others_from_being_swept(own):
    class Broken:
        name = "broken"

        def sweep(self, now_s):
            raise OSError("disk")

    talks = TableKeeper(own.tracker_database_url, "talks", "events", "timestamp", 24, "sender_id", True)
    with pytest.raises(SweepFailed, match="broken"):
        sweep(own, among=[Broken(), talks])
    assert chats(own) == {"new"}


async def test_the_job_survives_a_failure_and_counts_it(own, monkeypatch):
    sweeper = Sweeper(own)
    monkeypatch.setattr("bot.privacy.sweeping.keepers", lambda settings: (_ for _ in ()).throw(OSError("gone")))
    await sweeper.sweep_once()
    assert sweeper.failures == 1
    monkeypatch.undo()
    await sweeper.sweep_once()
    assert chats(own) == {"new"}
    assert sweeper.last_success_s is not None


async def test_a_clock_that_jumps_a_month_deletes_nobodys_talk(own):
    now, steady = [time.time()], [0.0]
    sweeper = Sweeper(own, clock=lambda: now[0], steady=lambda: steady[0])
    await sweeper.sweep_once()
    now[0] += 30 * DAY_S
    steady[0] += 900
    await sweeper.sweep_once()
    assert chats(own) == {"new"}
    now[0] -= 30 * DAY_S
    steady[0] += 900
    await sweeper.sweep_once()
    assert chats(own) == {"new"}


def test_the_commands_print_one_json_document(own, monkeypatch):
    from bot.cli import app
    from bot.privacy import cli

    monkeypatch.setattr(cli, "settings", lambda: own)
    told = json.loads(CliRunner(mix_stderr=False).invoke(app, ["privacy", "report", "--json"]).stdout)
    assert {store["store"] for store in told["stores"]} >= {"talks", "answers given in confidence"}
    deleted = json.loads(CliRunner(mix_stderr=False).invoke(app, ["privacy", "sweep", "--json"]).stdout)
    assert deleted["deleted"]["talks"] == 2
