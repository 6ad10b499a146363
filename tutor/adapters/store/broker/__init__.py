"""Celery's broker: jobs sent and taken, and what waits in its queues."""
