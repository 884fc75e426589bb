"""Least data: pseudonyms of chats, retention, erasure."""
