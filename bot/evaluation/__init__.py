"""Measuring understanding against labelled messages: what `drom evaluate` does."""
