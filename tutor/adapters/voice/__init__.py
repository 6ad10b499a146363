"""The tutor's voices: text in, samples out."""
