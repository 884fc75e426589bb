"""Intents, rules and payloads: nothing unknown, nothing unused, nothing that a button can't hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.directory.errors import Finding
from bot.directory.loading import YamlFile, read_yaml
from bot.directory.models import DETAILS

MAX_PAYLOAD_BYTES = 64  # Telegram's limit for callback data


def check(root: Path) -> Iterator[Finding]:
    """Yield findings in domain, rules and stories."""
    domain = read_yaml(root / "domain.yml", root)
    intents = [str(intent) for intent in domain.data["intents"]]
    actions = {str(action) for action in domain.data.get("actions", [])} | set(domain.data.get("responses", {}))
    handled: set[str] = set()
    run: set[str] = set()
    for folder in ("rules", "stories"):
        for path in sorted((root / "data" / folder).glob("*.yml")):
            file = read_yaml(path, root)
            for location, key, value in _walk(file):
                if key == "intent":
                    handled.add(value)
                    if value not in intents:
                        remedy = "Mend its spelling, or add it to the intents of domain.yml"
                        yield Finding(
                            file.name, file.line(location), "intent", f"the intent {value} is unknown", remedy
                        )
                elif key == "action":
                    run.add(value)
                    if value not in actions and value != "action_listen":
                        remedy = "Mend its spelling, or add it to domain.yml"
                        yield Finding(
                            file.name, file.line(location), "action", f"the action {value} is unknown", remedy
                        )
    for index, intent in enumerate(intents):
        line = domain.line(("intents", index))
        if intent not in handled:
            yield Finding(domain.name, line, intent, "no rule or story handles it", "Add a rule, or remove the intent")
        yield from _card(root, domain.name, line, intent)
    for index, action in enumerate(domain.data.get("actions", [])):
        if action not in run and not _is_called(root, action):
            line = domain.line(("actions", index))
            yield Finding(domain.name, line, action, "no rule or story runs it", "Use it, or remove it")


def _card(root: Path, name: str, line: int, intent: str) -> Iterator[Finding]:
    if not intent.startswith("ask_") or intent == "ask_privacy" or intent.startswith("ask_detail_"):
        return
    service = intent.removeprefix("ask_")
    if not (root / "data" / "directory" / "services" / f"{service}.yml").is_file():
        yield Finding(name, line, intent, "has no card", f"Write data/directory/services/{service}.yml")
    for detail in DETAILS:
        payload = f'/ask_detail_{detail}{{"service":"{service}"}}'
        if len(payload.encode()) > MAX_PAYLOAD_BYTES:
            yield Finding(
                name, line, intent, f"the button {payload} is over {MAX_PAYLOAD_BYTES} bytes", "Shorten the id"
            )


def _is_called(root: Path, action: str) -> bool:
    return any(action in path.read_text(encoding="utf-8") for path in (root / "bot").rglob("*.py"))


def _walk(file: YamlFile) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    for location in file.lines:
        value: Any = file.data
        for part in location:
            value = value[part]
        if isinstance(value, str) and location:
            yield location, str(location[-1]), value
