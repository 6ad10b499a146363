"""Grammar: rules of English that learners break, as data, and what finds them in a transcript."""
