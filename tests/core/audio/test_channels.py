from array import array

import pytest

from tutor.core.audio.channels import louder_of_cancelled

VOICE = [100, -3_000, 30_000, -32_768, 7] * 20
INVERTED = [-1 - sample for sample in VOICE]
FAINT = [sample // 2 for sample in VOICE]


def pcm(samples: list[int]) -> bytes:
    """Samples as PCM16."""
    return array("h", samples).tobytes()


@pytest.mark.parametrize(
    ("left", "right", "louder"),
    [
        (VOICE, VOICE, None),
        (VOICE, FAINT, None),
        (VOICE, [0] * 100, None),  # a microphone on one channel only
        ([0] * 100, [0] * 100, None),
        (VOICE, INVERTED, 0),
        (INVERTED, VOICE, 1),
        (FAINT, INVERTED, 1),
        ([3 * sample // 4 for sample in VOICE], INVERTED, 1),
        ([], [], None),
    ],
)
def test_channels_that_cancel_do_not_become_silence(
    left: list[int], right: list[int], louder: int | None
) -> None:
    """Where the mean of two channels is nearly silent the louder one is taken, else the mean."""
    assert louder_of_cancelled(pcm(left), pcm(right)) == louder
