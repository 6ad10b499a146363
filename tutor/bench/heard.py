"""What a conversation with the tutor was like, and how it is shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np


@dataclass
class VoiceReport:
    """What a conversation was like; times are seconds."""

    voice_to_voice: list[float] = field(default_factory=list)
    """From the end of the learner's speech to the first sample of the answer."""
    stages: dict[str, list[float]] = field(default_factory=dict)
    """From the end of the learner's speech to each event before that sample."""
    duck: list[float] = field(default_factory=list)
    """From the learner's onset to a soft tutor."""
    stop: list[float] = field(default_factory=list)
    """From the learner's onset to a silent one."""
    interrupted: int = 0
    interruptions: int = 0
    underruns: int = 0
    """Gaps of 40 ms or more within a reply."""
    played_s: float = 0.0
    """Seconds of speech that came out of the loudspeaker."""
    false_stops: int = 0
    """Replies that noise or a sign of listening broke off."""
    noises: int = 0
    echo_s: float = 0.0
    """Seconds of the tutor's speech that came back as echo."""
    echo_answers: int = 0
    """Replies to the tutor's own words."""
    echo_stops: int = 0
    """Replies that the tutor's own words broke off."""
    asides: int = 0
    """Utterances that were told apart as echo, or as a sign of listening."""

    def to_json(self) -> str:
        """The report as JSON."""
        return json.dumps(asdict(self), indent=2)

    def rows(self) -> list[tuple[str, str, str]]:
        """Figure, value and goal."""
        return [
            ("voice to voice, p50 / p95", _two(self.voice_to_voice), "0.8 / 1.1 s"),
            *((f"… to {name}", _two(seconds), "none") for name, seconds in self.stages.items()),
            ("onset to a soft tutor, p50 / p95", _two(self.duck), "p95 0.15 s"),
            ("onset to a silent one, p50 / p95", _two(self.stop), "none"),
            ("interruptions that were heard", f"{self.interrupted} of {self.interruptions}", "all"),
            ("false stops by noise and signs", f"{self.false_stops} of {self.noises}", "2 %"),
            ("gaps in the tutor's speech", f"{self.underruns} in {self.played_s:.0f} s", "0"),
            ("answers to its own echo", f"{self.echo_answers} in {self.echo_s:.0f} s", "0"),
            ("stops by its own echo", f"{self.echo_stops}", "0"),
            ("utterances told apart as aside", f"{self.asides}", "none"),
        ]


def _two(values: Sequence[float]) -> str:
    if not values:
        return "none"
    return f"{np.percentile(values, 50):.2f} / {np.percentile(values, 95):.2f} s"
