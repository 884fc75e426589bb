"""Prometheus metrics of the running assistant. Labels are closed sets; none says anything about a person."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.assistant.observing import Observed

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
FALLBACKS = ("nlu_fallback", "not_helpful")
CHANNELS = frozenset({"web", "telegram"})


class Metrics:
    """Counts turns.

    Args:
        intents: the intents that there are; anything else is counted as ``other``.
    """

    def __init__(self, intents: frozenset[str] = frozenset()):
        self.registry = CollectorRegistry()
        self._intents = intents
        self.messages = Counter("drom_messages", "Messages answered", ["channel", "language"], registry=self.registry)
        self.intents = Counter("drom_intents", "Messages by intent", ["intent"], registry=self.registry)
        self.fallbacks = Counter("drom_fallbacks", "Messages that were not understood", registry=self.registry)
        self.errors = Counter(
            "drom_errors", "Turns that ended in an apology, by kind of error", ["kind"], registry=self.registry
        )
        self.seconds = Histogram(
            "drom_reply_seconds", "What a person waits for a reply", buckets=SECONDS, registry=self.registry
        )
        self.parts = Histogram(
            "drom_part_seconds", "Latency by part of a turn", ["part"], buckets=SECONDS, registry=self.registry
        )
        self.refused = Counter(
            "drom_web_refused", "Requests of the web chat that were refused", ["reason"], registry=self.registry
        )

    def observe(self, observed: Observed) -> None:
        """Count a turn."""
        intent = observed.turn.intent or "none"
        channel = observed.channel if observed.channel in CHANNELS else "other"
        self.messages.labels(channel, observed.language).inc()
        self.intents.labels(intent if intent in self._intents or intent in FALLBACKS else "other").inc()
        if intent in FALLBACKS:
            self.fallbacks.inc()
        if observed.error:
            self.errors.labels(observed.error).inc()
        self.seconds.observe(observed.seconds)
        for name, seconds in observed.parts.items():
            self.parts.labels(name).observe(seconds)

    def gauge(self, name: str, what: str, value: Callable[[], float]) -> None:
        """Add a figure that is read when it is asked for."""
        Gauge(name, what, registry=self.registry).set_function(value)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return bytes(generate_latest(self.registry))
