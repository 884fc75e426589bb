"""Deleting everything about a chat."""

from __future__ import annotations

from rasa_sdk.events import AllSlotsReset

from actions.base import DromAction, Events, Talk
from actions.routing import turns
from bot.assistant.messages import Button, Reply, payload
from bot.questionnaire.vault import vault


class ForgetMe(DromAction):
    """Say that everything is deleted; the assistant deletes it when this turn is over."""

    action_name = "action_forget_me"

    def answer(self, talk: Talk) -> Events:
        """Confirm, and clear what this turn holds."""
        talk.utter(Reply(talk.say("utter_forgotten"), [Button(talk.label("language"), payload("change_language"))]))
        turns.forget(talk.tracker.sender_id)
        vault().drop(*(talk.slot("answers") or {}).values())
        return [AllSlotsReset()]
