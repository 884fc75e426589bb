"""The ways in: how a message comes from a person, and how a reply goes back."""
