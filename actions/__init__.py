"""Rasa custom actions: they read slots, ask the directory, reply and return events. Nothing more."""
