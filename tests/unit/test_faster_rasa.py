"""What is replaced in Rasa to make it faster does the same, and Rasa's own is still what was replaced."""

import hashlib
import inspect

import jsonschema
import pytest
import sqlalchemy

import bot.assistant.rasa_start  # noqa: F401

# isort: split
from rasa.core.actions.action import ActionSessionStart, RemoteAction
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from bot.assistant.agent import create_tracker_store
from bot.assistant.faster_rasa import ORIGINALS, make_rasa_faster
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


@pytest.mark.parametrize(
    ("original", "digest"),
    [(ORIGINALS[0], "f8cdb4be68123961"), (ORIGINALS[1], "b5cf570fa7f286c7"), (ORIGINALS[2], "d023605fda20a739")],
    ids=["checking an action's answer", "finding the class of an event", "carrying slots over"],
)
def test_rasas_own_is_what_was_replaced(original, digest):
    source = inspect.getsource(original)
    found = hashlib.sha256(source.encode()).hexdigest()[:16]
    assert found == digest, f"Rasa changed; look whether bot/assistant/faster_rasa.py still does the same:\n{source}"


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
