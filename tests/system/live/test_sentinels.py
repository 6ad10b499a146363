"""A store that Sentinels watch: its primary is killed while learners speak."""

import asyncio
from collections import Counter
from pathlib import Path

from tests.support.house import LEAN, served
from tests.support.pair import watched_pair
from tests.support.speech import spoken
from tutor.client import practise
from tutor.core.protocol.messages import (
    Error,
    ServerEvent,
    SessionStart,
    SessionSummary,
    SpeechStarted,
    TranscriptFinal,
)

LEARNERS, UTTERANCES = 4, 3


async def speak(url: str) -> list[ServerEvent]:
    """What one learner is told, who says the same some times, two seconds apart."""
    start = SessionStart("en", feedback=False)
    async with practise(url, start, resume=True) as client:

        async def play() -> None:
            for _ in range(UTTERANCES):
                await client.play(spoken("weather.flac").tobytes() + bytes(2 * 2 * 16_000))
            await client.end()

        playing = asyncio.create_task(play())
        told = [event async for _, event in client]
        await playing
        return told


async def test_every_utterance_has_one_end_when_the_primary_is_killed(tmp_path: Path) -> None:
    """Two gateways, a worker, a primary and its replica: the sessions go on, none is broken off,
    no utterance is lost, doubled or failed."""
    settings = LEAN | {"recogniser": "instant", "gateways": "2", "store_patience_s": "20"}
    with (
        watched_pair(tmp_path) as pair,
        served(tmp_path, **settings, redis_url=pair.url) as house,
    ):
        learners = [asyncio.create_task(speak(house.url)) for _ in range(LEARNERS)]
        await asyncio.sleep(6)  # of thirteen
        pair.primary.kill()
        for told in await asyncio.gather(*learners):
            begun = [event.utterance for event in told if isinstance(event, SpeechStarted)]
            ended = Counter(e.utterance for e in told if isinstance(e, TranscriptFinal))
            assert len(begun) == UTTERANCES
            assert ended == Counter(begun)
            assert not [event for event in told if isinstance(event, Error)]
            assert isinstance(told[-1], SessionSummary)
