"""The language model, and the data files of the coach."""
