"""Turns: when the learner has finished, and how long they may think."""
