"""The queue: what crosses it to workers and back, and when a job may enter it."""
