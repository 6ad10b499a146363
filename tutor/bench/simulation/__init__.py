"""A queueing model of the live path: how many learners a machine would serve."""
