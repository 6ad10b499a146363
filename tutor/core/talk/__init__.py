"""Conversations that go somewhere: scenarios, what is understood of an answer, what is replied."""
