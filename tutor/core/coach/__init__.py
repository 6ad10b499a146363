"""The coach: exercises, phrases, replies, and words to practise again."""
