"""Feedback: how an utterance was read, pronounced, paced and worded."""
