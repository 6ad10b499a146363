"""`tutor stream`: play a recording into a running server and watch the words come."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text

from tutor.adapters.speech.media import read_audio_file
from tutor.adapters.wire.practice import encode_event
from tutor.client import PracticeClient, practise
from tutor.client.practice import lost_part
from tutor.core.coach.pace import has_pace
from tutor.core.feedback.report import REASONS
from tutor.core.protocol.errors import NORMAL_CLOSURE
from tutor.core.protocol.messages import (
    Error,
    FeedbackAccuracy,
    FeedbackFluency,
    FeedbackGrammar,
    FeedbackPronunciation,
    ServerEvent,
    SessionStart,
    SessionSummary,
    SpeechStarted,
    TranscriptFinal,
    TranscriptPartial,
    TutorReplyDone,
)

NEARLY = 0.98
"""Share of the speed that the server allows which is used: clocks differ."""


class View(Protocol):
    """Shows a session's events."""

    def show(self, seq: int, event: ServerEvent) -> None:
        """Show one event, whose number is `seq`."""

    def close(self) -> None:
        """Finish: no more events come."""


@dataclass
class JsonView:
    """Prints each event as one line of JSON."""

    console: Console

    def show(self, seq: int, event: ServerEvent) -> None:
        """Print the event."""
        self.console.out(encode_event(seq, event), highlight=False)

    def close(self) -> None:
        """Do nothing: every event is printed already."""


@dataclass
class TerminalView:
    """Shows the live line (committed text plain, tentative dimmed) under the finals so far."""

    console: Console
    live: Live = field(init=False)
    _said: dict[str, str] = field(init=False, default_factory=dict)  # by utterance

    def __post_init__(self) -> None:
        self.live = Live(console=self.console, auto_refresh=False, transient=True)
        self.live.start()

    def show(self, seq: int, event: ServerEvent) -> None:  # noqa: ARG002 - for programs only
        """Show of the event what is of use to a person."""
        match event:
            case SpeechStarted(at_ms=at_ms):
                self._update(Text(f"{clock(at_ms)}  …", "dim"))
            case TranscriptPartial():
                words = " ".join(filter(None, (event.committed, "")))
                self._update(
                    Text.assemble((f"{clock(event.audio_ms)}  ", "cyan"), words)
                    .append(" " if words and event.tentative else "")
                    .append(event.tentative, "dim")
                )
            case TranscriptFinal():
                self._said[event.utterance] = event.text
                self._update(Text(""))
                self.console.print(
                    Text.assemble(
                        (f"{clock(event.start_ms)}-{clock(event.end_ms)}  ", "cyan"),
                        (event.text or "(nothing understood)", "bold" if event.text else "dim"),
                    )
                )
            case Error():
                self.console.print(Text(f"{event.code}: {event.message}", "red"))
            case SessionSummary():
                self.console.print(
                    f"[dim]{count(event.utterances, 'utterance')}, {count(event.words, 'word')}, "
                    f"{event.speech_ms / 1000:.1f} s of speech in {event.audio_ms / 1000:.1f} s"
                )
            case _:
                self._show_feedback(event)

    def _show_feedback(self, event: ServerEvent) -> None:
        match event:
            case FeedbackAccuracy():
                self._note("read", f"{event.accuracy:.0f}, {event.completeness:.0f} % of the text")
            case FeedbackPronunciation(total=float()):
                self._note("sounds", pronunciation_line(event))
            case FeedbackPronunciation(reason=str() as reason) if (
                event.basis == "text" or reason == "not_understood"
            ):
                self._note("sounds", f"not scored: {REASONS[reason]}")
            case FeedbackFluency():
                self._note("flow", fluency_line(event, self._said.pop(event.utterance, "")))
            case FeedbackGrammar():
                for finding in event.findings:
                    self._note("better", f"{finding.replacement or '?'}  ({finding.message})")
            case TutorReplyDone():
                self._note("tutor", event.text)

    def close(self) -> None:
        """Remove the live line."""
        self.live.stop()

    def _note(self, name: str, text: str) -> None:
        self.console.print(Text.assemble((f"{name:>13}  ", "dim"), text))

    def _update(self, line: Text) -> None:
        self.live.update(line, refresh=True)


async def stream_file(
    url: str, path: Path, start: SessionStart, *, token: str | None, fast: bool, view: View
) -> str | None:
    """Play a file into a server and show its events; return what went wrong, in a line.

    None: the server ended the session in peace, and all that was said has its words.

    Raises:
        MediaError: the file cannot be read.
        PracticeError: the server cannot be reached or refused the session.
    """
    pcm = read_audio_file(path).tobytes()
    async with practise(url, start, token=token, resume=True) as client:
        speed = client.started.limits.max_speed * NEARLY if fast else 1.0
        events: list[ServerEvent] = []
        async with asyncio.TaskGroup() as group:
            player = group.create_task(_play(client, pcm, speed))
            async for seq, event in client:
                view.show(seq, event)
                events.append(event)
            player.cancel()
        view.close()
        if client.close_code != NORMAL_CLOSURE:
            return f"the server closed the session with {client.close_code}"
        return lost_part(events)


async def _play(client: PracticeClient, pcm: bytes, speed: float) -> None:
    await client.play(pcm, speed)
    await client.end()


def pronunciation_line(event: FeedbackPronunciation) -> str:
    """A line with the total score and the weakest words."""
    weak = sorted((word.score, word.text) for word in event.words if word.score is not None)
    named = ", ".join(f"{text} {score:.0f}" for score, text in weak[:3])
    doubt = "" if event.calibrated else " (not calibrated)"
    return f"{event.total:.0f}{doubt}" + (f"; weakest: {named}" if named else "")


def fluency_line(event: FeedbackFluency, said: str) -> str:
    """A line with the score, and the pace where enough was said to have one."""
    wpm = event.words_per_minute
    has_one = has_pace(wpm, said, len(event.fillers))
    return f"{event.score:.0f}" + (f", {wpm:.0f} words a minute" if has_one else "")


def count(number: int, noun: str) -> str:
    """A number of things in English: "1 word", "2 words"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def clock(ms: int) -> str:
    """Milliseconds as `m:ss.t`."""
    return f"{ms // 60_000}:{ms // 1000 % 60:02d}.{ms // 100 % 10}"
