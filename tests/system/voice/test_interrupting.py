"""The learner interrupts the tutor: the whole product between the two."""

from __future__ import annotations

import asyncio

from tests.support.house import SOON_S, House
from tests.support.speech import spoken
from tutor.client import (
    PracticeClient,
    SessionStart,
    Speech,
    TutorReplyDone,
    TutorSpeechCancelled,
    practise,
)
from tutor.core.audio.samples import RATE

START = SessionStart("en", speech=Speech(sample_rate=16_000))

PATIENCE_S = 3 * SOON_S
SECOND = bytes(2 * RATE)

HEARD_MS = 1_000
"""Of the first reply; then the loudspeaker stands still until somebody interrupts."""


async def test_who_speaks_while_the_tutor_does_is_heard_and_answered(house: House) -> None:
    """The tutor falls silent, knows what was heard of it, and answers what was said instead."""
    async with asyncio.timeout(PATIENCE_S), practise(house.url, START) as session:
        reading = asyncio.create_task(_replies(session))
        await _interrupt(session)
        cancelled, replies = await reading
    assert cancelled.reason == "interrupted"
    assert 0 < cancelled.heard_ms <= HEARD_MS
    first, second = replies
    assert cancelled.utterance == first.utterance != second.utterance
    assert cancelled.heard
    assert first.text.startswith(cancelled.heard)


async def _replies(session: PracticeClient) -> tuple[TutorSpeechCancelled, list[TutorReplyDone]]:
    """The end of the first reply's speech, and the replies up to the one after it."""
    cancelled, replies = None, []
    async for _, event in session:
        match event:
            case TutorSpeechCancelled():
                cancelled = event
            case TutorReplyDone():
                replies.append(event)
        if cancelled is not None and len(replies) == 2:
            return cancelled, replies
    raise AssertionError(f"the session is over after {replies}")


async def _interrupt(session: PracticeClient) -> None:
    await session.play(spoken("market.flac").tobytes() + SECOND)
    silence = asyncio.create_task(session.play(300 * SECOND))  # a microphone never stops
    frame = await session.inbox.take()
    silence.cancel()
    assert frame is not None
    await session.played(frame.reply, HEARD_MS)
    await session.play(spoken("long.flac").tobytes() + 3 * SECOND)
