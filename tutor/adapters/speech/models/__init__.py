"""Whisper's weights: where they are found, and how a language's own are made of them."""
