"""Rasa's message processor with the context of the talk handed to understanding."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.collector import ReplyCollector
from bot.assistant.context import Context, count_user_turns
from bot.assistant.messages import Turn
from bot.assistant.observing import part
from bot.assistant.shortening import shorten
from bot.nlu.answers import OWN_WORDS
from bot.nlu.language import resolve_language
from bot.privacy.redaction import redact
from bot.questionnaire.loading import find_question
from bot.questionnaire.models import Kind
from bot.questionnaire.vault import is_token

# One: spaCy and the components are not made for two at once.
_understanding = ThreadPoolExecutor(1, thread_name_prefix="understanding")

NOT_TOLD = frozenset({"action_listen", "action_session_start", "action_extract_slots"})


class ContextProcessor(MessageProcessor):
    """Gives the NLU pipeline what the talk knows, and keeps sessions short.

    Rasa's pipeline sees a message alone. Whether "how much is it" is about the card on the screen,
    or a bare word answers "where do you live", only the talk can tell.
    """

    session_turns: int = 12

    async def handle_message(self, message: UserMessage) -> None:
        """Process a message as Rasa does, and leave what happened in the collector."""
        tracker = await self.log_message(message, should_save_tracker=False)
        tracker = await self.run_action_extract_slots(message.output_channel, tracker)
        await self._run_prediction_loop(message.output_channel, tracker)
        with part("store"):
            await self.save_tracker(tracker)
        if isinstance(message.output_channel, ReplyCollector):
            message.output_channel.turn = turn_of(tracker)

    async def _handle_message_with_tracker(self, message: UserMessage, tracker: DialogueStateTracker) -> None:
        context = Context.of(tracker, message.metadata or {})
        message.metadata = {**(message.metadata or {}), "context": context.as_dict()}
        take_out_personal_data(message, context)
        if message.parse_data:
            parse_data: dict[str, Any] = dict(message.parse_data)
            language = {"entity": "language", "value": resolve_language(None, context)}
            parse_data["entities"] = [language, *parse_data["entities"]]
        else:
            with part("understanding"):
                parse_data = await self.parse_message(message, tracker)
        tracker.update(
            UserUttered(
                message.text,
                parse_data["intent"],
                parse_data["entities"],
                parse_data,
                input_channel=message.input_channel,
                message_id=message.message_id,
            ),
            self.domain,
        )

    async def parse_message(
        self, message: UserMessage, tracker: DialogueStateTracker | None = None, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """Understand a message as Rasa does, in a thread: the embedding leaves Python's lock to the other chats.

        Rasa also warns of what the domain does not have; `drom check` does that, before the training.
        """
        talk = tracker or DialogueStateTracker.from_events(message.sender_id, [])
        return await asyncio.get_running_loop().run_in_executor(
            _understanding, self._parse_message_with_graph, message, talk, only_output_properties
        )

    def _has_session_expired(self, tracker: DialogueStateTracker) -> bool:
        """Also begin anew after some turns: Rasa reads the whole session each turn."""
        if count_user_turns(tracker) >= self.session_turns and not Context.of(tracker, {}).is_waiting:
            return True
        return bool(super()._has_session_expired(tracker))


def take_out_personal_data(message: UserMessage, context: Context) -> None:
    """Redact a message before understanding, the tracker or a log sees it.

    Where the talk waits for a telephone number, the words themselves travel beside the message, for the
    component that puts the number into the vault, and end with it.
    """
    if message.parse_data:
        entities = [{**entity, "value": _clean(entity["value"])} for entity in message.parse_data["entities"]]
        if entities != message.parse_data["entities"]:
            message.text = f"/{message.parse_data['intent']['name']}"  # the payload says it too
            message.parse_data = {**message.parse_data, "text": message.text, "entities": entities}
        return
    words = shorten(message.text)
    message.text = redact(words)
    waiting = find_question(context.requested_slot)
    if message.text != words and waiting and waiting[1].kind is Kind.CONTACT:
        message.metadata[OWN_WORDS] = words


def _clean(value: Any) -> Any:
    return redact(value) if isinstance(value, str) and not is_token(value) else value


def turn_of(tracker: DialogueStateTracker) -> Turn:
    """Return what happened since the person's last message."""
    actions: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name not in NOT_TOLD:
            actions.insert(0, event.action_name)
    message = tracker.latest_message
    parse_data = (message.parse_data if message else None) or {}
    intent = parse_data.get("intent") or {}
    return Turn(
        intent=intent.get("name"),
        confidence=float(intent.get("confidence") or 0.0),
        language=tracker.get_slot("language"),
        entities=[e for e in parse_data.get("entities") or [] if e.get("entity") != "language"],
        slots=tracker.current_slot_values(),
        actions=actions,
        ranking=list(parse_data.get("intent_ranking") or []),
    )
