"""What every action here has in common: the language, the texts, and how a reply is uttered."""

from __future__ import annotations

import abc
import dataclasses
import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.assistant.messages import Button, Reply, payload
from bot.clock import now
from bot.directory.directory import Directory, directory
from bot.directory.models import ServiceCard
from bot.languages import DEFAULT_LANGUAGE, Language, as_language
from bot.texts import text as short_text
from bot.threads import in_own_thread

Events = list[dict[str, Any]]
DANGER = "urgent_danger"


class Talk:
    """One turn as an action sees it: slots, texts in the person's language, the directory, the day."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]):
        self.dispatcher = dispatcher
        self.tracker = tracker
        self.responses = domain.get("responses", {})
        self.language: Language = as_language(tracker.get_slot("language")) or DEFAULT_LANGUAGE
        self.directory: Directory = directory()
        self._owes_danger_line = self._is_danger_beside() and not self._has_answered()

    @property
    def now(self) -> datetime.datetime:
        """Local time in Latvia."""
        return now()

    @property
    def today(self) -> datetime.date:
        """The day in Latvia."""
        return self.now.date()

    @property
    def intent(self) -> str:
        """The intent of the message."""
        return str(self.tracker.latest_message.get("intent", {}).get("name") or "")

    @property
    def card(self) -> ServiceCard | None:
        """The card under discussion."""
        return self.directory.services.get(self.tracker.get_slot("service") or "")

    def entity(self, name: str) -> Any:
        """Return the first value of an entity of this message, None where there is none."""
        return next(self.tracker.get_latest_entity_values(name), None)

    def entities(self, name: str) -> list[Any]:
        """Return all values of an entity of this message."""
        return list(self.tracker.get_latest_entity_values(name))

    def slot(self, name: str) -> Any:
        """Return the value of a slot."""
        return self.tracker.get_slot(name)

    def say(self, response: str, **values: object) -> str:
        """Return the text of a response of domain.yml in the person's language, with its braces filled in.

        Raises:
            KeyError: there is no such response, or a brace has no value.
        """
        variations = self.responses[response]
        for variation in variations:
            conditions = variation.get("condition") or []
            if all(c.get("value") == self.language for c in conditions if c.get("name") == "language"):
                return str(variation["text"]).format(**values)
        raise KeyError(f"{response} has no {self.language}")

    def words(self, file: str, name: str, **values: object) -> str:
        """Return a text of ``data/texts/<file>.yml`` in the person's language, with its braces filled in."""
        return short_text(file, name, self.language, **values)

    def label(self, name: str) -> str:
        """Return the words of a button in the person's language."""
        return short_text("buttons", name, self.language)

    def button(self, label: str, intent: str, **entities: str | bool | None) -> Button:
        """Return a button with the words ``label`` of buttons.yml."""
        return Button(self.label(label), payload(intent, **entities))

    def service_button(self, card: ServiceCard) -> Button:
        """Return the button that shows a card."""
        return Button(f"{card.icon} {card.button.in_language(self.language)}", payload(card.intent))

    def need_button(self, intent: str) -> Button | None:
        """Return a button that says a need in everyday words; None for an intent that is no need."""
        card = self.directory.services.get(intent.removeprefix("ask_"))
        if card:
            return Button(f"{card.icon} {card.need.in_language(self.language)}", payload(intent))
        labels = {
            "find_office": "office",
            "find_mediator": "mediator",
            "find_support": "support",
            DANGER: "danger",
        }
        return self.button(labels[intent], intent) if intent in labels else None

    def call_button(self, number: str) -> Button:
        """Return the button that calls a telephone number."""
        return Button(f"📞 {number}", f"tel:{number}")

    def utter(self, reply: Reply) -> None:
        """Send a reply; above the first one of a turn where danger is likely, the line for it."""
        if self._owes_danger_line:
            self._owes_danger_line = False
            reply = dataclasses.replace(reply, text=self.say("utter_danger_aside") + "\n" + reply.text)
        self.dispatcher.utter_message(**reply.as_rasa())

    def _is_danger_beside(self) -> bool:
        return self.intent != DANGER and bool(self.entity("danger"))

    def _has_answered(self) -> bool:
        """Whether an action before this one has replied to the message."""
        for event in reversed(self.tracker.events):
            if event.get("event") in ("bot", "user"):
                return bool(event.get("event") == "bot")
        return False


class DromAction(Action, abc.ABC):
    """An action by its name; subclasses answer in :meth:`answer`."""

    action_name: str

    def name(self) -> str:
        """The name in domain.yml."""
        return self.action_name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Run the action as Rasa calls it; one that waits (for a database, a disk) keeps only its own chat waiting."""
        talk = Talk(dispatcher, tracker, domain)
        return await in_own_thread(lambda: self.answer(talk), self.action_name)

    @abc.abstractmethod
    def answer(self, talk: Talk) -> Events:
        """Reply, and return events."""
