"""Jobs on their way to the workers, as all that asks for them shares it."""
