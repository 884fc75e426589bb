"""What can go wrong with sound. Each error knows the kind words that a person is told."""

from __future__ import annotations

from bot.errors import DromError
from bot.languages import Language
from bot.texts import text


class VoiceError(DromError):
    """Something about sound did not work; ``key`` names the words for the person in ``data/texts/voice.yml``."""

    key = "not_heard"

    def explanation(self, language: Language) -> str:
        """Return what the person is told."""
        return text("voice", self.key, language)


class NoListener(VoiceError):
    """No engine turns speech into text here."""

    key = "no_listener"


class RecordingEmpty(VoiceError):
    """The recording has no bytes or no sound in it."""

    key = "recording_empty"


class RecordingBroken(VoiceError):
    """The recording is no sound file, or damaged."""

    key = "recording_broken"


class RecordingTooLong(VoiceError):
    """The recording is longer than what is listened to."""

    key = "recording_too_long"


class RecordingTooLarge(VoiceError):
    """The file is larger than what is listened to."""

    key = "recording_too_large"


class NothingHeard(VoiceError):
    """There is sound, and no words could be made out."""

    key = "nothing_heard"


class LanguageNotHeard(VoiceError):
    """The engine does not understand this language well enough to be trusted."""

    key = "language_not_heard"


class ListeningFailed(VoiceError):
    """The engine failed or took too long."""

    key = "listening_failed"


class SpeakingFailed(VoiceError):
    """No engine could speak this text."""

    key = "speaking_failed"
