"""What is left out of the work of Rasa's policies changes no prediction: compared with Rasa's own in real talks."""

import random

import pytest
from rasa.core.policies.memoization import AugmentedMemoizationPolicy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.events import DefinePrevUserUtteredFeaturization
from rasa.shared.core.slots import CategoricalSlot

from bot.assistant import faster_policies, faster_trackers
from bot.assistant.conversation import Conversation
from bot.assistant.faster_rasa import ORIGINALS

pytestmark = pytest.mark.model

# By turns: what takes part in stories and in rules, digressions, buttons, danger, what is not understood.
TURNS = (
    *("labdien", "gribu mācīties metināt", "kādi papīri vajadzīgi", "cik tas maksā", "dzīvoju Talsos", "kur ir NVA"),
    *("zvaniet man lūdzu", "nē", "jā", "мне нужна работа", "я живу в Риге", "asdf qwer", "zzz", "vīrs mani sit"),
    *("/start_over", "/find_support", "/change_language", "/request_callback", "/find_office", "paldies", "nepalīdz"),
)


def component(assistant, kind):
    nodes = assistant.processor.graph_runner._instantiated_nodes.values()
    return next(node._component for node in nodes if isinstance(node._component, kind))


async def talks(assistant, count, turns):
    """Hold talks of random turns; yield the tracker after each event that a policy is asked at."""
    chance = random.Random(5)
    for number in range(count):
        conversation = Conversation(assistant, f"policies-{number}")
        for _ in range(turns):
            words = chance.choice(TURNS)
            await (conversation.tap(words) if words.startswith("/") else conversation.say(words))
        tracker = await assistant.tracker_store.retrieve(conversation.sender_id)
        yield tracker
        for prior, _ in tracker.generate_all_prior_trackers():
            yield prior


async def test_each_rule_that_matches_is_found_and_no_other(assistant):
    policy = component(assistant, RulePolicy)
    lookup = policy.lookup["rules"]
    original = faster_policies.ORIGINALS[0]
    found = 0
    async for tracker in talks(assistant, 4, 10):
        states = policy._prediction_states(
            tracker, assistant.domain, False, rule_only_data=policy._get_rule_only_data()
        )
        expected = original(policy, lookup, states)
        assert policy._get_possible_keys(lookup, states) == expected
        found += bool(expected)
    assert found > 50
    assert policy._get_possible_keys(lookup, []) == original(policy, lookup, [])


async def test_each_story_that_is_remembered_is_recalled_and_no_other(assistant):
    policy = component(assistant, AugmentedMemoizationPolicy)
    recalled = 0
    async for tracker in talks(assistant, 4, 10):
        expected = faster_policies.ORIGINALS[3](policy, tracker, assistant.domain)
        got = policy.predict_action_probabilities(tracker, assistant.domain)
        assert got.probabilities == expected.probabilities
        recalled += max(expected.probabilities) > 0
    assert recalled > 2


async def test_each_state_of_a_talk_is_as_rasa_makes_it(assistant):
    kept, rasas = type(assistant.domain)._get_user_sub_state, faster_trackers.ORIGINALS[0]
    told = 0
    async for tracker in talks(assistant, 2, 8):
        for _ in range(2):  # the second time from what is kept
            assert kept(assistant.domain, tracker) == rasas(assistant.domain, tracker)
        told += bool(kept(assistant.domain, tracker))
        message = tracker.latest_message
        if message:
            DefinePrevUserUtteredFeaturization(use_text_for_featurization=True).apply_to(tracker)
            assert kept(assistant.domain, tracker) == rasas(assistant.domain, tracker)
            DefinePrevUserUtteredFeaturization(use_text_for_featurization=None).apply_to(tracker)
    assert told > 20


def test_a_copied_slot_is_as_python_copies_it():
    slot = CategoricalSlot("language", mappings=[], values=["lv", "ru"], initial_value="lv")
    slot.value = "ru"
    ours, pythons = faster_trackers._copied_slot(slot), object.__reduce_ex__(slot, 4)
    assert type(ours) is CategoricalSlot
    assert vars(ours) == pythons[2]
    ours.value = "lv"
    assert slot.value == "ru"


def test_a_lookup_that_can_not_be_read_leaves_nothing_out():
    assert faster_policies._endings({"[{prev_action: {action_text: x}}]": "action_listen"}) is None
    assert faster_policies._endings({"[{}]": "action_listen"}) == {(None, None)}


async def test_the_components_run_as_they_do_through_dask(assistant):
    runner = assistant.processor.graph_runner
    tracker = await assistant.processor.fetch_tracker_and_update_session("graph")
    inputs = {"__tracker__": tracker}
    targets = [assistant.processor.model_metadata.core_target]
    ours, rasas = runner.run(inputs, targets), ORIGINALS[3](runner, inputs, targets)
    assert ours.keys() == rasas.keys()
    for name in ours:
        assert ours[name].probabilities == rasas[name].probabilities
