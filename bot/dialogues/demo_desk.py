"""A desk for dialogues: it takes requests from where the made-up mediators work, and passes them to nobody."""

from __future__ import annotations

from bot.directory.directory import Directory
from bot.directory.mediators import Mediator
from bot.languages import Language
from bot.questionnaire.desk import CallbackRequest, Receipt, RequestRefused


class DemoDesk:
    """Open for the municipalities of a directory's mediators, whatever the language; keeps nothing.

    Args:
        directory: whose mediators would receive the requests.
    """

    def __init__(self, directory: Directory):
        self._directory = directory

    def is_open(self, municipality: str | None, language: Language) -> bool:
        """Whether one of them works there; with the place unknown: whether there is one."""
        return bool(self._at_work(municipality))

    def readers(self, municipality: str | None, language: Language) -> list[str]:
        """Return the organisations of those who work there."""
        return list(dict.fromkeys(mediator.organization for mediator in self._at_work(municipality)))

    def submit(self, request: CallbackRequest) -> Receipt:
        """Take a request.

        Raises:
            RequestRefused: nobody works there.
        """
        if not self.is_open(request.municipality, request.language):
            raise RequestRefused("No made-up mediator works there.")
        return Receipt("demo")

    def _at_work(self, municipality: str | None) -> list[Mediator]:
        if municipality is None:
            return self._directory.mediators
        return self._directory.mediators_for(municipality, None, None)
