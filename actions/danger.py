"""Help in danger: at once, calm, with numbers that answer now."""

from __future__ import annotations

from actions.base import DromAction, Events, Talk
from bot.assistant.messages import Reply

# The kind of danger, the response for it, and the lines to call beside 112, the first first.
KINDS = {
    "suicide": ("utter_urgent_suicide", ("crisis",)),
    "child": ("utter_urgent_child", ("children",)),
    "violence": ("utter_urgent_violence", ("crisis",)),
    "trafficking": ("utter_urgent_trafficking", ("police",)),
    "roof": ("utter_urgent_roof", ()),
    "general": ("utter_urgent_general", ("crisis",)),
}


class ShowUrgentHelp(DromAction):
    """Answer danger, whatever the talk was about. The talk may go on afterwards where it was."""

    action_name = "action_show_urgent_help"

    def answer(self, talk: Talk) -> Events:
        """Lead with 112, then the line for this danger that answers at this hour."""
        response, lines = KINDS.get(talk.entity("danger") or "general", KINDS["general"])
        parts = [talk.say("utter_urgent"), talk.say(response)]
        numbers = ["emergency", *lines]
        if response == "utter_urgent_violence" and talk.directory.help_lines["victims"].answers_at(talk.now):
            parts.append(talk.say("utter_urgent_violence_line"))
            numbers.append("victims")
        buttons = [talk.call_button(talk.directory.help_lines[line].number) for line in numbers]
        talk.utter(Reply("🆘 " + " ".join(parts), buttons, route={"kind": "helpline"}))
        return []
