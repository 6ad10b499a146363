from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.audio import append_audio, read_audio, read_utterance
from tutor.adapters.store.client import Store, open_blocking_store, open_store
from tutor.core.audio.recognition import Recognition
from tutor.core.queue.jobs import AssessmentJob, Piece, RecognitionJob


@pytest.fixture
async def gateway(store: Settings) -> AsyncIterator[Store]:
    """A gateway's connection to an empty store."""
    client = open_store(store.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


async def test_a_partial_hears_all_there_is_and_a_final_its_own_length(
    gateway: Store, store: Settings
) -> None:
    """Audio is late-bound: a queued partial takes what came meanwhile, a final exactly its own."""
    worker = open_blocking_store(store.redis_url)
    partial = RecognitionJob("s1", "u1", "partial", 1, 1, 4, "en")
    await append_audio(gateway, "s1", "u1", b"abcd")
    await append_audio(gateway, "s1", "u1", b"efgh")
    assert read_audio(worker, partial) == b"abcdefgh"
    assert read_audio(worker, replace(partial, kind="final", audio_bytes=6)) == b"abcdef"
    assert read_audio(worker, replace(partial, kind="final", audio_bytes=10)) is None
    assert 0 < await gateway.ttl(keys.audio("s1", "u1")) <= keys.AUDIO_TTL_S


async def test_pieces_of_a_sentence_lie_where_they_were_spoken(
    gateway: Store, store: Settings
) -> None:
    """Between them is silence; where one of them is gone, there is no audio of the sentence."""
    worker = open_blocking_store(store.redis_url)
    await append_audio(gateway, "s1", "u1", b"abcd")
    await append_audio(gateway, "s1", "u2", b"efgh")
    whole = AssessmentJob("s1", "u2", 1, 4, Recognition("", "en"), before=(Piece("u1", 0, 4),))
    assert read_utterance(worker, replace(whole, offset_bytes=6)) == b"abcd\0\0efgh"
    assert read_utterance(worker, replace(whole, before=())) == b"efgh"
    assert read_utterance(worker, replace(whole, before=(Piece("u0", 0, 4),))) is None
