"""Logs are for a machine or a person, and tell no secret."""

from __future__ import annotations

import json
import logging
import sys

from bot.operations.logs import JsonFormatter, LineFormatter, SecretFilter, secrets_of
from bot.settings import settings


def record(message, *args, error=None):
    return logging.LogRecord("bot.x", logging.ERROR, "x.py", 1, message, args, error)


def test_a_line_is_one_json_document():
    told = json.loads(JsonFormatter().format(record("A turn failed: %s", "KeyError\nat x")))
    assert (told["level"], told["logger"], told["message"]) == ("error", "bot.x", "A turn failed: KeyError\nat x")


def test_a_traceback_is_told_by_its_kind_since_its_words_may_quote_a_message():
    try:
        raise ValueError("mani sauc Jānis")
    except ValueError:
        line = JsonFormatter().format(record("failed", error=sys.exc_info()))
    assert json.loads(line)["error"] == "ValueError"
    assert "Jānis" not in line


def test_also_for_a_person_a_traceback_has_places_and_no_words():
    try:
        raise ValueError("mani sauc Jānis")
    except ValueError:
        line = LineFormatter("%(message)s").format(record("failed", error=sys.exc_info()))
    assert "test_logs.py" in line
    assert "ValueError" in line
    assert "Jānis" not in line


def test_the_secrets_of_the_process_are_taken_out_whoever_writes_them():
    chosen = settings().copy(
        update={
            "telegram_token": "123456:ABCDEF",
            "database_url": "postgresql://drom:pass%20word9@db/drom",
            "redis_url": None,
            "telegram_webhook_secret": "hook-secret",
        }
    )
    one = record("GET /bot%s/x with pass word9 and %s", "123456:ABCDEF", "hook-secret")
    assert SecretFilter(secrets_of(chosen)).filter(one)
    assert one.getMessage() == "GET /bot***/x with *** and ***"
