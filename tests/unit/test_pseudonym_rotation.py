"""After a change of the key, what is stored is still found, and the former key goes when nothing needs it."""

from __future__ import annotations

import stat
import time

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.privacy import pseudonym
from bot.privacy.keepers import engine_of
from bot.privacy.pseudonym import FORMER_KEY_S, Pseudonyms, drop_former_keys, former_key_count, rotate_key
from bot.privacy.registry import keepers
from bot.settings import settings


@pytest.fixture
def store(tmp_path):
    own = settings().copy(update={"data_dir": tmp_path, "database_url": None})
    engine = engine_of(own.tracker_database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT, timestamp REAL)"))
    yield own, engine
    pseudonym.use_carry_over(None)
    engine.dispose()


def senders(engine):
    with engine.connect() as connection:
        return [row.sender_id for row in connection.execute(sa.text("SELECT sender_id FROM events"))]


def test_a_new_key_gives_new_pseudonyms(tmp_path):
    before = Pseudonyms.from_folder(tmp_path).chat("telegram", 1)
    rotate_key(tmp_path)
    after = Pseudonyms.from_folder(tmp_path)
    assert after.chat("telegram", 1) != before
    assert after.former_chats("telegram", 1) == [before]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in tmp_path.iterdir())


def test_a_talk_is_found_under_its_new_pseudonym_at_the_first_message(store):
    own, engine = store
    before = Pseudonyms.from_folder(own.data_dir).chat("telegram", 1)
    with engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO events (sender_id, timestamp) VALUES (:s, :t)"), [{"s": before, "t": time.time()}]
        )
    rotate_key(own.data_dir)
    rotate_key(own.data_dir)  # also through two changes
    pseudonym.use_carry_over(lambda former, chat: [keeper.rename(former, chat) for keeper in keepers(own)])
    after = Pseudonyms.from_folder(own.data_dir).chat("telegram", 1)
    assert senders(engine) == [after]


def test_a_former_key_is_dropped_when_nothing_can_be_left_under_it(tmp_path):
    Pseudonyms.from_folder(tmp_path)
    rotate_key(tmp_path, now_s=1_000_000.0)
    assert drop_former_keys(tmp_path, 1_000_000.0 + FORMER_KEY_S - 1) == 0
    assert former_key_count(tmp_path) == 1
    assert drop_former_keys(tmp_path, 1_000_000.0 + FORMER_KEY_S + 1) == 1
    assert former_key_count(tmp_path) == 0


def test_a_digest_of_a_former_key_still_holds(tmp_path):
    before = Pseudonyms.from_folder(tmp_path).digest("web/cookie", "x")
    rotate_key(tmp_path)
    after = Pseudonyms.from_folder(tmp_path)
    assert after.is_digest("web/cookie", "x", before[:32])
    assert not after.is_digest("web/cookie", "y", before[:32])


def test_the_command_changes_the_key_and_says_what_to_do(tmp_path, monkeypatch):
    from bot.cli import app
    from bot.privacy import cli

    monkeypatch.setattr(cli, "settings", lambda: settings().copy(update={"data_dir": tmp_path}))
    result = CliRunner().invoke(app, ["privacy", "rotate-key"])
    assert result.exit_code == 0
    assert former_key_count(tmp_path) == 1


def test_requests_and_members_of_the_desk_are_found_too(tmp_path):
    from bot.desk.database import Database
    from tests.support.desk import TestedDesk

    own = settings().copy(update={"data_dir": tmp_path, "database_url": None})
    before = Pseudonyms.from_folder(tmp_path)
    database = Database(own.tracker_database_url)
    database.upgrade()
    desk = TestedDesk(database)
    desk.mediator(chat=before.chat("telegram", 7))
    desk.ask(chat=before.chat("telegram", 8))
    rotate_key(tmp_path)
    pseudonym.use_carry_over(lambda former, chat: [keeper.rename(former, chat) for keeper in keepers(own)])
    try:
        after = Pseudonyms.from_folder(tmp_path)
        assert desk.members.by_chat(after.chat("telegram", 7)) is not None
        after.chat("telegram", 8)
        with database.reading() as connection:
            chats = [row.chat for row in connection.execute(sa.text("SELECT chat FROM desk_requests"))]
        assert chats == [after.chat("telegram", 8)]
    finally:
        pseudonym.use_carry_over(None)
        database.close()
