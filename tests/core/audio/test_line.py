from tutor.core.audio.line import is_down, wants_sign
from tutor.core.live.config import SessionConfig


def test_a_silent_line_is_asked_before_it_counts_as_down() -> None:
    """A client whose microphone was muted has time to answer, and a line that is down is known
    before the audio counts as stopped."""
    grain_s = 0.1
    steps = [n * grain_s for n in range(60)]
    asked = next(at for at in steps if wants_sign(at))
    down = next(at for at in steps if is_down(at))
    assert asked > 0.5
    assert down - asked >= 1.5
    assert down < SessionConfig().audio_stop_s - 1
