"""The processes: gateway, worker, supervisor and command line; they carry, they do not decide."""
