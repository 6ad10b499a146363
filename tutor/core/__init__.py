"""The core: decisions as pure functions and state machines, without sockets, clocks or models."""
