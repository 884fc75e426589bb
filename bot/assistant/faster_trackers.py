"""What Rasa does again for each state of a talk, done once: a session of twelve messages has some forty states.

Used by :mod:`bot.assistant.faster_rasa`; a test compares the states with Rasa's own.
"""

from __future__ import annotations

import weakref

from rasa.shared.core.domain import Domain, SubState
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

ORIGINALS = (Domain._get_user_sub_state, DialogueStateTracker.__init__)

_KEPT = "_drom_user_sub_state"


def make_trackers_faster() -> None:
    """Replace the two; once is enough, and more does no harm."""
    Slot.__copy__ = _copied_slot
    Domain._get_user_sub_state = _user_sub_state


def _copied_slot(self: Slot) -> Slot:
    """Return a copy as ``copy.copy`` makes it, without asking the class how: each tracker copies all slots."""
    kind = type(self)
    copied: Slot = object.__new__(kind)
    copied.__dict__.update(self.__dict__)
    return copied


def _user_sub_state(self: Domain, tracker: DialogueStateTracker) -> SubState:
    """Return what a state says of the message, as ``Domain._get_user_sub_state`` does; it is kept with the message.

    It is the same in every state after a message, until an event changes one of the two fields that are compared.
    """
    message = tracker.latest_message
    if not message:
        return {}
    made_of = (message.use_text_for_featurization, len(message.entities))
    kept = message.__dict__.get(_KEPT)
    if kept is None or kept[0]() is not self or kept[1] != made_of:
        # A weak reference, so that a copy of the message is not a copy of the domain.
        kept = message.__dict__[_KEPT] = (weakref.ref(self), made_of, ORIGINALS[0](self, tracker))
    return dict(kept[2])
