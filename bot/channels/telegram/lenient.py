"""What Telegram always tells and python-telegram-bot wants, though we have no use for it.

Other servers of the Bot API (local ones, older ones, test servers) leave it out at times. PTB can't read what lacks it,
and a person would be left without an answer, or a reply that was sent would be taken for one that failed.
"""

from __future__ import annotations

from typing import Any

from telegram.constants import ChatType

SOME_DATE = 1  # 0 means that a message can't be shown any more
PARTS: dict[str, dict[str, Any]] = {  # of a message; what else can't be read is answered by what it is
    "voice": {"file_unique_id": "", "duration": 0},
    "contact": {"first_name": ""},
    "venue": {"title": "", "address": ""},
}
RESULTS: dict[str, dict[str, Any]] = {
    "getMe": {"is_bot": True, "first_name": ""},
    "getFile": {"file_unique_id": ""},
    "getWebhookInfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
}


def fill_update(update: dict[str, Any]) -> None:
    """Put into an update what it lacks."""
    for kind in ("message", "edited_message"):
        _fill_message(update.get(kind))
    for kind, lacking in (("callback_query", "chat_instance"), ("inline_query", "offset")):
        query = update.get(kind)
        if isinstance(query, dict):
            query.setdefault(lacking, "")
            _fill_person(query.get("from"))
            _fill_message(query.get("message"))


def fill_result(method: str, asked: dict[str, Any], result: Any) -> None:
    """Put into the result of a call what it lacks.

    Args:
        method: the method, as Telegram names it.
        asked: the call's parameters.
        result: what was answered; only objects are looked at.
    """
    if not isinstance(result, dict):
        return
    for name, value in RESULTS.get(method, {}).items():
        result.setdefault(name, value)
    if method.startswith(("send", "edit")):
        result.setdefault("message_id", 0)
        if not isinstance(result.get("chat"), dict):
            result["chat"] = {"id": asked.get("chat_id", 0)}
        _fill_message(result)


def _fill_message(message: Any) -> None:
    if not isinstance(message, dict):
        return
    message.setdefault("date", SOME_DATE)
    _fill_person(message.get("from"))
    chat = message.get("chat")
    if isinstance(chat, dict) and isinstance(chat.get("id"), int):
        # Telegram numbers people upwards from 0, groups and channels downwards.
        chat.setdefault("type", ChatType.PRIVATE if chat["id"] > 0 else ChatType.SUPERGROUP)
    for part, lacking in PARTS.items():
        content = message.get(part)
        if isinstance(content, dict):
            for name, value in lacking.items():
                content.setdefault(name, value)


def _fill_person(person: Any) -> None:
    if isinstance(person, dict):
        person.setdefault("is_bot", False)
        person.setdefault("first_name", "")
