"""Feedback by models and dictionaries."""
