"""Live practice: one learner's session and its parts."""
