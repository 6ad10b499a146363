"""Routes of uploaded files."""
