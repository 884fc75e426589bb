"""Questionnaires: which question is next, how an answer is read, what follows from the answers. Knows no Rasa."""
