"""The root of the errors that a person can mend. Each message says what is wrong and the remedy."""

from pathlib import Path


class DromError(Exception):
    """Something that the operator or an editor of content can mend; shown without a trace."""


def describe(error: BaseException) -> str:
    """Return the kind and the place of an error for a log: its message may quote what a person wrote."""
    place = "an unknown place"
    trace = error.__traceback__
    while trace:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"
