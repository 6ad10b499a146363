"""Voices of any server with OpenAI's `/audio/speech`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tutor.adapters.settings import Settings, comma_list
from tutor.adapters.voice.voice import Said, VoiceError
from tutor.core.voice.voices import VoiceFacts

if TYPE_CHECKING:  # it takes most of a second to import, and few need it
    import openai

RATE = 24_000
"""Samples in a second of OpenAI's `pcm`."""

NO_KEY = "none"
"""Sent to a server that asks for no key: the client cannot do without one."""


class RemoteVoice:
    """One voice of a server, asked clause by clause."""

    def __init__(self, settings: Settings, facts: VoiceFacts, name: str) -> None:
        from openai import OpenAI

        self.facts = facts
        self._name = name
        self._model = settings.tts_model
        self._client = OpenAI(
            base_url=settings.tts_url,
            api_key=settings.tts_api_key.get_secret_value() or NO_KEY,
            timeout=settings.tts_timeout_s,
            max_retries=1,
        )

    def close(self) -> None:
        """Close the connections to the server."""
        self._client.close()

    @property
    def sample_rate(self) -> int:
        """Samples of its audio in a second."""
        return RATE

    def say(self, clause: str, speed: float) -> Said:
        """Say a clause; when its words are said is not known.

        Raises:
            VoiceError: the server does not answer, or refuses.
        """
        import openai

        try:
            answer = self._client.audio.speech.create(
                input=clause,
                model=self._model,
                voice=self._name,
                response_format="pcm",
                speed=speed,
            )
            pcm = answer.read()
        except openai.OpenAIError as error:
            raise VoiceError(_why(error)) from error
        return Said(np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.int16))


def _why(error: openai.OpenAIError) -> str:
    """What went wrong, in words of ours: a server's may quote the text, or the key."""
    import openai

    match error:
        case openai.APITimeoutError():
            return "its server does not answer in time"
        case openai.APIConnectionError():
            return "its server cannot be reached"
        case openai.APIStatusError():
            return f"its server refuses (HTTP {error.status_code})"
        case _:
            return "its server failed"


def remote_facts(settings: Settings) -> list[VoiceFacts]:
    """The voices that the settings name of a server; none without one."""
    if not settings.tts_url:
        return []
    names = sorted(comma_list(settings.tts_voices))
    return [VoiceFacts(name, "", "openai", "the server's", settings.tts_url) for name in names]
