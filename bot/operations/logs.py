"""Logs: plain lines for a person, or one JSON document a line for a collector. Never what a person wrote."""

from __future__ import annotations

import datetime
import json
import logging
import traceback
from typing import Any

from bot.settings import Settings

QUIET = ("sanic.access", "httpx", "apscheduler", "matplotlib", "asyncio")


class JsonFormatter(logging.Formatter):
    """One JSON document a line: time, level, where it is from, the message. A traceback is reduced to its kind."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        document = {
            "time": datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            document["error"] = record.exc_info[0].__name__
        return json.dumps(document, ensure_ascii=False)


class LineFormatter(logging.Formatter):
    """Lines for a person. Of an exception places and kind are shown, not its words: they may quote a message."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  (logging's own name)
        """Return where an exception came from."""
        kind, _, trace = ei
        places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([*places, kind.__name__ if kind else ""])


class SecretFilter(logging.Filter):
    """Takes the process's own secrets out of every line, whoever wrote it."""

    def __init__(self, secrets: list[str]):
        super().__init__()
        self._secrets = [secret for secret in secrets if len(secret) >= 6]

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the line, without the secrets in it."""
        message = record.getMessage()
        if any(secret in message for secret in self._secrets):
            for secret in self._secrets:
                message = message.replace(secret, "***")
            record.msg, record.args = message, ()
        return True


def secrets_of(settings: Settings) -> list[str]:
    """Return what must never stand in a log."""
    from sqlalchemy.engine.url import make_url

    secrets = [settings.telegram_token, settings.telegram_webhook_secret]
    for url in (settings.database_url, settings.redis_url):
        secrets.append(make_url(url).password if url and "@" in url else None)
    return [str(secret) for secret in secrets if secret]


def set_up_logs(settings: Settings) -> None:
    """Write the log to standard error in the form that is set."""
    handler = logging.StreamHandler()
    plain = LineFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonFormatter() if settings.log_format == "json" else plain)
    handler.addFilter(SecretFilter(secrets_of(settings)))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in ("bot", "actions"):
        logging.getLogger(name).setLevel(settings.log_level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
