"""All that a learner waits for and that is not recognition."""
