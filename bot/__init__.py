"""Drom: shows Roma jobseekers in Latvia the way to work and support."""

import os

# SQLAlchemy reads it when it is imported, which happens before Rasa is (bot/assistant/rasa_start.py).
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

# OpenBLAS reads it when NumPy is imported. Its second thread waits for work by spinning: with the small
# products of one message that costs as much processor time as all the rest of the turn.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
