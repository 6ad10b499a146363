"""The store, Redis: sessions, audio, results, queues, limits."""
