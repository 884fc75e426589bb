"""The mediators' reference: search over the cards, pages to read and print, a static export.

Knows the directory and the folding of texts; no Rasa but in ``pages.py``, no Telegram.
"""
