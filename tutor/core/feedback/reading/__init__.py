"""Reading: which words of a known text were said."""
