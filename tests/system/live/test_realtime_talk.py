"""A conversation through the official `openai` client, with real speech both ways."""

import asyncio
import base64
import io
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from openai import AsyncOpenAI

from tests.support.house import House
from tests.support.speech import TEXTS, silence, spoken, wer
from tests.system.live.test_realtime import COMPLETED, Heard, at_24k

MISHEARD = 0.4
"""The share of words that the recogniser may hear otherwise of a short reply full of quotations;
the reply to another turn would have none in common."""

AUDIO = "response.output_audio.delta"
PLAYED_MS = 300


@asynccontextmanager
async def talking(house: House) -> AsyncIterator[tuple[AsyncOpenAI, Heard]]:
    """A connection as a voice agent opens it, its session configured."""
    client = AsyncOpenAI(base_url=f"{house.url}/v1", api_key="any")
    async with client.realtime.connect(model="gpt-realtime") as connection:
        heard = Heard(connection)
        gathering = asyncio.create_task(heard.gather())
        await connection.session.update(
            session={
                "type": "realtime",
                "instructions": "You are a friendly teacher.",
                "audio": {
                    "input": {
                        "transcription": {"model": "gpt-4o-mini-transcribe", "language": "en"},
                        "turn_detection": {"type": "semantic_vad", "eagerness": "high"},
                    },
                    "output": {"voice": "marin"},
                },
            }
        )
        await heard.until(lambda: bool(heard.of("session.updated")))
        yield client, heard
    await gathering
    await client.close()


def pcm_of(heard: Heard, response: str) -> bytes:
    """The audio of a response."""
    deltas = [event for event in heard.of(AUDIO) if event.response_id == response]
    return b"".join(base64.b64decode(event.delta) for event in deltas)


def as_wav(pcm: bytes) -> bytes:
    """PCM16 at 24 kHz as a file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(24_000)
        out.writeframes(pcm)
    return file.getvalue()


async def test_the_official_client_holds_a_conversation(house: House) -> None:
    """It is answered aloud, and what it gets is what the transcript says; who speaks on is
    listened to, and who asks for an answer without a word is spoken to."""
    async with talking(house) as (client, heard):
        await heard.play(at_24k(spoken("market.flac"), silence(1.2)))
        await heard.until(lambda: bool(heard.of("response.done")))
        (done,) = heard.of("response.done")
        assert wer(TEXTS["market.flac"], heard.of(COMPLETED)[0].transcript) <= 0.15
        assert done.response.status == "completed"
        transcript = done.response.output[0].content[0].transcript
        deltas = heard.of("response.output_audio_transcript.delta")
        assert "".join(event.delta for event in deltas) == transcript
        sound = as_wav(pcm_of(heard, done.response.id))
        again = await client.audio.transcriptions.create(
            file=("said.wav", sound), model="gpt-4o-transcribe", language="en"
        )
        assert wer(transcript, again.text) <= MISHEARD, (transcript, again.text)

        # The tutor is still being heard: what the learner says now breaks it off.
        item = done.response.output[0].id
        begun = len(heard.of("input_audio_buffer.speech_started"))
        playing = asyncio.create_task(heard.play(at_24k(spoken("weather.flac"), silence(1.2))))
        await heard.until(lambda: len(heard.of("input_audio_buffer.speech_started")) > begun)
        await heard.connection.conversation.item.truncate(
            item_id=item, content_index=0, audio_end_ms=PLAYED_MS
        )
        await heard.until(lambda: bool(heard.of("conversation.item.truncated")))
        await playing
        await heard.until(lambda: len(heard.of("response.done")) == 2)
        assert heard.of("response.done")[1].response.status == "completed"
        assert wer(TEXTS["weather.flac"], heard.of(COMPLETED)[1].transcript) <= 0.15

        await heard.connection.response.create(response={"metadata": {"who": "asks"}})
        await heard.until(lambda: len(heard.of("response.done")) == 3)
    last = heard.of("response.done")[2].response
    assert last.metadata == {"who": "asks"}
    assert np.frombuffer(pcm_of(heard, last.id), "<i2").any()
    assert not heard.of("error")
