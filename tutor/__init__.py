"""A streaming voice tutor: speech in, words and feedback out, while the learner speaks."""
