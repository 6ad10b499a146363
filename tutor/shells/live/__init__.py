"""Live practice over sockets."""
