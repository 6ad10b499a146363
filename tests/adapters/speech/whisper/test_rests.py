"""What a final lacks at its end, and how often a decoder of three words is asked."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tutor.adapters.speech.hearing import MOST_RESTS
from tutor.adapters.speech.request import Request
from tutor.adapters.speech.whisper.hypothesis import Hypothesis
from tutor.adapters.speech.whisper.likely import Likely
from tutor.adapters.speech.whisper.recogniser import WhisperRecogniser
from tutor.adapters.speech.whisper.windows import Decoding
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.audio.recognition import RecognisedWord
from tutor.core.audio.samples import RATE

WORDS = tuple(RecognisedWord(f"word{n}", n / 2, n / 2 + 0.4, 0.9) for n in range(60))


class Stopping(WhisperRecogniser):
    """Writes three words of thirty seconds, wherever it begins, then stops."""

    def __init__(self, tokens: int) -> None:
        decoding = Decoding(beam=1, floor_s=30, margin_s=0)
        self._decodings = {"partial": decoding, "final": decoding}
        self._metrics = WorkerMetrics()
        self._specialists = {}
        self._tokens = tokens
        self.decodes = 0

    def _encode(self, *_: Any) -> None:
        self.decodes += 1

    def _generate(self, _: Any, requests: Sequence[Request], *__: Any) -> list[Hypothesis]:
        self._begin_s = 30 - requests[0].seconds
        text = " ".join(word.text for word in self._words())
        return [Hypothesis([1] * self._tokens, text, -0.1, 0.0)]

    def _likely(self, *_: Any) -> Likely:
        return Likely(None, None, self._generate, self._prompt)

    def _align(self, *_: Any) -> list[list[RecognisedWord]]:
        return [
            [
                RecognisedWord(
                    one.text, one.start_s - self._begin_s, one.end_s - self._begin_s, 0.9
                )
                for one in self._words()
            ]
        ]

    def _words(self) -> list[RecognisedWord]:
        return [one for one in WORDS if one.start_s >= self._begin_s][:3]


@pytest.mark.parametrize("tokens", [3, 500], ids=["stops early", "at its limit"])
def test_a_decoder_that_stops_again_and_again_is_asked_so_often(tokens: int) -> None:
    """Thirty seconds of which each decode gives three words cost three further ones at most."""
    recogniser = Stopping(tokens)
    audio = np.ones(30 * RATE, np.float32)
    (heard,) = recogniser.recognise([Request(audio, "en", "final", speech_s=30.0)])
    assert recogniser.decodes == 1 + MOST_RESTS
    assert heard.text.split() == [word.text for word in WORDS[: 3 + MOST_RESTS]]
