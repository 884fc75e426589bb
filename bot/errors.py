"""The root of the errors that a person can mend. Each message says what is wrong and the remedy."""


class DromError(Exception):
    """Something that the operator or an editor of content can mend; shown without a trace."""
