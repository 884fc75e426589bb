"""Text to speech, speech to text."""

from bot.voice.listener import Heard, Listener

__all__ = ["Heard", "Listener"]
