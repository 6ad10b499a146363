"""What follows an utterance's final: it is assessed, then answered."""
