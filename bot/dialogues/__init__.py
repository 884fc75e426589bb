"""Scripted dialogues: reading, running and reporting them, and the page where they are written."""
