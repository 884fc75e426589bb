"""The assistant: a Rasa agent that is never silent.

Every channel gives it messages and gets replies from it, in one way: :meth:`Assistant.handle_message`
(Rasa's own name, so that Rasa's channels work with it too).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bot.assistant.rasa_start  # noqa: F401  (first: it sets how Rasa is imported)

# isort: split
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.model import get_latest_model
from rasa.shared.core.domain import Domain

from bot.assistant.actions_in_process import ActionsInProcess
from bot.assistant.collector import ReplyCollector
from bot.assistant.faster_rasa import keep_connections, make_rasa_faster
from bot.assistant.faster_start import make_start_faster
from bot.assistant.locks import ChatLocks
from bot.assistant.model_seal import check_seal
from bot.assistant.observing import Observed, measured_turn
from bot.assistant.phrases import apology, with_permanent_buttons
from bot.assistant.processor import ContextProcessor
from bot.assistant.tracker_store import PatientTrackerStore
from bot.clock import now
from bot.databases import limits
from bot.errors import DromError, describe
from bot.languages import DEFAULT_LANGUAGE, Language, as_language
from bot.nlu.language import identify_language
from bot.nlu.vocabulary import vocabulary
from bot.privacy.conversations import erase_conversation, overwrite_what_is_deleted
from bot.settings import ROOT, Settings
from bot.texts import text

logger = logging.getLogger(__name__)

REMEMBERED_LANGUAGES = 10_000
FORGET = "action_forget_me"


class NoModel(DromError):
    """There is no trained model that can be loaded; the message has the remedy."""


class Assistant(Agent):
    """A Rasa agent with the context processor, a lock for each chat, and an answer for every message."""

    def __init__(
        self,
        *args: Any,
        reply_timeout_s: float = 8.0,
        session_turns: int = 12,
        redis_url: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.reply_timeout_s = reply_timeout_s
        self.session_turns = session_turns
        self.locks = ChatLocks(redis_url)
        self._languages: dict[str, Language] = {}
        # Told of every turn, to count it.
        self.observers: list[Callable[[Observed], None]] = []
        # What else must forget a chat: each store beside the tracker's adds itself here.
        self.erasers: list[Callable[[str], int | None]] = []

    @classmethod
    def load(cls, model_path: str | Path, **kwargs: Any) -> Assistant:
        """Load a trained model. Arguments are those of Rasa's ``Agent``."""
        assistant = cls(**kwargs)
        assistant.load_model(model_path)
        return assistant

    @classmethod
    def from_settings(
        cls, settings: Settings, model: Path | None = None, store: TrackerStore | None = None
    ) -> Assistant:
        """Load the newest model with the endpoints of the project.

        Args:
            settings: the settings of this process.
            model: a model file; the newest below ``models/`` by default.
            store: a tracker store; that of the settings by default.

        Raises:
            NoModel: none is trained, or the file is broken.
            ModelChanged: it is not as it was trained.
        """
        model = model or newest_model()
        check_seal(Path(model))
        endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
        make_rasa_faster()
        make_start_faster()
        store = store or create_tracker_store(settings)
        vocabulary()  # where none is kept yet it is built, for longer than the first person would wait
        try:
            return cls.load(
                model,
                tracker_store=store,
                lock_store=InMemoryLockStore(),
                action_endpoint=endpoints.action or ActionsInProcess(),
                reply_timeout_s=settings.reply_timeout_s,
                session_turns=settings.session_turns,
                redis_url=settings.redis_url,
            )
        except Exception as error:  # whatever is wrong with the file, the remedy is the same
            raise NoModel(
                f"The model {model} can't be loaded ({type(error).__name__}). Train it again: drom train --force"
            ) from error

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load a model file into a processor of our own."""
        self.processor = ContextProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.processor.session_turns = self.session_turns
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        if isinstance(self.nlg, TemplatedNaturalLanguageGenerator):
            self.nlg.responses = self.domain.responses if self.domain else {}

    async def handle_message(self, message: UserMessage) -> list[dict[str, Any]]:
        """Answer a message: always, and within the time that a person will wait.

        Messages of one chat are answered in order, of different chats side by side. The replies
        are left in the message's output channel and returned as JSON documents.
        """
        collector = message.output_channel
        if not isinstance(collector, ReplyCollector):
            collector = message.output_channel = ReplyCollector(message.input_channel or "web")
        started = time.perf_counter()
        failure: str | None = None
        async with self.locks.hold(message.sender_id):
            with measured_turn() as parts:
                try:
                    await self._answer(message, collector)
                except Exception as error:  # whatever breaks, the person gets an answer
                    # The traceback's own text may quote the message; only its kind and place are logged.
                    logger.error("A turn failed: %s", describe(error))
                    logger.debug("Details of the failed turn", exc_info=error)
                    failure = type(error).__name__
                    collector.replies = [apology(self._language_for(message))]
            collector.replies = with_permanent_buttons(collector.replies, self._language_for(message))
            collector.turn.replies = collector.replies
        seconds = time.perf_counter() - started
        language = self._language_for(message)
        self._tell(
            Observed(
                message.sender_id, message.input_channel or "web", language, collector.turn, seconds, parts, failure
            )
        )
        return [reply.as_dict() for reply in collector.replies]

    async def _answer(self, message: UserMessage, collector: ReplyCollector) -> None:
        assert self.processor is not None
        await asyncio.wait_for(self.processor.handle_message(message), self.reply_timeout_s)
        if not collector.replies:
            raise RuntimeError("no reply")
        if FORGET in collector.turn.actions:
            # Its slots are reset, and what the assistant remembers of the chat goes: the words themselves tell.
            said = identify_language(collector.replies[0].text)
            language = said.language if said else self._language_for(message)
            erased = await asyncio.to_thread(self.erase, message.sender_id)
            collector.replies[0].text += "\n" + receipt(erased, language)
            collector.turn.language = language
        else:
            self._remember_language(message.sender_id, as_language(collector.turn.language))

    def _tell(self, observed: Observed) -> None:
        for observer in self.observers:
            try:
                observer(observed)
            except Exception as error:  # counting must never cost a person the answer
                logger.error("A turn could not be counted: %s", describe(error))

    def erase(self, sender_id: str) -> int:
        """Delete everything about a chat from every store, and return how many records that were.

        Whatever fails is raised: nothing is said to be deleted that is not.
        """
        count = erase_conversation(self.tracker_store, sender_id)
        for eraser in self.erasers:
            count += eraser(sender_id) or 0
        self._languages.pop(sender_id, None)
        return count

    def remembered_language(self, sender_id: str) -> Language | None:
        """Return the language of a chat that this process answered; None where it does not know (any more)."""
        return self._languages.get(sender_id)

    def _remember_language(self, sender_id: str, language: Language | None) -> None:
        """Keep the language of a chat for an apology when the store can't be read."""
        if language:
            self._languages.pop(sender_id, None)
            self._languages[sender_id] = language
            if len(self._languages) > REMEMBERED_LANGUAGES:
                del self._languages[next(iter(self._languages))]

    def _language_for(self, message: UserMessage) -> Language:
        turn = message.output_channel.turn if isinstance(message.output_channel, ReplyCollector) else None
        known = as_language(turn.language if turn else None) or self._languages.get(message.sender_id)
        if known:
            return known
        is_typed = message.text and not message.parse_data
        guess = identify_language(message.text) if is_typed else None
        return (
            (guess.language if guess else None)
            or as_language((message.metadata or {}).get("language_code"))
            or DEFAULT_LANGUAGE
        )


def receipt(records: int, language: Language) -> str:
    """Return the line that says what was erased and when."""
    return text("privacy", "receipt", language, records=records, when=now().strftime("%d.%m.%Y %H:%M"))


def newest_model(folder: Path = ROOT / "models") -> Path:
    """Return the newest trained model.

    Raises:
        NoModel: there is none.
    """
    found = get_latest_model(str(folder)) if folder.is_dir() else None
    if not found:
        raise NoModel("There is no trained model. Train one: drom train")
    return Path(found)


def create_tracker_store(settings: Settings, domain: Domain | None = None) -> TrackerStore:
    """Return the store for conversations that the settings ask for."""
    from sqlalchemy.engine.url import make_url

    url = make_url(settings.tracker_database_url)
    store = PatientTrackerStore(
        domain=domain or Domain.empty(),
        dialect=url.drivername,
        host=url.host,
        port=url.port,
        db=url.database or "drom.db",
        username=url.username,
        password=url.password,
        query={**limits(settings.tracker_database_url), **url.query},
    )
    if url.drivername.startswith("sqlite"):
        keep_connections(store)
        overwrite_what_is_deleted(store.engine)
    return store
