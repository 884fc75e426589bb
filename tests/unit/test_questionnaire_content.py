"""The questionnaires as content: they load, fit a phone, and a mistake in them is named by file, line and remedy."""

import re

import pytest

from bot.assistant.messages import payload
from bot.directory.directory import directory
from bot.directory.errors import ContentError
from bot.languages import LANGUAGES
from bot.questionnaire.loading import NAMES, common_words, find_question, load_questionnaire, questionnaire
from bot.questionnaire.models import SKIP

MAX_WORDS_IN_SENTENCE = 12
MAX_PAYLOAD = 64

GOOD = """\
id: trial
intro: {lv: Sāksim., ru: Начнём., en: Let us begin.}
questions:
  - slot: first
    text: {lv: Vai?, ru: Да?, en: "Yes?"}
    options:
      - value: "yes"
        button: {lv: Jā, ru: Да, en: "Yes"}
suggestions:
  - service: debts
    when: {first: ["yes", skip]}
    why: because
"""


def load(tmp_path, text):
    path = tmp_path / "trial.yml"
    path.write_text(text, encoding="utf-8")
    return load_questionnaire(path, set(directory().services))


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_is_short(name):
    content = questionnaire(name)
    texts = [content.intro, *(question.text for question in content.questions)]
    texts += [note.statement.text for note in content.notes]
    for text in texts:
        for language in LANGUAGES:
            for sentence in re.split(r"(?<=[.!?])\s+", text.in_language(language)):
                assert len(sentence.split()) <= MAX_WORDS_IN_SENTENCE, sentence


@pytest.mark.parametrize("name", NAMES)
def test_every_button_fits_what_telegram_takes(name):
    services = list(directory().services)
    for question in questionnaire(name).questions:
        values = [SKIP, "stop", *(option.value for option in question.options)]
        values += services if question.slot == "callback_need" else []
        for value in values:
            sent = payload("answer", slot=question.slot, value=value)
            assert len(sent.encode()) <= MAX_PAYLOAD, sent


def test_a_slot_belongs_to_one_questionnaire():
    slots = [question.slot for name in NAMES for question in questionnaire(name).questions]
    assert len(slots) == len(set(slots))
    assert find_question("check_age")[0].id == "support_check"
    assert find_question("nothing") is None
    assert find_question(None) is None


def test_the_callback_asks_in_the_order_of_the_contract_and_only_consent_can_not_be_skipped():
    questions = questionnaire("callback").questions
    assert [question.slot for question in questions] == [
        "municipality",
        "callback_need",
        "callback_contact",
        "callback_time",
        "callback_consent",
        "callback_confirm",
    ]
    assert [question.slot for question in questions if not question.skippable] == [
        "callback_consent",
        "callback_confirm",
    ]


def test_consent_says_who_sees_it_and_for_how_long():
    consent = questionnaire("callback").question("callback_consent")
    assert consent
    for language in LANGUAGES:
        assert "{audience}" in consent.text.in_language(language)
        assert "{days}" in consent.text.in_language(language)
    assert 1 <= (questionnaire("callback").keep_days or 0) <= 30


def test_the_shared_words_load():
    words = common_words()
    assert words.numbers["deviņpadsmit*"] == 19
    assert set(words.labels) == {"stop", "show_list", "show_official"}


def test_a_good_file_loads(tmp_path):
    assert load(tmp_path, GOOD).questions[0].option("yes")


@pytest.mark.parametrize(
    ("good", "bad", "line", "told"),
    [
        ('- value: "yes"', "- value: yes", 7, "in quotes"),
        ("service: debts", "service: depts", 10, "depts is no card"),
        ("when: {first:", "when: {frist:", 11, "frist is no question"),
        ('["yes", skip]', '["no", skip]', 11, "no is no answer"),
        ("id: trial", "id: trail", 1, "trail"),
        ("ru: Начнём., ", "", 2, "ru"),
        ("why: because", "because: why", 12, "because"),
        ('- value: "yes"', '- value: "skip"', 7, "by itself"),
        ("{lv: Jā,", "{lv: Jā un tad vēl daudz vārdu klāt,", 8, "at most 24"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_remedy(tmp_path, good, bad, line, told):
    assert good in GOOD
    with pytest.raises(ContentError) as error:
        load(tmp_path, GOOD.replace(good, bad))
    message = str(error.value)
    assert "trial.yml" in message
    assert told in message
    assert any(abs(finding.line - line) <= 1 for finding in error.value.findings), message
