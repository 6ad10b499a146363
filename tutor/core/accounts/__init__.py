"""Accounts: who asks, what they may use, what is noted of them."""
