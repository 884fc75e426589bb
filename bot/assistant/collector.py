"""Where Rasa's messages of one turn are gathered for a channel."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.assistant.messages import Reply, Turn
from bot.questionnaire.vault import reveal_in


class ReplyCollector(OutputChannel):
    """Collects the replies of one turn, whole: text, buttons and what is attached stay together."""

    def __init__(self, channel: str = "web"):
        self.channel = channel
        self.replies: list[Reply] = []
        self.turn = Turn()

    def name(self) -> str:
        """The name that channel-specific responses go by."""
        return self.channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take a message that Rasa utters."""
        reply = Reply.from_rasa(message)
        reply.text = reveal_in(reply.text)  # a person's own words leave the vault on the way to them only
        if reply.text or reply.buttons:
            self.replies.append(reply)
