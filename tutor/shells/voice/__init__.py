"""Speech over HTTP: a text in, sound out while it is made."""
