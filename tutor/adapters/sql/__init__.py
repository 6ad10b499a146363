"""The database: accounts, history, decks, uploaded files."""
