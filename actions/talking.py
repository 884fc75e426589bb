"""The turns that are about the talk itself: menu, language, small talk, privacy, being misunderstood."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.base import DromAction, Events, Talk
from bot.assistant.context import MISUNDERSTOOD
from bot.assistant.messages import Button, Reply, payload
from bot.languages import LANGUAGES, as_language
from bot.nlu.language import asked_language
from bot.texts import text as short_text

LANGUAGE_NAMES = {"lv": "🇱🇻 Latviešu", "ru": "Русский", "en": "English"}
CHOICES = 3
ON, OFF = "on", "off"


def menu_buttons(talk: Talk) -> list[Button]:
    """Return the menu: the topics, and the ways to a person and a place."""
    topics = [
        Button(f"{topic.icon} {topic.name.in_language(talk.language)}", payload("help", topic=topic_id))
        for topic_id, topic in talk.directory.topics.items()
    ]
    return [
        talk.button("support", "find_support"),
        *topics,
        talk.button("office", "find_office"),
        talk.button("mediator", "find_mediator"),
        talk.button("language", "change_language"),
    ]


def voice_button(talk: Talk, on: bool) -> Button:
    """Return the button that has every answer spoken, or none any more."""
    words = short_text("voice", "always_on" if on else "always_off", talk.language)
    return Button(words, payload("change_voice", value=ON if on else OFF))


class ShowMenu(DromAction):
    """Greet, begin anew, or show what is there under a topic."""

    action_name = "action_show_menu"

    def answer(self, talk: Talk) -> Events:
        """Show the menu with the words that fit."""
        topic = talk.directory.topics.get(talk.entity("topic") or "")
        if topic:
            cards = [talk.directory.services[service] for service in topic.services]
            talk.utter(Reply(talk.say("utter_topic"), [talk.service_button(card) for card in cards]))
            return [SlotSet("requested_slot", None)]
        words = {"greet": "utter_greet", "help": "utter_help"}.get(talk.intent, "utter_menu")
        talk.utter(Reply(talk.say(words), menu_buttons(talk)))
        events: Events = [SlotSet("requested_slot", None)]
        return [*events, SlotSet("service", None)] if talk.intent == "start_over" else events


class SimpleReply(DromAction):
    """Answer with the response that bears the name of the intent."""

    action_name = "action_reply"

    def answer(self, talk: Talk) -> Events:
        """Say it, with the two buttons that lead on."""
        buttons = [talk.button("support", "find_support"), talk.button("office", "find_office")]
        talk.utter(Reply(talk.say(f"utter_{talk.intent}"), buttons))
        return []


class ChangeLanguage(DromAction):
    """Change to the language that the person asks for; ask which where that is not said."""

    action_name = "action_change_language"

    def answer(self, talk: Talk) -> Events:
        """Choose, or offer the choice."""
        chosen = as_language(talk.entity("value")) or asked_language(talk.tracker.latest_message.get("text") or "")
        if chosen is None:
            choices = [Button(LANGUAGE_NAMES[code], payload("change_language", value=code)) for code in LANGUAGES]
            talk.utter(Reply(talk.say("utter_ask_language"), [*choices, voice_button(talk, not talk.slot("speak"))]))
            return []
        talk.language = chosen
        talk.utter(Reply(talk.say("utter_language_chosen"), menu_buttons(talk)))
        return [SlotSet("language", chosen), SlotSet("language_chosen", True)]


class ChangeVoice(DromAction):
    """Have every answer spoken, or none: chosen by a button, kept with the language."""

    action_name = "action_change_voice"

    def answer(self, talk: Talk) -> Events:
        """Take the choice; without one, the other of what holds now."""
        value = talk.entity("value")
        speaks = value == ON if value in (ON, OFF) else not talk.slot("speak")
        words = short_text("voice", "speaking_on" if speaks else "speaking_off", talk.language)
        talk.utter(Reply(words, [voice_button(talk, not speaks)]))
        return [SlotSet("speak", speaks)]


class AskPrivacy(DromAction):
    """Say what is stored."""

    action_name = "action_ask_privacy"

    def answer(self, talk: Talk) -> Events:
        """Say it, and offer to delete it."""
        words = f"{talk.say('utter_ask_privacy')} {short_text('privacy', 'more', talk.language)}"
        talk.utter(Reply(words, [talk.button("forget", "forget_me")]))
        return []


class Clarify(DromAction):
    """Ask back with the likeliest needs as buttons; the second time in a row lead to a person."""

    action_name = "action_clarify"

    def answer(self, talk: Talk) -> Events:
        """Ask back once, then hand over."""
        if misunderstandings_before(talk) >= 1:
            line = talk.directory.help_lines["nva"].number
            buttons = [talk.call_button(line), talk.button("mediator", "find_mediator")]
            route = {"kind": "helpline"}
            talk.utter(Reply(talk.say("utter_human", line=line), buttons, route=route))
            return []
        words = "utter_not_helpful" if talk.intent == "not_helpful" else "utter_clarify"
        buttons = [b for name in likely_intents(talk) if (b := talk.need_button(name))][:CHOICES]
        buttons.append(Button(talk.say("utter_something_else"), payload("help")))
        talk.utter(Reply(talk.say(words), buttons))
        return []


def likely_intents(talk: Talk) -> list[str]:
    """Return the intents that the message could mean, the likeliest first."""
    ranking = talk.tracker.latest_message.get("intent_ranking") or []
    return [str(entry["name"]) for entry in ranking if entry["name"] not in MISUNDERSTOOD]


def misunderstandings_before(talk: Talk) -> int:
    """Return how many messages in a row, before this one, were not understood."""
    messages = [event for event in talk.tracker.events if event.get("event") == "user"]
    count = 0
    for message in reversed(messages[:-1]):
        name = (message.get("parse_data", {}).get("intent") or {}).get("name")
        if name not in MISUNDERSTOOD:
            break
        count += 1
    return count
