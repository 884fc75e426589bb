"""What can go wrong between a bot and Telegram."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Fault:
    """Something that happens to the next calls of a method instead of an answer.

    Attributes:
        method: the method; ``*``: every one.
        kind: ``status`` (an error), ``hang`` (no answer at all), ``drop`` (the connection is cut),
            ``cut`` (it is done, and the connection is cut in the middle of the answer), ``garbage`` (an answer
            that is no JSON, as of a proxy in front; with ``retry_after`` as a header), ``list`` (JSON, but no answer).
        times: how many calls it happens to.
        status: the error code for ``status``.
        http_status: the HTTP status, where it is not the error code (some servers answer 200 with ``ok`` false).
        retry_after: seconds, for status 429.
        migrate_to: the supergroup that a group has become, for status 400.
        description: what Telegram says.
        chat_id: only calls for this chat.
    """

    method: str
    kind: str = "status"
    times: int = 1
    status: int = 500
    http_status: int | None = None
    retry_after: int | None = None
    migrate_to: int | None = None
    description: str = "Internal Server Error"
    chat_id: int | None = None

    def fits(self, method: str, parameters: dict[str, object]) -> bool:
        """Whether it happens to this call."""
        if self.times <= 0 or self.method not in ("*", method):
            return False
        return self.chat_id is None or str(parameters.get("chat_id")) == str(self.chat_id)
