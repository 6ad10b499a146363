"""The processes that work: recognition, feedback, uploaded files."""
