"""The guided check, and asking to be called."""

from __future__ import annotations

from actions.base import DromAction, Events, Talk
from actions.talking import menu_buttons
from bot.assistant.messages import Reply


class FindSupport(DromAction):
    """Begin the guided check."""

    action_name = "action_find_support"

    def answer(self, talk: Talk) -> Events:
        """Show what there is."""
        talk.utter(Reply(talk.say("utter_topic"), menu_buttons(talk)[1:]))
        return []


class RequestCallback(DromAction):
    """Say honestly that nobody receives call-backs here, and who can be called."""

    action_name = "action_request_callback"

    def answer(self, talk: Talk) -> Events:
        """Give the line."""
        line = talk.directory.help_lines["nva"].number
        buttons = [
            talk.call_button(line),
            talk.button("mediator", "find_mediator"),
            talk.button("office", "find_office"),
        ]
        reply = Reply(talk.say("utter_callback_not_here", line=line), buttons, route={"kind": "helpline"})
        talk.utter(reply)
        return []
