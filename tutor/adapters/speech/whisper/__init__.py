"""Whisper: its model loaded, its window fitted, its words believed or not."""
