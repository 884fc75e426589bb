"""Reading messages: one by one as people write, and all training examples at once."""

from bot.nlu import reading
from bot.nlu.reading import read, read_all

TEXTS = ["gribu stradat par pavaru", "ishu rabotu v rige", "Where do I learn Latvian?", "12345", "kur ir NVA Ventspili"]


def test_language_and_spelling_are_read_together():
    found = read("ishu rabotu v rige")
    assert found.language and found.language.language == "ru"
    assert found.restored.startswith("ищу работу")


def test_many_are_read_on_all_cores_in_their_order_as_one_by_one(monkeypatch):
    monkeypatch.setattr(reading, "_MANY", 10)
    monkeypatch.setattr(reading, "_AT_ONCE", 7)
    texts = [f"{text} {number}" for number in range(20) for text in TEXTS]
    assert read_all(texts) == [read(text) for text in texts]


def test_where_nothing_can_be_forked_they_are_read_one_by_one(monkeypatch):
    monkeypatch.setattr(reading, "_MANY", 1)
    monkeypatch.setattr(reading, "get_all_start_methods", lambda: ["spawn"])
    assert read_all(TEXTS) == [read(text) for text in TEXTS]
