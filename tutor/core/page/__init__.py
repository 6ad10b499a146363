"""The web page as a browser gets it: a few files instead of its many modules."""
