"""OpenAI's realtime protocol, translated to a session."""
