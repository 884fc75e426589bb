"""What keeps people unknown: pseudonyms, redaction, retention, erasure."""
