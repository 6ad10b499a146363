"""Redis: sessions, audio, results, queues, limits."""
