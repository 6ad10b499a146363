"""The adapters: each file wraps one third party for the core and the shells."""
