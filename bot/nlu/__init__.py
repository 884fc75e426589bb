"""Understanding: what a message says, whatever its spelling. Pure functions, and Rasa components around them."""
