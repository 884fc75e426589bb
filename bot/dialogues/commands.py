"""What a command of a chat program means to the dialogue."""

from __future__ import annotations

import re

from bot.assistant.messages import payload
from bot.channels.telegram.deep_links import deep_links

START = payload("greet")
# As in Telegram; a test holds the two against each other.
COMMANDS = {
    "menu": payload("start_over"),
    "restart": payload("start_over"),
    "language": payload("change_language"),
    "mediator": payload("find_mediator"),
    "office": payload("find_office"),
    "privacy": payload("ask_privacy"),
    "forget": payload("forget_me"),
    "help": payload("help"),
    "listen": payload("change_voice"),
}
_COMMAND = re.compile(r"/(?P<name>\w{1,32})(?:@\w+)?(?:\s+(?P<rest>.*))?", re.ASCII | re.DOTALL)


def command_payload(command: str) -> str | None:
    """Return the payload that a command stands for; None for one that is none of ours.

    ``/start <what>_<place>`` is a deep link; one that says nothing to us is an ordinary start.
    """
    match = _COMMAND.fullmatch(command.strip())
    if match is None:
        return None
    name, rest = match["name"].lower(), (match["rest"] or "").strip()
    if name == "start":
        return (deep_links().payload(rest) if rest else None) or START
    return COMMANDS.get(name)
