"""The practice protocol: messages, errors, limits."""
