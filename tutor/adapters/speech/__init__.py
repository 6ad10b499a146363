"""Speech: recognition, voice activity, media."""
