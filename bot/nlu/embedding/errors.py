"""What can go wrong when an embedding is loaded."""

from __future__ import annotations


class EmbeddingUnavailableError(Exception):
    """The sentence embedding can't be loaded; the message says why and what to do."""

    @classmethod
    def missing_package(cls, package: str) -> EmbeddingUnavailableError:
        """Return the error for a Python package that is not installed."""
        return cls(
            f"The sentence embedding needs the package {package!r}, which is not installed here. "
            f"Install the project's dependencies (uv sync), or it alone (uv pip install {package})."
        )
