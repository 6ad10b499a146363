"""Pronunciation: how well the sounds of a text were spoken."""
