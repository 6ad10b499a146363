"""What a session has received from its client: how much, how fast, and how much of it is safe."""

from __future__ import annotations

from tutor.core.admission.brake import Brake
from tutor.core.audio.pace import Pace
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.limits import Limits
from tutor.core.protocol.messages import AudioAck, AudioFormat

HELD_S = 20.0
"""Seconds for which a network may hold audio back: pings end a connection that is away longer."""

PATIENCE_S = 5.0
"""Seconds for which a client that is too fast is held back, all frames together, before its session
ends. A second of credit makes it forgotten."""

EASED_S = 1.0
"""So much audio may come at once again: the client has slowed down."""


class Received:
    """Counts a client's audio and messages, and knows which of it the client need not keep.

    Audio is safe up to the end of a frame: a client sends frames again as they were.
    `now`: when the connection began.
    """

    def __init__(self, limits: Limits, ack_interval_ms: int, now: float) -> None:
        self.audio = AudioFormat()
        self.received = 0
        """Samples received, at the client's rate."""
        self.messages = 0
        """Text messages received, `session.start` not counted."""
        self._limits = limits
        self._pace = Pace(
            limits.max_speed, limits.speed_burst_ms / 1000, held_s=HELD_S, began_at=now
        )
        self._brake = Brake(limits.max_messages, now)
        self._free_at = now  # no more audio should be read before
        self._slowed_s = 0.0  # since the client was last eased
        self._ack_interval_ms = ack_interval_ms
        self._acked_ms = 0
        self._frames = [(0, 0)]  # their ends, at the client's rate and at 16 kHz

    def resume_from(self, audio: AudioFormat, received: int, messages: int, position: int) -> None:
        """Continue after `received` samples at the client's rate, which are `position` at 16
        kHz."""
        self.audio, self.received, self.messages = audio, received, messages
        self._frames = [(received, position)]

    @property
    def received_ms(self) -> int:
        """Milliseconds of audio received."""
        return self._ms(self.received)

    def change_rate(self, rate: int) -> None:
        """Take another sample rate for the audio from now on; the time goes on."""
        before, self.audio = self.audio.sample_rate, AudioFormat(sample_rate=rate)
        self.received = self.received * rate // before
        self._frames = [(end * rate // before, at) for end, at in self._frames]

    def receive_stall(self, stalled_s: float) -> None:
        """Nothing was read for so long, because the gateway itself did not run."""
        self._pace.credit_stall(stalled_s)

    def hold_s(self, now: float) -> float:
        """Seconds for which nothing more should be read: the client is too fast."""
        return max(self._audio_hold_s(now), self._brake.hold_s(now))

    def receive_message(self, now: float) -> None:
        """Count a text message against the limit.

        Raises:
            ProtocolError: `too_many_messages`.
        """
        if not self._brake.admits(now):
            most = self._limits.max_messages
            raise ProtocolError("too_many_messages", f"{most} messages in a minute at most")

    def _audio_hold_s(self, now: float) -> float:
        return max(0.0, self._free_at - now)

    def receive_frame(self, frame_bytes: int, now: float) -> float:
        """Take a binary frame of so many bytes; the seconds that it lasts.

        Raises:
            ProtocolError: the frame does not hold whole samples, or comes too fast.
        """
        if frame_bytes % BYTES_PER_SAMPLE:
            raise ProtocolError("bad_audio", f"a frame of {frame_bytes} bytes: odd for PCM16")
        samples = frame_bytes // BYTES_PER_SAMPLE
        seconds = samples / self.audio.sample_rate
        self._slow_down(seconds, now)
        self.received += samples
        self._frames.append((self.received, self.received * RATE // self.audio.sample_rate))
        return seconds

    def _slow_down(self, seconds: float, now: float) -> None:
        before = self._audio_hold_s(now)
        left_s = self._pace.take(seconds, now)
        self._free_at = now + max(0.0, -left_s / self._limits.max_speed)
        self._slowed_s = (
            0.0 if left_s >= EASED_S else self._slowed_s + self._audio_hold_s(now) - before
        )
        if self._slowed_s > PATIENCE_S:
            self._free_at = now  # the rest is passed over
            raise ProtocolError(
                "audio_too_fast",
                f"audio may come at {self._limits.max_speed:g} times real time at most",
            )

    def safe(self, position: int | None) -> tuple[int, int]:
        """The end of the newest frame that is safe, in samples at the client's rate and at 16 kHz.

        `position`: audio before it (at 16 kHz) is not needed again; None: no audio is.
        """
        if position is None:
            return self._frames[-1]
        while len(self._frames) > 1 and self._frames[1][1] <= position:
            del self._frames[0]
        return self._frames[0]

    def ack_is_due(self, position: int | None) -> bool:
        """Whether so much has become safe that the client should hear of it."""
        return self._ms(self.safe(position)[0]) - self._acked_ms >= self._ack_interval_ms

    def ack(self, position: int | None) -> AudioAck:
        """The acknowledgement of what the client need not keep: any gateway can go on without
        it."""
        self._acked_ms = self._ms(self.safe(position)[0])
        return AudioAck(self._acked_ms, self.messages)

    def _ms(self, samples: int) -> int:
        return samples * 1000 // self.audio.sample_rate
