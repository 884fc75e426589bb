"""Places where Rasa 3.6 does the same work again for every message, done once here.

Together they were more than half of the time of a turn. A test compares what is replaced with what it was when
this was written, so that a changed Rasa is noticed.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any
from weakref import WeakKeyDictionary

from jsonschema import Draft202012Validator
from rasa.core.actions.action import ActionSessionStart, RemoteAction
from rasa.core.tracker_store import SQLTrackerStore
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import QueuePool

from bot.assistant.actions_in_process import ActionsInProcess
from bot.assistant.faster_policies import make_policies_faster
from bot.assistant.faster_trackers import make_trackers_faster
from bot.databases import SQLITE_WAIT_S

# What is replaced, as Rasa has it.
ORIGINALS = (
    RemoteAction._validate_action_result,
    Event.resolve_by_type,
    ActionSessionStart._slot_set_events_from_tracker,
    DaskGraphRunner.run,
)


def make_rasa_faster() -> None:
    """Replace what is slow in Rasa's classes; once is enough, and more does no harm."""
    _keep_response_schema()
    _keep_event_types()
    _carry_each_slot_once()
    _plan_graph_once()
    make_policies_faster()
    make_trackers_faster()


def _keep_response_schema() -> None:
    """Check an action's answer without compiling its constant schema again each time.

    ``RemoteAction._validate_action_result`` builds and re-validates the schema for every call:
    50 ms of CPU, the largest part of a turn. The validator is made once here.
    """
    validator = Draft202012Validator(RemoteAction.action_response_format_spec())

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        # What rasa-sdk's executor made in this process came over no network, and the check is a tenth of a turn.
        if not isinstance(self.action_endpoint, ActionsInProcess):
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


def _plan_graph_once() -> None:
    """Run the components of the model in an order that is found once.

    ``DaskGraphRunner.run`` builds a graph, orders it and runs it through Dask's scheduler three times a message: a
    tenth of the turn. The graph is the same each time.
    """
    plans: WeakKeyDictionary[DaskGraphRunner, dict[tuple[str, ...], list[tuple[str, GraphNode, list[str]]]]]
    plans = WeakKeyDictionary()

    def run(
        self: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        known = plans.setdefault(self, {})
        if wanted not in known:
            known[wanted] = _planned(self, wanted)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        if clash := done.keys() & {name for name, _, _ in known[wanted]}:
            raise GraphRunError(f"These inputs have the names of components: {', '.join(sorted(clash))}")
        try:
            for name, node, needs in known[wanted]:
                done[name] = node(*(done.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(done[name] for name in wanted)

    DaskGraphRunner.run = run


def _planned(runner: DaskGraphRunner, wanted: tuple[str, ...]) -> list[tuple[str, GraphNode, list[str]]]:
    """Return the components that lead to the wanted ones, each after those that it needs."""
    schema = runner._graph_schema.minimal_graph_schema(list(wanted))
    needs = {name: list(node.needs.values()) for name, node in schema.nodes.items()}
    order = TopologicalSorter({name: [need for need in of if need in needs] for name, of in needs.items()})
    return [(name, runner._instantiated_nodes[name], needs[name]) for name in order.static_order()]


def keep_connections(store: SQLTrackerStore) -> None:
    """Keep a SQLite store's connections open between messages.

    By SQLAlchemy's default each session opens a file and closes it; the last one that closes it also
    writes the whole write-ahead log back: 6 ms, twice a message.
    """
    store.engine.dispose()
    connect_args = {"check_same_thread": False, "timeout": SQLITE_WAIT_S}
    store.engine = create_engine(store.engine.url, poolclass=QueuePool, connect_args=connect_args)
    store.sessionmaker = sessionmaker(bind=store.engine)
