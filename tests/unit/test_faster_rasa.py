"""What is replaced in Rasa to make it faster does the same, and Rasa's own is still what was replaced."""

import hashlib
import inspect
import time

import jsonschema
import pytest
import sqlalchemy

import bot.assistant.rasa_start  # noqa: F401

# isort: split
from rasa.core.actions.action import ActionSessionStart, RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from bot.assistant import faster_policies, faster_start, faster_trackers
from bot.assistant.actions_in_process import ActionsInProcess
from bot.assistant.agent import create_tracker_store
from bot.assistant.faster_rasa import ORIGINALS, make_rasa_faster
from bot.assistant.tracker_store import PatientTrackerStore
from bot.privacy.conversations import erase_conversation
from bot.settings import Settings


@pytest.fixture
def faster():
    before = (
        RemoteAction._validate_action_result,
        Event.resolve_by_type,
        ActionSessionStart._slot_set_events_from_tracker,
    )
    make_rasa_faster()
    yield
    RemoteAction._validate_action_result = before[0]
    Event.resolve_by_type = staticmethod(before[1])
    ActionSessionStart._slot_set_events_from_tracker = staticmethod(before[2])


# What is replaced or written anew, as it was when this was done.
DIGESTS = {
    ORIGINALS[0]: "f8cdb4be68123961",
    ORIGINALS[1]: "b5cf570fa7f286c7",
    ORIGINALS[2]: "d023605fda20a739",
    ORIGINALS[3]: "45f0f52f574f3aa9",
    faster_policies.ORIGINALS[0]: "2915fd81711e194c",
    faster_policies.ORIGINALS[1]: "64a108b016b46e57",
    faster_policies.ORIGINALS[2]: "d3109c1a97de319c",
    faster_policies.ORIGINALS[3]: "19903a81bee56ca9",
    faster_policies.ORIGINALS[4]: "b8096b0b8f9d02c1",
    faster_trackers.ORIGINALS[0]: "d7c9322b9abf1427",
    faster_trackers.ORIGINALS[1]: "8f39eb22462aa62b",
    faster_start.ORIGINALS[0]: "ee3da9f00c7daa75",
    faster_start.ORIGINALS[1]: "75a21f7228a83368",
    MessageProcessor.parse_message: "b98d8e49b9f2c433",
    SQLTrackerStore.save: "57165e46eab3de08",
    SQLTrackerStore._retrieve: "c8adbf6f4b61ddd1",
    SQLTrackerStore._event_query: "cd44f7901b860bfd",
    SQLTrackerStore._additional_events: "d22f99eb863acb07",
}


@pytest.mark.parametrize(("original", "digest"), DIGESTS.items(), ids=lambda value: getattr(value, "__qualname__", ""))
def test_rasas_own_is_what_was_replaced(original, digest):
    source = inspect.getsource(original)
    found = hashlib.sha256(source.encode()).hexdigest()[:16]
    assert found == digest, (
        f"Rasa changed; look whether bot/assistant/faster_*.py and tracker_store.py still do the same:\n{source}"
    )


def test_every_event_is_found_by_its_name(faster):
    for name in {event.type_name for event in all_subclasses(Event)}:
        assert Event.resolve_by_type(name) is ORIGINALS[1](name)


def test_an_event_that_rasa_does_not_know_is_treated_as_before(faster):
    assert Event.resolve_by_type("topic") is None
    assert Event.resolve_by_type("unheard_of", SlotSet) is SlotSet
    with pytest.raises(ValueError, match="unheard_of"):
        Event.resolve_by_type("unheard_of")


def test_a_stored_event_is_read_back(faster):
    event = UserUttered("sveiki", intent={"name": "greet"})
    assert Event.from_parameters(event.as_dict()) == event


def test_a_new_session_begins_with_the_last_value_of_each_slot(faster):
    tracker = DialogueStateTracker("anna", [TextSlot("language", mappings=[]), TextSlot("place", mappings=[])])
    for key, value in [("language", "lv"), ("place", "Talsi"), ("language", "ru"), ("place", None), ("language", "en")]:
        tracker.update(SlotSet(key, value))
    carried = ActionSessionStart._slot_set_events_from_tracker(tracker)
    assert {event.key: event.value for event in carried} == {"language": "en", "place": None}
    assert len(carried) == 2


def test_an_answer_of_an_action_is_checked(faster):
    action = RemoteAction("action_show_menu", None)
    assert action._validate_action_result({"events": [], "responses": [{"text": "x"}]})
    with pytest.raises(jsonschema.ValidationError):
        action._validate_action_result({"events": "many", "responses": []})


def test_an_answer_of_an_action_in_this_process_is_taken_as_it_is(faster):
    action = RemoteAction("action_show_menu", ActionsInProcess())
    assert action._validate_action_result({"events": [], "responses": []})


async def test_rasas_own_store_reads_what_ours_wrote_and_ours_what_it_wrote(tmp_path):
    url = tmp_path / "events.db"
    rasas, ours = (kind(dialect="sqlite", db=str(url)) for kind in (SQLTrackerStore, PatientTrackerStore))
    for store in (rasas, ours):
        store.domain = Domain.empty()
    begin = time.time() + 60  # a new tracker gets an event of now
    for number, store in enumerate([ours, rasas, ours, rasas]):
        tracker = await store.get_or_create_tracker("anna")
        if number == 2:
            tracker.update(ActionExecuted("action_session_start", timestamp=begin + 10.0 * number))
            tracker.update(SessionStarted(timestamp=begin + 10.0 * number + 0.5))
        tracker.update(UserUttered(f"words {number}", intent={"name": "greet"}, timestamp=begin + 10.0 * number + 1))
        tracker.update(ActionExecuted("action_listen", timestamp=begin + 10.0 * number + 2))
        await store.save(tracker)
        seen = [await each.retrieve("anna") for each in (rasas, ours)]
        assert seen[0].as_dialogue().as_dict() == seen[1].as_dialogue().as_dict()
        whole = [await each.retrieve_full_tracker("anna") for each in (rasas, ours)]
        assert whole[0].as_dialogue().as_dict() == whole[1].as_dialogue().as_dict()
    assert [event.text for event in whole[1].events if isinstance(event, UserUttered)] == [
        f"words {number}" for number in range(4)
    ]
    with rasas.session_scope() as session:
        columns = (rasas.SQLEvent.intent_name, rasas.SQLEvent.action_name)
        assert session.query(*columns).filter_by(type_name="user").distinct().all() == [("greet", None)]


async def test_a_store_reads_what_it_wrote_through_one_connection(tmp_path):
    store = create_tracker_store(Settings(data_dir=tmp_path, database_url=None))
    opened = []
    sqlalchemy.event.listen(store.engine, "connect", lambda *_: opened.append(1))
    tracker = await store.get_or_create_tracker("anna")
    tracker.update(UserUttered("sveiki", intent={"name": "greet"}))
    await store.save(tracker)
    assert (await store.retrieve("anna")).latest_message.text == "sveiki"
    erase_conversation(store, "anna")
    assert await store.retrieve("anna") is None
    assert len(opened) == 1
    assert b"sveiki" not in b"".join(file.read_bytes() for file in tmp_path.glob("drom.db*"))
