"""Text: how written words are compared, and how they are spoken."""
