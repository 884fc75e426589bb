"""Reading questionnaires from ``data/questionnaires/``, with every mistake named by file, line and remedy."""

from __future__ import annotations

import functools
from pathlib import Path

from bot.directory.directory import directory
from bot.directory.errors import ContentError, Finding
from bot.directory.loading import YamlFile, parse, read_yaml
from bot.questionnaire.models import SKIP, CommonWords, Condition, Question, Questionnaire
from bot.questionnaire.numbers import NumberWords
from bot.settings import ROOT

FOLDER = ROOT / "data" / "questionnaires"
SUPPORT_CHECK = "support_check"
CALLBACK = "callback"
NAMES = (SUPPORT_CHECK, CALLBACK)
PLACE_SLOT = "municipality"  # what the routing asks for too


def load_questionnaire(path: Path, services: set[str]) -> Questionnaire:
    """Read a questionnaire.

    Args:
        path: its file; the name of the file is its id.
        services: the ids of the cards that it may suggest.

    Raises:
        ContentError: with every mistake found.
    """
    file = read_yaml(path, ROOT)
    questionnaire = parse(Questionnaire, file, file.data)
    findings = [
        *_loose_conditions(questionnaire, file),
        *(
            Finding(
                file.name,
                file.line(("suggestions", i, "service")),
                f"suggestions.{i}.service",
                f"{suggestion.service} is no card",
                "Use the id of a card in data/directory/services",
            )
            for i, suggestion in enumerate(questionnaire.suggestions)
            if suggestion.service not in services
        ),
    ]  # fmt: skip
    if questionnaire.id != path.stem:
        findings.append(Finding(file.name, file.line(("id",)), "id", f"is {questionnaire.id}", f"Write {path.stem}"))
    if findings:
        raise ContentError(findings)
    return questionnaire


def _loose_conditions(questionnaire: Questionnaire, file: YamlFile) -> list[Finding]:
    """Return a finding for each condition on a question or value that is not there, or not asked before."""
    findings = []

    def check(condition: Condition, path: tuple[str | int, ...], before: list[Question]) -> None:
        for slot, values in condition.items():
            question = next((q for q in before if q.slot == slot), None)
            known = {SKIP, *(option.value for option in question.options)} if question else set()
            key = ".".join(map(str, (*path, slot)))
            if question is None:
                problem = f"{slot} is no question that was asked before"
                findings.append(
                    Finding(file.name, file.line((*path, slot)), key, problem, "Mend the name or the order")
                )
            elif unknown := [value for value in values if value not in known]:
                problem = f"{', '.join(map(str, unknown))} is no answer to it"
                remedy = f"Use {', '.join(sorted(known))}; yes and no in quotes"
                findings.append(Finding(file.name, file.line((*path, slot)), key, problem, remedy))

    questions = questionnaire.questions
    for index, question in enumerate(questions):
        check(question.when, ("questions", index, "when"), questions[:index])
    for index, rule in enumerate(questionnaire.suggestions):
        check(rule.when, ("suggestions", index, "when"), questions)
    for index, note in enumerate(questionnaire.notes):
        check(note.when, ("notes", index, "when"), questions)
    return findings


@functools.cache
def questionnaire(name: str) -> Questionnaire:
    """Return a questionnaire of this process, read once.

    Raises:
        ContentError: its file can't be used.
        KeyError: there is no questionnaire of this name.
    """
    if name not in NAMES:
        raise KeyError(name)
    return load_questionnaire(FOLDER / f"{name}.yml", set(directory().services))


@functools.cache
def common_words() -> CommonWords:
    """Return the words that every question understands, read once.

    Raises:
        ContentError: their file can't be used.
    """
    file = read_yaml(FOLDER / "common.yml", ROOT)
    return parse(CommonWords, file, file.data)


@functools.cache
def number_words() -> NumberWords:
    """Return the words for numbers, made ready once."""
    return NumberWords(common_words().numbers)


def find_question(slot: str | None) -> tuple[Questionnaire, Question] | None:
    """Return the question that a slot belongs to, with its questionnaire."""
    for name in NAMES:
        found = questionnaire(name).question(slot)
        if found:
            return questionnaire(name), found
    return None
