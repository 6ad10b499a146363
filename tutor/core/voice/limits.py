"""Limits of what may be spoken, each with its unit and its default."""

from __future__ import annotations

MOST_CHARS = 4096
"""Characters of the longest text by default, as OpenAI has it: some five minutes of speech."""

SLOWEST, FASTEST = 0.25, 4.0
"""Speeds that may be asked for by default, as OpenAI has them; 1 is the voice's own."""

SAID_FACTOR = 2
"""How many times longer than the longest text its spoken form may be: a page of figures is minutes
of speech."""
