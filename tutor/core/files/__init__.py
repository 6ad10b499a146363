"""Uploaded files: what is made of one, from its pieces to its transcript."""
