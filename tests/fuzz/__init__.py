"""Generated bad input: messages, buttons, updates and sheets that nobody would write by hand."""
