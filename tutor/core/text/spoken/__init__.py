"""Spoken: the ways in which written text can be said, in one place for all who need them."""
