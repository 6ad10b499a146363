"""Uploaded files: from pieces to a transcript."""
