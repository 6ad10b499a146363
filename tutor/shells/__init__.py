"""The shells: gateway, workers, supervisor and command line; they carry, they do not decide."""
