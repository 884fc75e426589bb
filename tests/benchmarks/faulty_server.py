"""The assistant as `drom run` starts it, but made to fail from outside.

    DROM_PORT=5005 python -m tests.benchmarks.faulty_server CONTROL_FILE [MODEL]

What CONTROL_FILE holds goes wrong: ``hang`` (the action that shows a card blocks its thread for a minute), ``raise``
(it raises), ``clock -3600`` (the process's clock is set by so many seconds; its steady clock stays as it is).
With MODEL nothing is trained: that file is loaded, whatever is in it.
"""

from __future__ import annotations

import datetime
import sys
import threading
import time
import types
from pathlib import Path
from typing import Any

HANG_S = 60.0
LOOK_EVERY_S = 0.1


class Control:
    """What is to go wrong now."""

    def __init__(self, file: Path):
        self._file = file
        self.fault = ""
        self.clock_s = 0.0
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            told = self._file.read_text() if self._file.exists() else ""
            name, _, value = told.partition(" ")
            self.fault, self.clock_s = name, float(value) if name == "clock" else 0.0
            time.sleep(LOOK_EVERY_S)


def set_clock(control: Control) -> None:
    """Have every clock of this process that can be set shifted by the control; before anything else is imported."""
    real = time.time

    class Shifted(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.datetime.now(tz) + datetime.timedelta(seconds=control.clock_s)

    time.time = lambda: real() + control.clock_s
    from bot import clock

    clock.datetime = types.SimpleNamespace(**{**vars(datetime), "datetime": Shifted})  # type: ignore[assignment]


def serve(control: Control, model: Path | None = None) -> None:
    """Serve until terminated, as the command line does."""
    set_clock(control)
    from bot import server  # before Rasa: it sets how that is imported

    # isort: split
    from actions.services import ShowService
    from bot import cli

    answer = ShowService.answer

    def faulty(self: ShowService, talk: Any) -> Any:
        if control.fault == "hang":
            time.sleep(HANG_S)
        if control.fault == "raise":
            raise RuntimeError("a deliberate fault")
        return answer(self, talk)

    ShowService.answer = faulty  # type: ignore[method-assign]
    if model is not None:
        server.train = lambda: model
    sys.argv[1:] = ["run"]
    cli.main()


if __name__ == "__main__":
    control_file, *model_file = map(Path, sys.argv[1:])
    serve(Control(control_file), *model_file)
