"""Speaking: what of a text is said, clause by clause, in which sounds, and where to go on."""
