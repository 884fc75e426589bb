"""The chat in the terminal."""

from __future__ import annotations

import asyncio

from rich.console import Console
from rich.panel import Panel

from bot.assistant.messages import Button, Reply

screen = Console(highlight=False)


def show(reply: Reply, first_number: int = 1) -> None:
    """Show a reply with its buttons, numbered from ``first_number``."""
    lines = [reply.text, ""]
    for number, button in enumerate(reply.buttons, start=first_number):
        lines.append(f"  {number}  {button.title}" + (f"  {button.payload}" if button.is_link else ""))
    screen.print(Panel("\n".join(lines), title="Drom", title_align="left", width=min(screen.width, 80)), markup=False)


async def talk(language: str | None) -> None:
    """Talk until an empty line: words are sent, a number taps a button."""
    from bot.asking import load_assistant_for_trying
    from bot.assistant.conversation import Conversation

    with screen.status("Loading …"):
        assistant = await asyncio.to_thread(load_assistant_for_trying)
    conversation = Conversation(assistant, channel="terminal", language_code=language)
    turn = await conversation.tap("/greet")
    while True:
        buttons: list[Button] = []
        for reply in turn.replies:
            show(reply, len(buttons) + 1)
            buttons += reply.buttons
        try:
            line = (await asyncio.to_thread(screen.input, "> ")).strip()
        except EOFError:
            return
        if not line:
            return
        if line.isdecimal() and 1 <= int(line) <= len(buttons):
            button = buttons[int(line) - 1]
            if button.is_link:
                screen.print(button.payload, markup=False)
                continue
            turn = await conversation.tap(button.payload)
        else:
            turn = await conversation.say(line)
