"""The server's voice reading words one by one, for files that learners take with them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing

from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.speech import read_voices
from tutor.adapters.voice.encoder import Encoder
from tutor.core.voice.request import SpeechRequest, UnspeakableError, speakable_text
from tutor.core.voice.voices import VoiceFacts, voice_for
from tutor.shells.http.services import Services
from tutor.shells.voice.speaking import Speaking, SpeechFailedError

log = logging.getLogger(__name__)

RATE = 24_000
"""Samples in a second of what is read."""

Word = tuple[str, str]
"""A word and its language."""


async def read_words(services: Services, words: Sequence[Word]) -> dict[Word, bytes]:
    """Each word as MP3, as far as there is a voice for its language and time for it
    (`TUTOR_CARDS_VOICE_S`); what cannot be read is left out."""
    read: dict[Word, bytes] = {}
    try:
        voices = await read_voices(services.store)
        async with asyncio.timeout(services.settings.cards_voice_s):
            for text, language in words:
                voice = voice_for(voices, language)
                request = voice and await _request(services, text, voice)
                if request:
                    read[text, language] = await _read(services, request)
    except TimeoutError:
        log.info("words that the voice had no time to read: %d", len(words) - len(read))
    except (StoreError, SpeechFailedError) as error:
        log.warning("words are not read by the voice: %s", error)
    return read


async def _request(services: Services, text: str, voice: VoiceFacts) -> SpeechRequest | None:
    try:
        most = services.settings.speech_max_chars
        spoken = await asyncio.to_thread(speakable_text, text, voice, most)
    except UnspeakableError:
        return None
    return SpeechRequest(spoken, voice.id, 1.0, RATE)


async def _read(services: Services, request: SpeechRequest) -> bytes:
    encoder = Encoder("mp3", RATE)
    made = b""
    async with aclosing(Speaking(services, request).clauses()) as clauses:
        async for pcm in clauses:
            made += encoder.feed(pcm)
    return made + encoder.end()
