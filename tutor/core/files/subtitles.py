"""A transcript written as subtitles."""

from __future__ import annotations

from tutor.core.files.transcript import Transcript


def as_srt(transcript: Transcript) -> str:
    """The transcript as SubRip: numbered cues with commas in their times."""
    return "\n".join(
        f"{n}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{_one_line(cue.text)}\n"
        for n, cue in enumerate(transcript.segments, 1)
    )


def as_vtt(transcript: Transcript) -> str:
    """The transcript as WebVTT (W3C), with the characters escaped that its cue text reserves."""
    cues = [
        f"{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n{_escaped(cue.text)}\n"
        for cue in transcript.segments
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _clock(seconds: float, mark: str) -> str:
    ms = round(seconds * 1000)
    minutes, ms = divmod(ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02}{mark}{ms % 1000:03}"


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("-->", "→")


def _escaped(text: str) -> str:
    plain = " ".join(text.split())
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
