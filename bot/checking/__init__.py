"""Everything that can be wrong in the content: what `drom check` reports.

Each module looks at one kind of content and yields findings with file, line, key and remedy. None
of them imports Rasa: the check must be quick enough to run after every edit.
"""

from __future__ import annotations

from pathlib import Path

from bot.checking import cards, dialogue, examples, questions, texts
from bot.directory.errors import Finding
from bot.settings import ROOT
from bot.voice import checking as voice

CHECKS = (cards.check, texts.check, examples.check, dialogue.check, questions.check, voice.check)


def check_content(root: Path = ROOT) -> list[Finding]:
    """Return every finding in the content below ``root``, errors first."""
    findings = [finding for check in CHECKS for finding in check(root)]
    return sorted(findings, key=lambda finding: (finding.severity, finding.file, finding.line))
