"""A backup brings everything back on an empty machine, whatever the database."""

from __future__ import annotations

import stat

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.desk.database import Database
from bot.desk.requests import Requests
from bot.desk.times import Times
from bot.operations.backup import BackupUnusable, back_up, restore
from bot.privacy.keepers import engine_of
from bot.privacy.pseudonym import Pseudonyms, rotate_key
from bot.settings import settings
from tests.support.desk import NOON, NUMBER, TestedDesk


def home(folder, url=None):
    folder.mkdir(exist_ok=True)
    return settings().copy(update={"data_dir": folder, "database_url": url})


@pytest.fixture
def full(tmp_path):
    """A data folder with open requests, a talk and a key."""
    own = home(tmp_path / "full")
    database = Database(own.tracker_database_url)
    database.upgrade()
    desk = TestedDesk(database)
    desk.mediator()
    for number in range(3):
        desk.ask(chat=f"telegram-{number}")
    desk.tick()
    database.close()
    with engine_of(own.tracker_database_url).begin() as connection:
        connection.execute(
            sa.text("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id VARCHAR(255), timestamp FLOAT, data TEXT)")
        )
        connection.execute(
            sa.text("INSERT INTO events (sender_id, timestamp, data) VALUES ('web-1', 1.5, '{\"a\": \"ā\"}')")
        )
    Pseudonyms.from_folder(own.data_dir)
    rotate_key(own.data_dir)
    return own


def open_requests(own):
    database = Database(own.tracker_database_url)
    database.upgrade()
    found = Requests(database, Times(opens=0, closes=24))
    with database.reading() as connection:
        numbers = [row.id for row in connection.execute(sa.text("SELECT id FROM desk_requests ORDER BY id"))]
    told = [(found.by_id(number).state, found.by_id(number).telephone, found.by_id(number).chat) for number in numbers]
    database.close()
    return told


def test_every_open_request_comes_back_on_an_empty_machine(full, tmp_path):
    file = tmp_path / "backup.tar.gz"
    back_up(full, file)
    empty = home(tmp_path / "empty")
    restore(empty, file)
    assert open_requests(empty) == open_requests(full)
    assert len(open_requests(empty)) == 3
    assert NUMBER in str(open_requests(empty))
    with engine_of(empty.tracker_database_url).connect() as connection:
        assert connection.execute(sa.text("SELECT sender_id, timestamp, data FROM events")).all() == [
            ("web-1", 1.5, '{"a": "ā"}')
        ]
    before, after = Pseudonyms.from_folder(full.data_dir), Pseudonyms.from_folder(empty.data_dir)
    assert after.chat("telegram", 1) == before.chat("telegram", 1)
    assert after.former_chats("telegram", 1) == before.former_chats("telegram", 1)


def test_new_requests_are_counted_on_after_a_restore(full, tmp_path):
    file = tmp_path / "backup.tar.gz"
    back_up(full, file)
    empty = home(tmp_path / "empty")
    restore(empty, file)
    database = Database(empty.tracker_database_url)
    database.upgrade()
    assert TestedDesk(database, NOON).ask(chat="telegram-new") is not None
    database.close()
    assert len(open_requests(empty)) == 4


def test_what_was_saved_from_sqlite_is_restored_into_postgresql(full, tmp_path, postgres_url):
    admin = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE restored"))
    admin.dispose()
    url = postgres_url.rsplit("/", 1)[0] + "/restored"
    file = tmp_path / "backup.tar.gz"
    back_up(full, file)
    there = home(tmp_path / "there", url)
    restore(there, file)
    assert open_requests(there) == open_requests(full)
    database = Database(url)
    assert TestedDesk(database, NOON).ask(chat="telegram-new") is not None
    database.close()
    again = tmp_path / "again.tar.gz"
    back_up(there, again)
    back = home(tmp_path / "back")
    restore(back, again)
    assert open_requests(back) == open_requests(there)
    engine_of(url).dispose()


def test_a_backup_is_for_its_owner_alone(full, tmp_path):
    file = tmp_path / "backup.tar.gz"
    back_up(full, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["backup.tar.gz"]


def test_nothing_is_restored_over_what_is_there(full, tmp_path):
    file = tmp_path / "backup.tar.gz"
    back_up(full, file)
    with pytest.raises(BackupUnusable, match="empty"):
        restore(full, file)
    assert len(open_requests(full)) == 3


@pytest.mark.parametrize("broken", [b"", b"no archive", None])
def test_a_broken_file_is_told_and_restores_nothing(full, tmp_path, broken):
    file = tmp_path / "backup.tar.gz"
    back_up(full, file)
    file.write_bytes(file.read_bytes()[:600] if broken is None else broken)
    empty = home(tmp_path / "empty")
    with pytest.raises(BackupUnusable, match="no whole backup"):
        restore(empty, file)
    assert sa.inspect(engine_of(empty.tracker_database_url)).get_table_names() == []


def test_the_commands_say_what_they_did(full, tmp_path, monkeypatch):
    from bot.cli import app
    from bot.operations import cli

    monkeypatch.setattr(cli, "settings", lambda: full)
    file = tmp_path / "backup.tar.gz"
    saved = CliRunner(mix_stderr=False).invoke(app, ["backup", str(file)])
    assert saved.exit_code == 0
    assert "Saved" in saved.stderr
    monkeypatch.setattr(cli, "settings", lambda: home(tmp_path / "empty"))
    assert CliRunner(mix_stderr=False).invoke(app, ["restore", str(file)]).exit_code == 0
