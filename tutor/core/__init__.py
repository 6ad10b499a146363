"""The decisions: pure functions and state machines without sockets, clocks or models."""
