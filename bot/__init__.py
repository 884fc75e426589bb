"""Drom: shows Roma jobseekers in Latvia the way to work and support."""

import os

# SQLAlchemy reads it when it is imported, which happens before Rasa is (bot/assistant/rasa_start.py).
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
