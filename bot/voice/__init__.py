"""Speaking and listening. Knows no Rasa and no Telegram.

Channels use two things: :class:`bot.voice.voice.Voice` (a text in, a voice note out) and
:class:`bot.voice.listening.Ear` (a voice note in, words out), which is a :class:`Listener`.
"""

from bot.voice.listener import Heard, Listener

__all__ = ["Heard", "Listener"]
