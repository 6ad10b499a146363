"""Text: how written words compare, and how they are said."""
