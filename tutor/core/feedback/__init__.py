"""Feedback: what an utterance was like."""
