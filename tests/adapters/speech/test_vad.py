import asyncio

import numpy as np
import pytest

from tests.support.speech import noise, silence, spoken
from tutor.adapters.speech.vad import Vad, VadBatcher
from tutor.core.audio.samples import WINDOW, Samples


def windows(samples: Samples) -> list[Samples]:
    """Whole windows of 512 samples."""
    return list(samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW))


@pytest.fixture(scope="module")
def vad() -> Vad:
    """The loaded model."""
    return Vad()


def test_speech_is_told_from_silence_and_noise(vad: Vad) -> None:
    """Most windows of a sentence are speech; none of silence or room noise is."""
    heard = vad.stream().probabilities(windows(spoken("train.flac")))
    assert np.mean(np.array(heard) >= 0.5) > 0.6
    for quiet in (silence(3), noise(3, 0.003), noise(3, 0.03)):
        assert max(vad.stream().probabilities(windows(quiet))) < 0.5


async def test_a_batch_hears_each_stream_as_if_it_were_alone(vad: Vad) -> None:
    """Streams that are run together get the probabilities they would get by themselves."""
    names = ["train.flac", "weather.flac", "market.flac", "question.flac"]
    batcher = VadBatcher(vad)
    together = await asyncio.gather(
        *(batcher.probabilities(batcher.stream(), windows(spoken(name))) for name in names)
    )
    for name, heard in zip(names, together, strict=True):
        alone = vad.stream().probabilities(windows(spoken(name)))
        assert heard == pytest.approx(alone, abs=1e-4)


async def test_a_cancelled_stream_does_not_stop_the_others(vad: Vad) -> None:
    """A session that goes away between two windows leaves the batch working."""
    batcher = VadBatcher(vad)
    gone = asyncio.create_task(
        batcher.probabilities(batcher.stream(), windows(spoken("long.flac")))
    )
    await asyncio.sleep(0)
    gone.cancel()
    heard = await batcher.probabilities(batcher.stream(), windows(spoken("train.flac")))
    assert max(heard) > 0.9


async def test_what_cannot_be_heard_ends_the_wait_of_all(vad: Vad) -> None:
    """An error reaches each who waits: their sessions end and do not hang, and the next goes on."""
    batcher = VadBatcher(vad)
    good, bad = windows(spoken("two_words.flac"))[:3], [np.zeros(7, np.int16)]
    waits = [batcher.probabilities(batcher.stream(), some) for some in (good, bad)]
    async with asyncio.timeout(5):
        errors = await asyncio.gather(*waits, return_exceptions=True)
        assert all(isinstance(error, ValueError) for error in errors)
        assert len(await batcher.probabilities(batcher.stream(), good)) == len(good)
