"""The likely cause of a failure, for people who know the dialogue and not the program."""

from __future__ import annotations

from bot.dialogues.assertions import Failure, IntentIs, Seen, seen_language
from bot.dialogues.results import Cause, Explained
from bot.dialogues.script import Say, Speak, Step, Tap

TEXT_KINDS = frozenset({"bot_uttered", "not_uttered"})
PLACE_KINDS = frozenset({"routed_to", "not_routed_to", "slot_was_set", "slot_was_not_set", "asked_for"})


def explain(
    failures: list[Failure], step: Step, seen: Seen, error: str | None, text_before: str | None
) -> list[Explained]:
    """Return failures with their likely causes.

    Args:
        failures: of one turn.
        step: the step.
        seen: what happened.
        error: where an action failed in this turn, if one did.
        text_before: the text of this turn in an earlier run that passed, where it is known.
    """
    causes = _common_cause(failures, step, seen, error)
    explained = []
    for failure in failures:
        cause = causes or _own_cause(failure, step, seen, text_before)
        explained.append(Explained(failure, cause))
    return explained


def _common_cause(failures: list[Failure], step: Step, seen: Seen, error: str | None) -> Cause | None:
    """Return the cause that explains everything that failed in the turn."""
    if error:
        return Cause("crashed", {"error": error})
    if isinstance(step.user, Speak) and seen.turn.intent is None:
        return Cause("not_heard")
    wanted = next((a for a in step.assertions if isinstance(a, IntentIs)), None)
    if wanted is None or not any(failure.kind == "intent" for failure in failures):
        return None
    return _understood(wanted.intents, step, seen)


def _understood(wanted: tuple[str, ...], step: Step, seen: Seen) -> Cause:
    """Return the cause: it was understood as something else."""
    turn = seen.turn
    came = {"intent": turn.intent or "–", "confidence": f"{turn.confidence:.2f}"}
    if not isinstance(step.user, (Say, Speak)):
        return Cause("sent", came)
    if "nlu_fallback" in wanted:
        return Cause("understood_as", came)
    ranked = [entry for entry in turn.ranking if entry.get("name") != "nlu_fallback"]
    for place, entry in enumerate(ranked, start=1):
        if entry.get("name") in wanted:
            rank = {"wanted": entry["name"], "place": place, "wanted_confidence": f"{entry.get('confidence', 0.0):.2f}"}
            kind = "unsure" if turn.intent == "nlu_fallback" else "understood"
            return Cause(kind, {**came, **rank})
    return Cause("understood_unranked", {**came, "wanted": ", ".join(wanted)})


def _own_cause(failure: Failure, step: Step, seen: Seen, text_before: str | None) -> Cause | None:
    turn = seen.turn
    is_typed = isinstance(step.user, Say)
    if failure.kind in TEXT_KINDS:
        language = seen_language(seen)
        if "language:" in failure.expected and turn.language and language != turn.language:
            return Cause("mixed", {"talk": turn.language, "text": language or "–"})
        if text_before is not None and text_before != seen.text:
            return Cause("changed", {"before": text_before})
    if failure.kind in PLACE_KINDS:
        place = turn.slots.get("place") or turn.slots.get("municipality")
        return Cause("place", {"place": place}) if place else Cause("no_place")
    asserts_intent = any(isinstance(assertion, IntentIs) for assertion in step.assertions)
    if is_typed and not asserts_intent:
        return Cause("understood_as", {"intent": turn.intent or "–", "confidence": f"{turn.confidence:.2f}"})
    if isinstance(step.user, Tap) and failure.kind == "button":
        return Cause("button_gone")
    return None
