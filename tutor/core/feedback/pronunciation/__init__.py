"""Pronunciation: how well sounds were made."""
