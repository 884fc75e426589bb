"""The assistant: Rasa, with what Drom needs around it (context, actions in process, never silent)."""
