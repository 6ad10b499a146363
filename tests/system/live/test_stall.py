"""A gateway that stands still while a learner speaks: a suspended or a swapping machine."""

import asyncio
import signal
from pathlib import Path

import numpy as np

from tests.support.fleet import fleet
from tests.support.house import SOON_S, House
from tests.support.practice import Heard, hear
from tests.support.speech import TEXTS, silence, spoken, wer
from tutor.bench.chaos.relay import relay_to
from tutor.client import practise
from tutor.core.audio.samples import RATE
from tutor.core.protocol.messages import Error, SessionStart, TranscriptFinal

STALL_S = 6.0
"""More than the burst that a client may send at once."""


async def test_a_gateway_that_stalls_does_not_throw_its_learners_out(tmp_path: Path) -> None:
    """What was said while it stood still comes to it at once, and is understood on the same
    connection."""
    recordings = ("weather.flac", "market.flac", "train.flac", "question.flac")
    with fleet(tmp_path, reuse_port="false") as parts:
        gateway = parts.gateway()
        parts.worker()
        heard = Heard()
        async with practise(parts.url, SessionStart("en", feedback=False)) as client:

            async def play() -> None:
                for name in recordings:
                    await client.play(spoken(name).tobytes() + silence(1.5).tobytes())
                await client.end()

            playing = asyncio.create_task(play())
            await asyncio.sleep(2.0)
            gateway.send_signal(signal.SIGSTOP)
            await asyncio.sleep(STALL_S)
            gateway.send_signal(signal.SIGCONT)
            async with asyncio.timeout(SOON_S):
                async for numbered in client:
                    heard.events.append(numbered)
                await playing
            heard.close_code = client.close_code
        assert "did not run for" in parts.log()
    assert heard.of(Error) == []
    heard.assert_whole()
    assert wer(" ".join(TEXTS[name] for name in recordings), heard.text) <= 0.15


async def test_a_line_that_stalls_in_mid_word_ends_no_utterance(lean: House) -> None:
    """It holds back for longer than a microphone may be silent: the client answers no ping, so what
    it said comes later, and the sentence is one."""
    audio = np.concatenate((spoken("long.flac"), silence(1.5)))
    async with relay_to(lean.url) as (url, relay):
        hearing = asyncio.create_task(hear(url, audio))
        await asyncio.sleep(3.0)
        await relay.hold(STALL_S)
        heard = await hearing
    heard.assert_whole()
    assert len(heard.finals) == 1
    assert wer(TEXTS["long.flac"], heard.text) <= 0.1


async def test_a_microphone_that_is_muted_in_mid_word_ends_its_utterance(lean: House) -> None:
    """Its client is there and answers pings: the silence is real, and what was heard is told."""
    half = spoken("long.flac")[: 4 * RATE]
    async with practise(lean.url, SessionStart("en", feedback=False)) as client:
        await client.play(half.tobytes())
        async with asyncio.timeout(SOON_S):
            text = await anext(
                event.text async for _, event in client if isinstance(event, TranscriptFinal)
            )
        assert "When I was a child" in text
        await client.end()
