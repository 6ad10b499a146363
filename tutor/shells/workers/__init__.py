"""The Celery workers."""
