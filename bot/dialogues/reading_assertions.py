"""Reading the assertions of a step."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from bot.dialogues import assertions as a
from bot.dialogues.vocabulary import ROUTE_KINDS, Vocabulary, closest
from bot.dialogues.yaml_nodes import (
    FALSE,
    TRUE,
    Mistakes,
    Node,
    is_empty,
    key_list,
    line_of,
    read_keys,
    text_of,
    value_of,
)
from bot.languages import LANGUAGES, as_language

UTTERED_KEYS = ("text_contains", "text_matches", "language", "max_words")
ROUTE_KEYS = ("kind", "town", "municipality")


class AssertionReader:
    """Reads assertions; what is wrong is noted, and that assertion left out."""

    def __init__(self, mistakes: Mistakes, names: Vocabulary):
        self.mistakes = mistakes
        self.names = names
        self.kinds: dict[str, Callable[[Node, int], list[a.Assertion]]] = {
            "intent": self._intent,
            "service": self._service,
            "routed_to": lambda node, line: self._route(node, line, "routed_to", a.RoutedTo),
            "not_routed_to": lambda node, line: self._route(node, line, "not_routed_to", a.NotRoutedTo),
            "slot_was_set": self._slot_was_set,
            "slot_was_not_set": self._slot_was_not_set,
            "asked_for": self._asked_for,
            "bot_uttered": self._bot_uttered,
            "not_uttered": self._not_uttered,
            "buttons": self._buttons,
            "action_executed": self._action,
            "replies": self._replies,
            "audio": self._audio,
        }

    def read(self, node: Node) -> list[a.Assertion]:
        """Read the list under ``assertions``."""
        if is_empty(node):
            self.mistakes.add(node, "assertions", "is empty", "Add at least one, or remove the key")
            return []
        if not isinstance(node, yaml.SequenceNode):
            remedy = "Begin each assertion with a dash: `- intent: …`"
            self.mistakes.add(node, "assertions", "is no list", remedy)
            return []
        found: list[a.Assertion] = []
        for item in node.value:
            found += self._item(item)
        return found

    def _item(self, item: Node) -> list[a.Assertion]:
        if not isinstance(item, yaml.MappingNode):
            remedy = "Write the assertion with a colon: `- intent: ask_housing`"
            self.mistakes.add(item, "assertions", "this is no assertion", remedy)
            return []
        keys = [str(key.value) for key, _ in item.value]
        slipped = self._slipped_out(item, keys)
        if slipped:
            remedy = f"Indent the lines below `{slipped}:` by two more spaces"
            self.mistakes.add(item, slipped, "is empty, and its parts stand beside it", remedy)
            return []
        found: list[a.Assertion] = []
        for (key_node, value), key in zip(item.value, keys, strict=True):
            if key not in self.kinds:
                guess = closest(key, tuple(self.kinds))
                remedy = f"Did you mean `{guess}`?" if guess else f"Known: {key_list(tuple(self.kinds))}"
                self.mistakes.add(key_node, "assertions", f"the assertion `{key}` is unknown", remedy)
            elif keys.count(key) > 1 and keys.index(key) != item.value.index((key_node, value)):
                remedy = "Begin each with a dash of its own"
                self.mistakes.add(key_node, "assertions", f"`{key}` stands twice in one assertion", remedy)
            else:
                found += self.kinds[key](value, line_of(key_node))
        return found

    @staticmethod
    def _slipped_out(item: yaml.MappingNode, keys: list[str]) -> str | None:
        """Return the assertion whose parts stand beside it instead of under it."""
        parts = {
            "bot_uttered": UTTERED_KEYS,
            "not_uttered": UTTERED_KEYS,
            "routed_to": ROUTE_KEYS,
            "not_routed_to": ROUTE_KEYS,
            "replies": ("min", "max"),
        }
        for (_, value), key in zip(item.value, keys, strict=True):
            if key in parts and is_empty(value) and set(keys) & set(parts[key]):
                return key
        return None

    def _names(self, node: Node, key: str, known: frozenset[str], what: str) -> tuple[str, ...]:
        """Return one name or a list of names that all exist."""
        names = self._texts(node, key, f"Write {what}, or a list of them")
        good = []
        for name_node, name in names:
            if name in known:
                good.append(name)
            else:
                self._unknown(name_node, key, name, known, what)
        return tuple(good)

    def _unknown(self, node: Node, key: str, name: str, known: frozenset[str], what: str) -> None:
        guess = closest(name, known)
        if guess is None and known == self.names.municipalities:
            guess = self.names.seats.get(name)
        some = ", ".join(sorted(known)[:8]) + (" …" if len(known) > 8 else "")
        remedy = f"Did you mean {guess}?" if guess else f"Write {what}: {some}"
        self.mistakes.add(node, key, f"{name} is unknown", remedy)

    def _texts(self, node: Node, key: str, remedy: str) -> list[tuple[Node, str]]:
        """Return one text or a list of texts, with their nodes."""
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not items:
            self.mistakes.add(node, key, "is an empty list", remedy)
        texts: list[tuple[Node, str]] = []
        for item in items:
            if not isinstance(item, yaml.ScalarNode) or is_empty(item):
                self.mistakes.add(item, key, "is empty or no text", remedy)
            else:
                texts.append((item, text_of(item)))
        return texts

    def _keys(self, node: Node, key: str, known: tuple[str, ...], remedy: str) -> dict[str, Node]:
        return read_keys(node, key, known, remedy, self.mistakes)

    def _intent(self, node: Node, line: int) -> list[a.Assertion]:
        names = self._names(node, "intent", self.names.intents, "an intent of domain.yml")
        return [a.IntentIs(line, names)] if names else []

    def _service(self, node: Node, line: int) -> list[a.Assertion]:
        names = self._names(node, "service", self.names.services, "the id of a card")
        return [a.ServiceIs(line, names)] if names else []

    def _route(self, node: Node, line: int, key: str, kind: Any) -> list[a.Assertion]:
        how = f"Write `{key}: {{kind: office, town: Talsi}}`"
        keys = self._keys(node, key, ROUTE_KEYS, how)
        known = {"kind": ROUTE_KINDS, "town": self.names.towns, "municipality": self.names.municipalities}
        what = {"kind": "a kind of route", "town": "a town of offices.csv", "municipality": "a municipality"}
        route = {part: self._names(value, part, known[part], what[part]) for part, value in keys.items()}
        if isinstance(node, yaml.MappingNode) and not node.value:
            self.mistakes.add(node, key, "is empty", how)
        return [kind(line, route)] if route and all(route.values()) else []

    def _slot_was_set(self, node: Node, line: int) -> list[a.Assertion]:
        how = "Write `slot_was_set: {municipality: Talsu novads}`"
        found: list[a.Assertion] = []
        for slot, value_node in self._slots(node, "slot_was_set", how):
            if not isinstance(value_node, yaml.ScalarNode):
                self.mistakes.add(value_node, slot, "is no single value", how)
                continue
            value = self._slot_value(slot, value_node)
            if value is not None:
                found.append(a.SlotWasSet(line, slot, value[0]))
        return found

    def _slot_was_not_set(self, node: Node, line: int) -> list[a.Assertion]:
        how = "Write `slot_was_not_set: [municipality]`"
        if isinstance(node, yaml.MappingNode):
            found: list[a.Assertion] = []
            for slot, value_node in self._slots(node, "slot_was_not_set", how):
                value = self._slot_value(slot, value_node) if isinstance(value_node, yaml.ScalarNode) else None
                if value is not None:
                    unwanted = a.ANY if value[0] is None else value[0]
                    found.append(a.SlotWasNotSet(line, slot, unwanted))
            return found
        names = self._names(node, "slot_was_not_set", self.names.slots, "a slot of domain.yml")
        return [a.SlotWasNotSet(line, name) for name in names]

    def _slots(self, node: Node, key: str, how: str) -> list[tuple[str, Node]]:
        """Return slots with the nodes of their values; also Rasa's list of single slots is taken."""
        mappings = node.value if isinstance(node, yaml.SequenceNode) else [node]
        slots: list[tuple[str, Node]] = []
        for mapping in mappings:
            if not isinstance(mapping, yaml.MappingNode) or not mapping.value:
                self.mistakes.add(mapping, key, "is not a slot with its value", how)
                continue
            for slot_node, value in mapping.value:
                slot = text_of(slot_node) if isinstance(slot_node, yaml.ScalarNode) else "?"
                if slot in self.names.slots:
                    slots.append((slot, value))
                else:
                    self._unknown(slot_node, key, slot, self.names.slots, "a slot of domain.yml")
        return slots

    def _slot_value(self, slot: str, node: yaml.ScalarNode) -> tuple[Any] | None:
        value = value_of(node)
        known = self.names.values_of_slot(slot)
        if known is not None and value is not None and str(value) not in known:
            self._unknown(node, slot, str(value), known, f"a value of {slot}")
            return None
        return (value,)

    def _asked_for(self, node: Node, line: int) -> list[a.Assertion]:
        names = self._names(node, "asked_for", self.names.questions, "a slot of domain.yml or a question")
        if len(names) > 1:
            self.mistakes.add(node, "asked_for", "is a list", "Name the one slot that is waited for")
        return [a.AskedFor(line, name) for name in names]

    def _uttered(self, node: Node, key: str, known: tuple[str, ...]) -> a.Uttered | None:
        how = f'Write `{key}: {{text_contains: ["80200206"]}}`'
        before = len(self.mistakes.findings)
        keys = self._keys(node, key, known, how)
        contains: tuple[str, ...] = ()
        matches = language = max_words = None
        if "text_contains" in keys:
            contains = tuple(text for _, text in self._texts(keys["text_contains"], "text_contains", how))
        if "text_matches" in keys:
            matches = self._pattern(keys["text_matches"])
        if "language" in keys:
            written = text_of(keys["language"]) if isinstance(keys["language"], yaml.ScalarNode) else ""
            language = as_language(written) if written in LANGUAGES else None
            if language is None:
                problem = f"{written or 'this'} is no language of the assistant"
                self.mistakes.add(keys["language"], "language", problem, "Write lv, ru or en")
        if "max_words" in keys:
            max_words = self._number(keys["max_words"], "max_words")
        if isinstance(node, yaml.MappingNode) and not node.value:
            self.mistakes.add(node, key, "is empty", how)
        if len(self.mistakes.findings) > before:
            return None
        return a.Uttered(contains, matches, language, max_words)

    def _pattern(self, node: Node) -> str | None:
        how = "Write one regular expression, in single quotes"
        if not isinstance(node, yaml.ScalarNode) or is_empty(node):
            self.mistakes.add(node, "text_matches", "is empty or no text", how)
            return None
        pattern = str(node.value)
        try:
            re.compile(pattern)
        except re.error as error:
            problem = f"{pattern} is no regular expression: {error}"
            self.mistakes.add(node, "text_matches", problem, "Mend it, or use text_contains for plain words")
            return None
        return pattern

    def _number(self, node: Node, key: str) -> int | None:
        written = text_of(node) if isinstance(node, yaml.ScalarNode) else ""
        if not written.isdecimal():
            self.mistakes.add(node, key, f"{written or 'this'} is no whole number", "Write a number such as 60")
            return None
        return int(written)

    def _bot_uttered(self, node: Node, line: int) -> list[a.Assertion]:
        wanted = self._uttered(node, "bot_uttered", UTTERED_KEYS)
        return [a.BotUttered(line, wanted)] if wanted else []

    def _not_uttered(self, node: Node, line: int) -> list[a.Assertion]:
        unwanted = self._uttered(node, "not_uttered", UTTERED_KEYS[:-1])
        return [a.NotUttered(line, unwanted)] if unwanted else []

    def _buttons(self, node: Node, line: int) -> list[a.Assertion]:
        texts = self._texts(node, "buttons", "Write a list of intents or titles: `[find_office]`")
        for text_node, text in texts:
            # A title never looks like this; an intent does, and must exist.
            if re.fullmatch(r"[a-z]+(_[a-z]+)+", text) and text not in self.names.intents:
                self._unknown(text_node, "buttons", text, self.names.intents, "an intent of domain.yml")
        return [a.HasButtons(line, tuple(text for _, text in texts))] if texts else []

    def _action(self, node: Node, line: int) -> list[a.Assertion]:
        names = self._names(node, "action_executed", self.names.actions, "an action of domain.yml")
        return [a.ActionExecuted(line, name) for name in names]

    def _replies(self, node: Node, line: int) -> list[a.Assertion]:
        how = "Write `replies: {min: 1, max: 2}`"
        keys = self._keys(node, "replies", ("min", "max"), how)
        if isinstance(node, yaml.MappingNode) and not node.value:
            self.mistakes.add(node, "replies", "is empty", how)
        bounds = {key: self._number(value, key) for key, value in keys.items()}
        least, most = bounds.get("min"), bounds.get("max")
        if least is not None and most is not None and least > most:
            self.mistakes.add(node, "replies", f"min {least} is more than max {most}", "Swap them")
        return [a.RepliesCount(line, least, most)] if bounds else []

    def _audio(self, node: Node, line: int) -> list[a.Assertion]:
        written = text_of(node).lower() if isinstance(node, yaml.ScalarNode) else ""
        if written in TRUE or written in FALSE:
            return [a.HasAudio(line, written in TRUE)]
        self.mistakes.add(node, "audio", f"{written or 'this'} is not yes or no", "Write `audio: true`")
        return []
