"""Numbers: how figures are said, and which figures are meant."""
