"""The assistant on PostgreSQL: it talks, forgets, counts, sweeps, and answers when the database goes and comes back."""

from __future__ import annotations

import asyncio
import time

import pytest
import sqlalchemy as sa

from bot.assistant.agent import Assistant, create_tracker_store
from bot.assistant.conversation import Conversation
from bot.assistant.phrases import apology
from bot.breaker import PAUSE_S
from bot.privacy.keepers import engine_of
from bot.privacy.sweeping import report, sweep
from bot.settings import settings
from tests.conftest import free_port
from tests.support import postgres

pytestmark = pytest.mark.model


@pytest.fixture
def own(postgres_url, tmp_path):
    yield settings().copy(update={"data_dir": tmp_path, "database_url": postgres_url})
    engine_of(postgres_url).dispose()


@pytest.fixture
def assistant(own, model):
    return Assistant.from_settings(own, model, create_tracker_store(own))


def talks(own):
    return next(store for store in report(own)["stores"] if store["store"] == "talks")


async def test_a_talk_is_kept_counted_swept_and_erased(own, assistant):
    one, other = Conversation(assistant), Conversation(assistant)
    await one.tap('/change_language{"value":"ru"}')
    await other.tap("/ask_debts")
    assert (await one.tap("/greet")).language == "ru"
    assert talks(own)["chats"] == 2
    turn = await one.tap("/forget_me")
    assert "Подтверждение" in turn.replies[0].text
    with engine_of(own.tracker_database_url).connect() as connection:
        left = {row.sender_id for row in connection.execute(sa.text("SELECT DISTINCT sender_id FROM events"))}
    assert left == {other.sender_id}
    assert sweep(own, now_s=time.time() + 25 * 3600)["talks"] > 0
    assert talks(own)["records"] == 0


async def test_a_database_that_goes_is_survived_and_found_again(model, tmp_path):
    if postgres.programs() is None:
        pytest.skip("SKIPPED LOUDLY: PostgreSQL is not installed; `make test` as root on Debian installs it")
    port = free_port()
    with postgres.cluster(port) as url:
        own = settings().copy(update={"data_dir": tmp_path, "database_url": url})
        assistant = Assistant.from_settings(own, model, create_tracker_store(own))
        talk = Conversation(assistant)
        assert (await talk.tap("/greet")).language == "lv"
    (reply,) = (await talk.tap("/ask_debts")).replies  # nothing listens there any more
    assert reply.service == "debts" or reply.text == apology("lv").text  # from memory, or kindly not at all
    with postgres.cluster(port) as url, sa.create_engine(url).begin() as connection:
        connection.execute(sa.text("SELECT 1"))
        create_tracker_store(own)  # the tables of a new database
        await asyncio.sleep(PAUSE_S)  # it is left alone for so long after it failed
        assert (await Conversation(assistant).tap("/ask_debts")).replies[0].service == "debts"
