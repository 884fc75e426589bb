"""Everything that can be wrong in the content: what `drom check` reports."""

from __future__ import annotations

from bot.directory.directory import load_directory
from bot.directory.errors import ContentError, Finding


def check_content() -> list[Finding]:
    """Return every finding in the content, errors first."""
    findings: list[Finding] = []
    try:
        load_directory()
    except ContentError as error:
        findings += error.findings
    return sorted(findings, key=lambda finding: (finding.severity, finding.file, finding.line))
