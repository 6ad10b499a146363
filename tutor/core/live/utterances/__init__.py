"""From speech probabilities to words: a session's utterances."""
