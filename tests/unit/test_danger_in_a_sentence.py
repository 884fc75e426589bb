"""A story is mostly about something else: its sentences are looked at one by one for danger."""

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.components import DANGER_IN_A_SENTENCE, RANKING, DangerDetector
from bot.nlu.danger import MAX_SENTENCES, URGENT, split_sentences


def judged(probability: float, in_a_sentence: float) -> tuple[str, bool]:
    """Return the intent of a message without words of danger, and whether danger is at least mentioned."""
    ranking = [{"name": "ask_debts", "confidence": 0.9}, {"name": URGENT, "confidence": probability}]
    message = Message({TEXT: "so it is", RANKING: ranking, INTENT: ranking[0]})
    message.set(DANGER_IN_A_SENTENCE, lambda: in_a_sentence)
    DangerDetector(DangerDetector.get_default_config()).process([message])
    return message.get(INTENT)["name"], bool(message.get(ENTITIES))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("I want a course.", []),
        ("One sentence about many things and nothing else at all", []),
        ("Is there a course for cooks? At home he hits me.", ["Is there a course for cooks", "At home he hits me"]),
        ("Hello! I would like a course for cooks in Jelgava", []),
        ("vai ir kursi pavāriem\nmājās vīrs mani sit katru vakaru", None),
    ],
)
def test_sentences_of_a_story(text, sentences):
    assert split_sentences(text) == (text.split("\n") if sentences is None else sentences)


def test_of_a_long_story_the_beginning_and_the_end_are_looked_at():
    told = [f"and then came day {n}" for n in range(40)]
    looked_at = split_sentences(". ".join(told))
    assert len(looked_at) == MAX_SENTENCES
    assert looked_at[0] == told[0]
    assert looked_at[-1] == told[-1]


def test_a_sentence_that_surely_tells_of_danger_is_answered():
    assert judged(0.03, 0.99) == (URGENT, True)


def test_a_sentence_that_may_tell_of_danger_has_it_mentioned():
    assert judged(0.02, 0.9) == ("ask_debts", True)


def test_where_the_whole_message_leaves_no_room_for_danger_its_sentences_are_not_asked():
    assert judged(0.001, 0.99) == ("ask_debts", False)


def test_an_ordinary_message_stays_as_it_is():
    assert judged(0.02, 0.1) == ("ask_debts", False)
