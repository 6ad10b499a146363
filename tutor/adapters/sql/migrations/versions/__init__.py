"""A file a step; additive, so that old and new processes run beside each other in a deploy."""
