"""The doctor: what is wrong with a machine before a learner finds out, and what to do about it."""
