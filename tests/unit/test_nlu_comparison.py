"""The comparison of understanding with the usual choices, on tiny data."""

import json

import numpy as np
import pytest

from benchmarks.nlu.compare import folder_of, main
from benchmarks.nlu.corpora import measure_corpus, read_corpora
from benchmarks.nlu.examples import Example, keep_for_thresholds
from benchmarks.nlu.figures import figures_of, threshold
from benchmarks.nlu.measure import judge_messages, train
from benchmarks.nlu.parts import NoMeaning
from benchmarks.nlu.plot import draw
from benchmarks.nlu.systems import ABLATIONS, COMPARED, ON_CORPORA, RasaSystem, ScikitSystem, every_fifth, nlu_yaml
from benchmarks.nlu.tables import corpus_table, markdown, system_table

WORK = ["man vajag darbu", "meklēju darbu veikalā", "kur atrast darbu", "vai ir brīvs darbs", "gribu darbu tuvu mājām"]
DEBTS = ["man ir parāds", "parāds bankā spiež", "nevaru samaksāt parādu", "parādu piedzinēji zvana", "parāds par īri"]
EXAMPLES = [Example(text, "ask_job_search", "lv") for text in WORK] + [
    Example(text, "ask_debts", "lv") for text in DEBTS
]
ROWS = [
    {"text": "darbu lūdzu", "intent": "ask_job_search", "lang": "lv", "style": "clean"},
    {"text": "parads bankaa", "intent": "ask_debts", "lang": "lv", "style": "stripped"},
    {"text": "parāds, ko darīt", "intent": "ask_debts", "lang": "lv", "style": "clean"},
]


@pytest.fixture
def figures(tmp_path):
    system = ScikitSystem()
    trained = train(system, EXAMPLES, tmp_path)
    judged = judge_messages(system, tmp_path, {"tiny.tsv": ROWS}, EXAMPLES)
    return figures_of(trained, json.loads(json.dumps(judged)))


def test_a_system_that_learnt_is_judged_by_set_and_style(figures):
    assert figures["training"]["examples"] == 10
    assert figures["all"]["n"] == figures["sets"]["tiny.tsv"]["n"] == 3
    assert figures["all"]["accuracy"] == 1.0
    assert figures["all"]["by_style"]["stripped"] == {"n": 1, "accuracy": 1.0, "top3": 1.0}


def test_no_message_stands_in_what_is_kept(tmp_path):
    system = ScikitSystem()
    train(system, EXAMPLES, tmp_path)
    kept = json.dumps(judge_messages(system, tmp_path, {"tiny.tsv": ROWS}, EXAMPLES), ensure_ascii=False)
    assert not any(row["text"] in kept for row in ROWS)


def test_tables_and_plot_show_every_system(figures, tmp_path):
    results = {"pipeline": {"title": "this one", **figures}, "scikit-learn": {"title": "that one", **figures}}
    table = markdown(system_table(results))
    assert table.count("\n") == 3
    assert "| this one | 1.000 |" in table
    draw(results, tmp_path / "plot.svg")
    drawn = (tmp_path / "plot.svg").read_text()
    assert "this one" in drawn
    assert "that one" in drawn


@pytest.mark.parametrize(("answered", "least"), [(0.8, 0.3), (1.0, 0.1), (0.5, 0.5)])
def test_a_threshold_leaves_the_share_that_is_to_be_answered(answered, least):
    confidences = [0.9, 0.5, 0.1, 0.3, 0.7]
    assert threshold(confidences, answered) == least


def test_thresholds_are_fitted_on_what_neither_adapter_nor_system_has_learnt():
    examples = [Example(f"teksts {number}", "greet", "lv") for number in range(100)]
    unseen = np.arange(100) >= 50
    training, kept = keep_for_thresholds(examples, unseen)
    assert kept
    assert not {one.text for one in training} & {one.text for one in kept}
    assert all(int(one.text.split()[1]) >= 50 for one in kept)
    assert len(training) + len(kept) == 100


def test_a_line_that_also_stands_in_training_is_no_test_of_a_threshold():
    examples = [Example("sveiki", "greet", "lv")] * 20
    training, kept = keep_for_thresholds(examples, np.ones(20, dtype=bool))
    assert training
    assert not kept


def test_results_of_other_messages_or_settings_are_not_taken_for_todays():
    folders = {
        folder_of("scikit-learn", ScikitSystem(), "messages"),
        folder_of("scikit-learn", ScikitSystem(), "other messages"),
        folder_of("scikit-learn", ScikitSystem(inverse_penalty=1.0), "messages"),
    }
    assert len(folders) == 3


@pytest.mark.parametrize("name", ABLATIONS)
def test_a_part_that_is_left_out_is_one_that_the_pipeline_has(name):
    whole, without = COMPARED["pipeline"], ABLATIONS[name]
    with without.altered():  # refuses names that do not exist
        assert without.made_of() != whole.made_of()
    assert without.without.replaced or without._config() != whole._config()


def test_parts_that_are_not_learnt_are_read_with_the_model_of_the_whole():
    assert {name for name, system in ABLATIONS.items() if not system.is_learnt} == {
        "without-calibration",
        "without-clauses",
        "without-danger",
        "without-sentences",
    }
    assert all(system.is_learnt for system in COMPARED.values())


def test_rasa_learns_and_ranks(tmp_path):
    system = COMPARED["rasa-logistic"]
    assert isinstance(system, RasaSystem)
    train(system, EXAMPLES, tmp_path)
    parsed = system.load(tmp_path)("parāds")
    assert [entry["name"] for entry in parsed["intent_ranking"]] == ["ask_debts", "ask_job_search"]


@pytest.mark.parametrize("intents", [2, 3])
def test_features_of_this_pipeline_learn_whatever_the_number_of_intents(tmp_path, intents, monkeypatch):
    monkeypatch.setattr("benchmarks.nlu.systems._embedding", lambda name: NoMeaning())
    examples = (EXAMPLES + [Example(text, "greet", "lv") for text in ("sveiki", "labdien", "čau")])[
        : 10 + 3 * (intents - 2)
    ]
    system = ON_CORPORA["needs"]
    train(system, examples, tmp_path)
    shares = {entry["name"]: entry["confidence"] for entry in system.load(tmp_path)("parāds")["intent_ranking"]}
    assert len(shares) == intents
    assert max(shares, key=shares.get) == "ask_debts"
    assert sum(shares.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("arguments", [["--only", "needs"], ["--only", "nobody"], ["--corpora", "nowhere"]])
def test_what_cannot_be_measured_is_refused_before_anything_is(arguments, capsys):
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert "error" in capsys.readouterr().err


def test_brackets_in_messages_are_no_entities_to_rasa():
    assert "- a b c d" in nlu_yaml([Example("a [b]{c} d", "greet", "lv")])


def test_corpora_are_read_where_they_stand_and_those_without_a_test_part_are_divided(tmp_path):
    write(tmp_path / "tilde-nlu-datasets" / "tiny.lv.train.jsonl", EXAMPLES)
    write(tmp_path / "tilde-nlu-datasets" / "tiny.lv.test.jsonl", EXAMPLES[:2])
    write(tmp_path / "tilde-nlu-datasets" / "tiny.lt.train.jsonl", EXAMPLES)
    write(tmp_path / "tilde-fnlu" / "office.jsonl", EXAMPLES)
    corpora = {corpus.name: (len(corpus.training), len(corpus.test)) for corpus in read_corpora(tmp_path)}
    assert corpora == {"tiny.lv": (10, 2), "fnlu-office": (8, 2)}


def test_messages_out_of_scope_are_counted_apart(tmp_path):
    inside, outside = (
        EXAMPLES[:5],
        [Example(text, "oos", "en") for text in ("how old is the moon", "why is the sky so blue")],
    )
    for part in ("train", "test"):
        write(tmp_path / "clinc150" / f"data_small.{part}.jsonl", inside)
        write(tmp_path / "clinc150" / f"data_small.oos_{part}.jsonl", outside)
    (corpus,) = read_corpora(tmp_path)
    figures = measure_corpus(ScikitSystem(), corpus, tmp_path / "model")
    assert figures["in_scope_accuracy"] == figures["out_of_scope_recall"] == 1.0
    table = markdown(corpus_table({"scikit-learn": {"title": "that one", "corpora": {corpus.name: figures}}}))
    assert "in scope 1.000, out of scope 1.000" in table


def test_every_intent_keeps_examples_to_learn_from():
    intents = ["a"] * 2 + ["b"] * 3 + ["c"] * 10
    held_out = every_fifth(intents)
    assert held_out.sum() == 3
    assert {intent for intent, out in zip(intents, held_out, strict=True) if not out} == {"a", "b", "c"}


def write(file, examples):
    file.parent.mkdir(exist_ok=True)
    lines = [json.dumps({"text": one.text, "intent": one.intent}) for one in examples]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
