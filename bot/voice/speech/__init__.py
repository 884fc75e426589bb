"""What is read aloud of a text: as a person would say it, in words that a voice can read.

Numbers, dates, telephone numbers, amounts, addresses and abbreviations become words, in the right
case; pictures and the line about the source are left out. The words stand in ``data/speech/``.
"""

from bot.voice.speech.reading import sentences, spoken

__all__ = ["sentences", "spoken"]
