"""The deliberate faults. Each is a mistake that somebody could make while editing content or code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SERVICES = "data/directory/services"


class DoesNotFit(Exception):
    """The project has changed: what a fault replaces is no longer there."""


@dataclass(frozen=True)
class Edit:
    """A replacement in one file.

    Attributes:
        file: seen from the project's root.
        old: a regular expression (multi-line: ``^`` and ``$`` are those of lines).
        new: what stands there instead.
        all: replace every occurrence, not only the first.
    """

    file: str
    old: str
    new: str
    all: bool = False

    def make(self, root: Path) -> None:
        """Change the file below ``root``.

        Raises:
            DoesNotFit: ``old`` is not there.
        """
        path = root / self.file
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise DoesNotFit(f"{self.file} is not there") from error
        changed, count = re.subn(self.old, self.new, text, count=0 if self.all else 1, flags=re.MULTILINE)
        if not count or changed == text:
            raise DoesNotFit(f"{self.file} has nothing like {self.old!r}")
        path.write_text(changed, encoding="utf-8")


@dataclass(frozen=True)
class SwapCards:
    """The contents of two cards change places; each file keeps its id."""

    one: str
    other: str

    def make(self, root: Path) -> None:
        """Swap the files below ``root``.

        Raises:
            DoesNotFit: a card is not there.
        """
        paths = [root / SERVICES / f"{card}.yml" for card in (self.one, self.other)]
        if not all(path.is_file() for path in paths):
            raise DoesNotFit(f"{self.one} or {self.other} is no card")
        texts = [path.read_text(encoding="utf-8") for path in paths]
        for path, text in zip(paths, reversed(texts), strict=True):
            # A card may not name itself as its next service.
            text = re.sub(r"^next_services: .*$", "next_services: [mediation]", text, flags=re.MULTILINE)
            path.write_text(re.sub(r"^id: .*$", f"id: {path.stem}", text, flags=re.MULTILINE), encoding="utf-8")


@dataclass(frozen=True)
class Fault:
    """One deliberate fault.

    Attributes:
        name: what is wrong, for the table.
        edits: how it is made.
        retrain: it changes what the model learns; otherwise the model of the sound project is used.
    """

    name: str
    edits: tuple[Edit | SwapCards, ...]
    retrain: bool = False


def _fault(name: str, *edits: Edit | SwapCards, retrain: bool = False) -> Fault:
    return Fault(name, edits, retrain)


FAULTS = (
    # Telephone numbers and addresses
    _fault("NVA's line has a wrong digit", Edit("data/directory/help_lines.csv", "80200206", "80200207")),
    _fault("VSAA's line has a wrong digit", Edit("data/directory/help_lines.csv", "64507020", "64507022")),
    _fault(
        "the Ombudsman's number has two digits swapped",
        Edit(f"{SERVICES}/discrimination.yml", "67686768", "67686786", all=True),
    ),
    _fault("the crisis line is wrong in a reply", Edit("domain.yml", "116123", "116132", all=True)),
    _fault("the children's line is wrong in a reply", Edit("domain.yml", "116111", "116112", all=True)),
    _fault("112 is missing from the danger reply in Russian", Edit("domain.yml", r"Звоните 112\. Это", "Это")),
    _fault(
        "the portal for vacancies is misspelt", Edit(f"{SERVICES}/job_search.yml", r"cvvp\.nva", "cvp.nva", all=True)
    ),
    # Cards and texts
    _fault("two cards are swapped", SwapCards("housing", "debts")),
    _fault(
        "a Russian text is missing from a card",
        Edit(f"{SERVICES}/vocational_training.yml", r"^ +ru: .*\n", ""),
    ),
    _fault(
        "a Russian text is a copy of the Latvian one",
        Edit("domain.yml", r"Где Вы живёте\?.*", 'Kur Jūs dzīvojat? Uzrakstiet pilsētu vai novadu."'),
    ),
    _fault(
        "an English reply is missing",
        Edit("domain.yml", r"(utter_greet:(?:\n.*){4}\n).*\n.*\n", r"\1"),
    ),
    _fault("a card is sent to the wrong kind of office", Edit(f"{SERVICES}/debts.yml", "^route: .*", "route: office")),
    _fault(
        "family benefits are sent to the employment office",
        Edit(f"{SERVICES}/family_benefits.yml", "^route: .*", "route: office"),
    ),
    _fault("expired amounts are told", Edit("bot/directory/models.py", r"today > self\.valid_until", "False")),
    _fault(
        "what staff must still confirm is told",
        Edit("bot/directory/models.py", r"^TOLD = frozenset\(\{", "TOLD = frozenset({Confidence.UNVERIFIED, "),
    ),
    # Places and routes
    _fault(
        "an office stands in the wrong town",
        Edit("data/directory/offices.csv", r"^Talsi,(.*)57\.24562,22\.58137", r"Talsi,\g<1>56.50474,21.01085"),
    ),
    _fault(
        "an office that nobody confirmed is given as certain",
        Edit(
            "bot/directory/models.py",
            r"return self\.confidence in \(Confidence\.HIGH, Confidence\.MEDIUM\)",
            "return True",
        ),
    ),
    _fault(
        "the farthest office is named, not the nearest",
        Edit("bot/directory/geography.py", r"best = min\(", "best = max("),
    ),
    _fault(
        "the assistant asks for the place and does not wait for it",
        Edit("actions/routing.py", r'\[SlotSet\("requested_slot", "municipality"\)\]', "[]", all=True),
    ),
    _fault(
        "Ventspils is taken for the municipality around it",
        Edit("data/directory/places.csv", "^Ventspils,(.*)LV-VEN", r"Ventspils,\1LV-106"),
    ),
    # Buttons
    _fault(
        "the cards lose the button for papers", Edit("actions/services.py", r'^ +talk\.button\("documents".*\n', "")
    ),
    _fault("the menu loses the way to a mediator", Edit("actions/talking.py", r'^ +talk\.button\("mediator".*\n', "")),
    _fault(
        "the permanent buttons are lost",
        Edit(
            "bot/assistant/phrases.py",
            r"last\.buttons = others \+ permanent_buttons\(language\)",
            "last.buttons = others",
        ),
    ),
    # The talk
    _fault(
        "fallback goes in a loop",
        Edit("actions/talking.py", r"^( +)return count$", r"\1return 0"),
    ),
    _fault(
        "a rule leads to the wrong action",
        Edit(
            "data/rules/rules.yml",
            r"(- intent: find_mediator\n +- action: )action_find_mediator",
            r"\1action_find_office",
        ),
        retrain=True,
    ),
    _fault(
        "a rule is gone",
        Edit("data/rules/rules.yml", r"  - rule: a question about privacy(?:.*\n){4}", ""),
        retrain=True,
    ),
    _fault(
        "a chosen language is not kept",
        Edit("actions/talking.py", r', SlotSet\("language_chosen", True\)', ""),
    ),
    _fault("forgetting forgets nothing", Edit("actions/forgetting.py", r"\[AllSlotsReset\(\)[^\]]*\]", "[]")),
    _fault(
        "a detail is answered from another section",
        Edit("actions/services.py", r"section = talk\.intent\.removeprefix\(DETAIL\)", 'section = "cost"'),
    ),
    _fault(
        "danger is answered with the general words whatever it is",
        Edit("actions/danger.py", r'KINDS\.get\(.*, KINDS\["general"\]\)', 'KINDS["general"]'),
    ),
    _fault(
        "the examples of two needs are swapped",
        Edit("data/nlu/training/lv.yml", r"- intent: ask_vocational_training$", "- intent: ask_swapped", all=True),
        Edit(
            "data/nlu/training/lv.yml",
            r"- intent: ask_language_courses$",
            "- intent: ask_vocational_training",
            all=True,
        ),
        Edit("data/nlu/training/lv.yml", r"- intent: ask_swapped$", "- intent: ask_language_courses", all=True),
        retrain=True,
    ),
    _fault(
        "a place abroad is taken for one in Latvia",
        Edit("bot/directory/whereabouts.py", r"country = outline\.outside\(point\)", "country = None"),
    ),
)
