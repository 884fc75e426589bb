"""`drom check` finds what is wrong in the content and says how to mend it."""

import shutil
from pathlib import Path

import pytest

from bot.checking import check_content
from bot.checking.wording import problems, sentences
from bot.settings import ROOT


@pytest.fixture(scope="module")
def pristine(tmp_path_factory) -> Path:
    copy = tmp_path_factory.mktemp("pristine")
    shutil.copy(ROOT / "domain.yml", copy)
    for name in ("data", "actions", "bot"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "adapter", "*.npz"))
    return copy


@pytest.fixture
def project(pristine, tmp_path) -> Path:
    copy = tmp_path / "drom"
    shutil.copytree(pristine, copy)
    return copy


def spoil(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")


MISTAKES = {
    "a missing language of a response": ("domain.yml", "value: ru}]\n      text: ", "value: ru}]\n      txt: ", "ru is missing"),
    "a response that nothing uses": ("domain.yml", "responses:\n", "responses:\n  utter_orphan_x: []\n", "is used nowhere"),
    "an intent without a rule": ("domain.yml", "  - greet\n", "  - greet\n  - hello_there\n", "no rule or story handles it"),
    "a service intent without a card": ("domain.yml", "  - greet\n", "  - greet\n  - ask_moon\n", "has no card"),
    "an unknown action in a rule": ("data/rules/rules.yml", "action: action_reply", "action: action_rply", "is unknown"),
    "an example under two intents": (
        "data/nlu/conversation/lv.yml",
        "- intent: goodbye\n  examples: |\n",
        "- intent: goodbye\n  examples: |\n    - ŠIS IR DIVREIZ\n- intent: greet\n  examples: |\n    - sis ir divreiz\n- intent: goodbye\n  examples: |\n",
        "stands under",
    ),
    "an example of an unknown intent": ("data/nlu/conversation/lv.yml", "- intent: greet", "- intent: gret", "gret is unknown"),
    "a short text without Russian": ("data/texts/channels.yml", "  ru: ☰ Меню\n", "", "ru is missing"),
    "a topic that names no card": ("data/directory/topics.yml", "services: [", "services: [moon, ", "moon is no card"),
    "a mediator of an unknown municipality": ("data/directory/mediators.csv", "source\n", "source\nanna,Anna,Group,Talsi raj,lv,,20000009,,,,yes,2026-11-01,by phone\n", "Talsi raj is unknown"),
    "a phone without digits": ("data/directory/mediators.csv", "source\n", "source\nanna,Anna,Group,Talsu novads,lv,,call me,,,,yes,2026-11-01,by phone\n", "call me is no phone number"),
    "a mediator without consent": ("data/directory/mediators.csv", "source\n", "source\nanna,Anna,Group,Talsu novads,lv,,20000009,,,,no,2026-11-01,by phone\n", "has not agreed"),
    "a mediator confirmed in the future": ("data/directory/mediators.csv", "source\n", "source\nanna,Anna,Group,Talsu novads,lv,,20000009,,,,yes,2099-01-01,by phone\n", "is in the future"),
    "an office in an unknown town": ("data/directory/offices.csv", "\nRīga,", "\nZosna,", "Zosna is unknown"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_with_file_and_remedy(project, mistake):
    file, before, after, words = MISTAKES[mistake]
    spoil(project / file, before, after)
    found = [f for f in check_content(project) if words in f.problem]
    assert found, mistake
    assert all(f.file and f.line >= 1 and f.remedy for f in found)


def test_an_old_check_is_a_warning(project):
    for card in (project / "data" / "directory" / "services").glob("debts.yml"):
        card.write_text(card.read_text("utf-8").replace("2026-11-22", "2025-01-01"), "utf-8")
    stale = [f for f in check_content(project) if "180 days" in f.problem]
    assert stale
    assert {f.severity for f in stale} == {"warning"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" ".join(["vārds"] * 61), "61 words"),
        ("Šis " + "ļoti " * 20 + "garš teikums.", "sentence of"),
        ("Rakstiet uz nva@nva", "no e-mail"),
        ("Zvaniet 80200206123456", "no telephone"),
    ],
)
def test_a_text_that_is_too_long_or_malformed_is_found(text, words):
    assert any(words in problem for problem, _ in problems(text))


def test_a_good_text_has_no_problem():
    assert list(problems("Zvaniet NVA bez maksas: 80200206. Rakstiet uz nva@nva.gov.lv. Tas ir 2026. gadā.")) == []


def test_sentences_are_split_where_people_pause():
    assert len(sentences("Ejiet uz NVA. Ņemiet līdzi pasi! Vai ir jautājumi? Zvaniet.")) == 4
