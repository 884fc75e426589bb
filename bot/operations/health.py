"""Whether the assistant lives, and whether it is ready to answer."""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa

from bot.clock import now
from bot.directory.directory import directory
from bot.directory.freshness import to_check
from bot.errors import describe
from bot.privacy.keepers import engine_of
from bot.settings import Settings


def check_store(settings: Settings) -> dict[str, Any]:
    """Return whether the database answers, and in how many milliseconds."""
    started = time.perf_counter()
    try:
        with engine_of(settings.tracker_database_url).connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except Exception as error:  # whatever a driver raises, the answer is: not ready
        return {"healthy": False, "error": describe(error)}
    return {"healthy": True, "milliseconds": round(1000 * (time.perf_counter() - started), 1)}


def check_model(agent: Any) -> dict[str, Any]:
    """Return whether a model is loaded and which."""
    name = getattr(getattr(agent, "processor", None), "model_filename", None)
    return {"healthy": bool(agent is not None and agent.is_ready()), "name": name}


def data_age() -> dict[str, Any]:
    """Return how many days ago the oldest fact was checked, and how many things somebody must check again."""
    listed = to_check(directory(), now().date())
    old = [one for one in listed if one.reason != "unconfirmed"]
    return {"healthy": not old, "oldest_days": max((one.days for one in listed), default=0), "to_check": len(old)}


def report(settings: Settings, agent: Any, telegram: Any) -> dict[str, Any]:
    """Return the state of every part. ``ready``: people are answered; stale facts only warn."""
    model, store = check_model(agent), check_store(settings)
    channel = telegram.state.as_dict() if telegram is not None else {"status": "off", "healthy": True}
    return {
        "live": True,
        "ready": bool(model["healthy"] and store["healthy"]),
        "model": model,
        "store": store,
        "telegram": channel,
        "data": data_age(),
    }
