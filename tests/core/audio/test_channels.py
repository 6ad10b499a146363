from array import array

import pytest

from tutor.core.audio.channels import loudest_of_cancelled

VOICE = [100, -3_000, 30_000, -32_768, 7] * 20
INVERTED = [-1 - sample for sample in VOICE]
FAINT = [sample // 2 for sample in VOICE]
SILENCE = [0] * 100


def interleaved(channels: list[list[int]]) -> bytes:
    """Channels as PCM16, a sample of each in turn."""
    return pcm([sample for samples in zip(*channels, strict=True) for sample in samples])


def pcm(samples: list[int]) -> bytes:
    """Samples as PCM16."""
    return array("h", samples).tobytes()


@pytest.mark.parametrize(
    ("channels", "loudest"),
    [
        ([VOICE, VOICE], None),
        ([VOICE, FAINT], None),
        ([VOICE, SILENCE], None),  # a microphone on one channel only
        ([SILENCE, SILENCE], None),
        ([VOICE, INVERTED], 0),
        ([INVERTED, VOICE], 1),
        ([FAINT, INVERTED], 1),
        ([[3 * sample // 4 for sample in VOICE], INVERTED], 1),
        ([[], []], None),
        ([VOICE, VOICE, VOICE], None),
        ([SILENCE, VOICE, SILENCE], None),
        ([SILENCE, SILENCE, SILENCE, VOICE, SILENCE, SILENCE, SILENCE, SILENCE], None),
        ([FAINT, INVERTED, FAINT], 1),
        ([VOICE, SILENCE, [-max(-32_767, s) for s in VOICE]], 0),
    ],
)
def test_channels_that_cancel_do_not_become_silence(
    channels: list[list[int]], loudest: int | None
) -> None:
    """Where all channels are nearly silent together the loudest one is taken, else their mean."""
    mean = [sum(samples) // len(samples) for samples in zip(*channels, strict=True)]
    taken = loudest_of_cancelled(interleaved(channels), len(channels), pcm(mean))
    assert taken == (None if loudest is None else pcm(channels[loudest]))


def test_it_is_told_from_what_they_really_become() -> None:
    """A mixer that leaves a channel out (a subwoofer's) may cancel what a mean would not."""
    channels = [VOICE, FAINT, FAINT]
    assert loudest_of_cancelled(interleaved(channels), 3, pcm(SILENCE)) == pcm(VOICE)
