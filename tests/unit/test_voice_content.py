"""Everything that would be spoken, read in every language: cards, replies, buttons, short texts."""

import re
import unicodedata

import pytest
import yaml
from wordfreq import zipf_frequency

from actions.base import Talk
from actions.services import section_reply
from bot.clock import now
from bot.directory.directory import directory
from bot.directory.models import SECTIONS
from bot.languages import LANGUAGES
from bot.settings import ROOT
from bot.texts import read_texts
from bot.voice import catalogue as catalogue_module
from bot.voice.catalogue import all_items, catalogue, fixed_labels, responses, section_text, whole_replies
from bot.voice.checking import check_speech, unreadable
from bot.voice.speech import sentences, spoken
from bot.voice.speech.reading import reader

# Texts of pages and of staff are read, not spoken.
PAGES = {"dialogues", "web", "lab", "reference", "report", "desk", "desk_page"}
# Latvian letters and Latvian sound, though English has the same spelling.
READ_AS_IN_LATVIAN = {"gov", "fest", "telegram", "ref"}


def texts_in(value, language):
    """Every text below a piece of YAML that stands in all languages, and every response."""
    if isinstance(value, dict):
        if set(value) >= set(LANGUAGES) and all(isinstance(value[code], str) for code in LANGUAGES):
            yield value[language]
            return
        for inner in value.values():
            yield from texts_in(inner, language)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner, language)


def everything(language):
    """Everything that a person may read, braces filled with what stands there in life."""
    # The page's and the staff's words are not spoken: nor are the headings of the sheets that they fill in.
    files = [path for path in (ROOT / "data/directory").rglob("*.yml") if path.stem != "sheets"]
    files += (ROOT / "data/questionnaires").glob("*.yml")
    files += [path for path in (ROOT / "data/texts").glob("*.yml") if path.stem not in PAGES]
    texts = [text for path in files for text in texts_in(yaml.safe_load(path.read_text("utf-8")), language)]
    for variations in responses().values():
        texts += [v["text"] for v in variations if v.get("condition", [{}])[0].get("value") == language]
    known = directory()
    texts += [municipality.name.in_language(language) for municipality in known.municipalities.values()]
    texts += [place.name.in_language(language) for place in known.places.values()]
    texts += [line.name.in_language(language) for line in known.help_lines.values()]
    filled = {"line": "80200206", "km": "25", "date": "22.11.2026", "town": "Rēzekne", "municipality": "Ādažu novads"}
    return [re.sub(r"\{(\w+)\}", lambda m: filled.get(m[1], "Rīga"), text) for text in dict.fromkeys(texts)]


@pytest.fixture(scope="module", params=LANGUAGES)
def spoken_texts(request):
    language = request.param
    texts = everything(language)
    assert len(texts) > 900
    # Before what can't be read is left out: a content error must be seen.
    return language, {text: reader(language).words(text) for text in texts}


def test_no_digit_no_sign_and_no_foreign_letter_is_spoken(spoken_texts):
    language, said = spoken_texts
    assert {text: words for text, spoken in said.items() if (words := unreadable(spoken, language))} == {}


def test_no_telephone_number_is_read_as_one_number(spoken_texts):
    language, said = spoken_texts
    thousand = {"lv": r"tūksto", "ru": r"тысяч|миллион", "en": r"thousand|million"}[language]
    wrong = {}
    for text, words in said.items():
        numbers = re.findall(r"(?<![\d ])\d{6,8}(?![\d%])", text)
        if numbers and len(re.findall(thousand, words)) > len(re.findall(r"\d{1,3}[ ,]\d{3}|\b\d{4}\b", text)):
            wrong[text] = words
    assert wrong == {}


def test_neither_slash_nor_emoji_is_named(spoken_texts):
    _, said = spoken_texts
    named = re.compile(r"slash|slīpsvītra|слэш|слеш|emoji|emocijzīme|эмодзи|smaidiņ|смайл", re.IGNORECASE)
    pictures = {"So", "Sk", "Cs"}
    assert [words for words in said.values() if named.search(words)] == []
    assert [w for w in said.values() if any(unicodedata.category(character) in pictures for character in w)] == []


def test_no_english_spelling_is_in_latvian_speech():
    words = {word for text in everything("lv") for word in re.findall(r"\w+", spoken(text, "lv").lower())}
    towns = {place.name.lv.lower() for place in directory().places.values()}  # Ape, Pope
    english = {word for word in words if zipf_frequency(word, "en") >= 3 and zipf_frequency(word, "lv") < 2.2}
    assert english - READ_AS_IN_LATVIAN - towns == set()


def test_no_latin_letter_is_left_in_russian_speech():
    assert [s for text in everything("ru") if re.search(r"[A-Za-z]", s := spoken(text, "ru"))] == []


def test_no_abbreviation_is_left_in_capitals(spoken_texts):
    _, said = spoken_texts
    assert [words for words in said.values() if re.search(r"\b[A-ZĀČĒĢĪĶĻŅŠŪŽА-ЯЁ]{2,}\b", words)] == []


def test_the_source_is_shown_and_not_spoken(spoken_texts):
    language, _ = spoken_texts
    source = {"lv": "Avots", "ru": "Источник", "en": "Source"}[language]
    line = next(v["text"] for v in responses()["utter_source"] if v["condition"][0]["value"] == language)
    assert line.startswith(source)
    text = f"Viens.\n{line.format(publishers='NVA', date='22.11.2026')}"
    assert spoken(text, language) == spoken("Viens.", language)


def test_the_content_check_finds_nothing_wrong():
    assert [str(finding) for finding in check_speech()] == []


# The fixed texts


def test_every_card_and_every_fixed_reply_is_in_the_catalogue():
    for language in LANGUAGES:
        items = catalogue(language, now().date()).items
        for service in directory().services:
            assert {f"{service}.{section}" for section in SECTIONS} <= set(items), (language, service)
        fixed = {
            name
            for name, variations in responses().items()
            if "{" not in variations[0]["text"] and spoken(variations[0]["text"], "lv")
        }
        assert fixed <= set(items)
        assert {f"text_voice_{key}" for key, text in read_texts("voice").items() if "{" not in text.lv} <= set(items)
        assert {"support_check.intro", "callback.callback_contact", "text_telegram_photo"} <= set(items)
        assert not any("command_" in name for name in items)


def test_a_question_is_spoken_without_its_number_so_that_a_recording_fits():
    item = catalogue("lv", now().date()).items["support_check.check_registered"]
    assert sentences(spoken(f"1/6. {item.text}", "lv")) == item.sentences


def test_the_content_check_fails_where_a_text_can_be_spoken_in_one_language_only(monkeypatch):
    broken = dict(responses())
    broken["utter_thank"] = [
        {**v, "text": "👍 :-)"} if v["condition"][0]["value"] == "ru" else v for v in broken["utter_thank"]
    ]
    monkeypatch.setattr(catalogue_module, "responses", lambda: broken)
    catalogue.cache_clear()
    try:
        found = [finding for finding in check_speech() if finding.severity == "error"]
    finally:
        catalogue.cache_clear()
    assert [(f.key, f.problem) for f in found] == [("utter_thank", "nothing of it can be spoken in ru")]


def test_a_card_as_it_is_told_is_made_of_fixed_texts():
    """The whole reply of an action: then nothing of it is synthesised where all parts are recorded."""

    class Tracker:
        def __init__(self, language):
            self.language = language
            self.latest_message = {}

        def get_slot(self, name):
            return self.language if name == "language" else None

        def get_latest_entity_values(self, _name):
            return iter(())

    domain = {"responses": responses()}
    for language in LANGUAGES:
        talk = Talk(None, Tracker(language), domain)
        for service, card in directory().services.items():
            for section in SECTIONS:
                reply = section_reply(talk, card, section)
                said = sentences(spoken(reply.text, language))
                ahead = section_text(directory(), service, section, language, talk.today)
                assert said == sentences(spoken(ahead, language)), (service, section, language)
                assert catalogue(language, talk.today).parts(said) is not None, (service, section, language)


def test_ids_name_one_text_in_each_language():
    names = [(item.language, item.id) for item in all_items()]
    assert len(names) == len(set(names))
    assert len({item.id for item in all_items()}) * len(LANGUAGES) == len(names)


def test_what_a_person_told_is_no_fixed_text():
    said = sentences(spoken("Jūsu tālrunis: 29123456.", "lv"))
    assert catalogue("lv", now().date()).parts(said) is None


def test_fixed_labels_are_those_of_buttons():
    assert "Izvēlne" in fixed_labels("lv")
    assert len(whole_replies("lv")) > 200
