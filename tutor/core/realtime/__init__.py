"""OpenAI's Realtime protocol, translated to a session."""
