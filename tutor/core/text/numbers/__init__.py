"""Numbers: how figures are spoken, and which figures spoken numbers stand for."""
