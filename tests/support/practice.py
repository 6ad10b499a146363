"""A learner for tests: plays audio into a running server and gathers what comes back."""

import asyncio
from dataclasses import dataclass, field
from typing import TypeVar

from tutor.client import practise
from tutor.core.audio.samples import Samples
from tutor.core.protocol.messages import (
    AudioFormat,
    Error,
    ServerEvent,
    SessionStart,
    SessionSummary,
    SpeechStarted,
    TranscriptFinal,
    TranscriptPartial,
)

Event = TypeVar("Event", bound=ServerEvent)


@dataclass
class Heard:
    """All that one session brought."""

    events: list[tuple[int, ServerEvent]] = field(default_factory=list)
    close_code: int | None = None

    def of(self, kind: type[Event]) -> list[Event]:
        """The events of one class, in order."""
        return [event for _, event in self.events if isinstance(event, kind)]

    @property
    def finals(self) -> list[TranscriptFinal]:
        """All finals."""
        return self.of(TranscriptFinal)

    @property
    def partials(self) -> list[TranscriptPartial]:
        """All partials."""
        return self.of(TranscriptPartial)

    @property
    def text(self) -> str:
        """The finals' text."""
        return " ".join(final.text for final in self.finals if final.text)

    def assert_whole(self) -> None:
        """The promises that every session keeps."""
        assert [seq for seq, _ in self.events] == list(range(2, len(self.events) + 2))
        begun = [event.utterance for event in self.of(SpeechStarted)]
        ended = [final.utterance for final in self.finals]
        failed = [error.utterance for error in self.of(Error) if error.utterance]
        assert sorted(begun) == sorted(ended + failed)
        assert len(self.of(SessionSummary)) == 1
        assert self.close_code == 1000


async def hear(
    url: str,
    audio: Samples,
    *,
    start: SessionStart | None = None,
    rate: int = 16_000,
    speed: float = 1.0,
) -> Heard:
    """Play audio (int16 at `rate`) into a session and return all that came until it closed."""
    heard = Heard()
    start = start or SessionStart("en", audio=AudioFormat(sample_rate=rate), feedback=False)
    async with practise(url, start) as client:

        async def play() -> None:
            await client.play(audio.tobytes(), speed)
            await client.end()

        player = asyncio.create_task(play())
        async for numbered in client:
            heard.events.append(numbered)
        await player
        heard.close_code = client.close_code
    return heard
