"""The coach: exercises, phrases, answers, words to practise again."""
