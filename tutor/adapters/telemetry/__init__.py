"""What the operator sees: metrics and traces."""
