"""The tutor's speech as a program gets it: chunks of PCM, each once and in order."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace

from tutor.core.audio.samples import BYTES_PER_SAMPLE
from tutor.core.protocol.frames import SpeechFrame
from tutor.core.protocol.messages import SpeechPosition


class SpeechInbox:
    """The tutor's audio that was received and not taken yet."""

    def __init__(self) -> None:
        self.rate = 24_000
        """Samples per second of the audio."""
        self._frames: deque[SpeechFrame] = deque()
        self._changed = asyncio.Event()
        self._reply, self._end = 0, 0  # up to here it was received
        self._hushed = 0  # the newest reply that was broken off
        self._is_over = False

    def receive(self, frame: SpeechFrame) -> None:
        """Take a frame; what was received before, on another connection, is passed over."""
        if frame.reply < self._reply or frame.reply <= self._hushed:
            return
        if frame.reply > self._reply:
            self._reply, self._end = frame.reply, 0
        known = self._end - frame.position
        if known > 0:
            pcm = frame.pcm[known * BYTES_PER_SAMPLE :]
            frame = replace(frame, position=self._end, pcm=pcm)
        if not frame.pcm:
            return
        self._end = frame.end
        self._frames.append(frame)
        self._changed.set()

    def hush(self, reply: int) -> None:
        """Drop what was not taken of a reply that was broken off."""
        self._hushed = max(self._hushed, reply)
        self._frames = deque(one for one in self._frames if one.reply > reply)

    def end(self) -> None:
        """Take note that no more comes."""
        self._is_over = True
        self._changed.set()

    async def take(self) -> SpeechFrame | None:
        """The next chunk, as soon as it is there; None: the session is over."""
        while not self._frames:
            if self._is_over:
                return None
            self._changed.clear()
            await self._changed.wait()
        return self._frames.popleft()

    def begin_anew(self) -> None:
        """Take note that another session has begun: its replies count from 1."""
        self._reply = self._end = self._hushed = 0

    @property
    def position(self) -> SpeechPosition | None:
        """Up to where the tutor's audio was received; None: nothing was."""
        if not self._reply:
            return None
        return SpeechPosition(self._reply, self._end * 1000 // self.rate)

    def to_ms(self, position: int) -> int:
        """A position of the audio in milliseconds."""
        return position * 1000 // self.rate
