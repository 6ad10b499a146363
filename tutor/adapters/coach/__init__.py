"""The language model, and the coach's files."""
