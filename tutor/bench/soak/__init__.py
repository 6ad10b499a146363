"""A server that serves for a long time, and what grows in it."""
