"""What the benchmark compares with: faster-whisper as it comes, and no recognition at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tutor.adapters.settings import RecognitionSettings
from tutor.adapters.speech.device import choose_device
from tutor.adapters.speech.request import Request
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.text.languages import AUTO

INSTANT_WORD_S = 0.4
"""Seconds of audio for each word of the instant recogniser."""


class PlainRecogniser:
    """faster-whisper as it comes: `transcribe` on a 30 s window, one utterance at a time."""

    def __init__(self, settings: RecognitionSettings, model: Path) -> None:
        # Imported here: it takes a second and only a worker needs it.
        from faster_whisper import WhisperModel

        self.device, self.compute_type = choose_device(settings.device, settings.compute_type)
        self._whisper = WhisperModel(
            str(model),
            device=self.device,
            compute_type=self.compute_type,
            cpu_threads=settings.threads,
            local_files_only=True,
        )
        self._beams = {"partial": settings.partial_beam, "final": settings.final_beam}

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """Recognise utterances one after the other."""
        return [self._recognise(request) for request in requests]

    def _recognise(self, request: Request) -> Recognition:
        segments, info = self._whisper.transcribe(
            request.audio,
            language=None if request.language == AUTO else request.language,
            beam_size=self._beams[request.kind],
            word_timestamps=request.kind == "final",
            condition_on_previous_text=False,
        )
        heard = list(segments)
        words = tuple(
            RecognisedWord(
                word.word.strip(), float(word.start), float(word.end), float(word.probability)
            )
            for segment in heard
            for word in segment.words or ()
        )
        return Recognition("".join(s.text for s in heard).strip(), info.language, words)


class InstantRecogniser:
    """Answers at once with text as long as the audio: to measure everything but recognition."""

    device = compute_type = "none"

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """Give one word for every 0.4 s of each utterance, without listening."""
        return [self._recognise(request) for request in requests]

    def _recognise(self, request: Request) -> Recognition:
        count = 1 + int(request.seconds / INSTANT_WORD_S)
        words = tuple(
            RecognisedWord(f"word{n}", n * INSTANT_WORD_S, (n + 1) * INSTANT_WORD_S, 1.0)
            for n in range(count)
        )
        return Recognition(" ".join(word.text for word in words), request.language, words)
