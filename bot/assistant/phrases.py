"""What stands under or in place of every reply: the permanent buttons and the apology."""

from __future__ import annotations

from bot.assistant.messages import Button, Reply, payload
from bot.directory.directory import help_line_number
from bot.languages import Language
from bot.texts import text

MENU = payload("start_over")
PERSON = payload("request_callback")


def permanent_buttons(language: Language) -> list[Button]:
    """Return the last row of every reply: *Menu* and *A person*."""
    return [Button(text("channels", "menu", language), MENU), Button(text("channels", "person", language), PERSON)]


def with_permanent_buttons(replies: list[Reply], language: Language) -> list[Reply]:
    """Put the permanent buttons last under the last reply; an action that has one of them keeps its place."""
    if replies:
        last = replies[-1]
        others = [button for button in last.buttons if button.payload not in (MENU, PERSON)]
        last.buttons = others + permanent_buttons(language)
    return replies


def apology(language: Language) -> Reply:
    """Return what a person gets when something failed: an apology and the telephone line."""
    return Reply(text("channels", "apology", language, line=help_line_number("nva")))
