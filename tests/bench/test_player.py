import numpy as np

from tutor.bench.corpus import Recording, noise
from tutor.bench.player import share, write_script
from tutor.core.audio.samples import RATE, WINDOW, to_samples


def test_a_script_says_where_each_recording_is() -> None:
    """Recordings are found again at their places, with their speech, and gaps between them."""
    voice = noise(RATE, 3000, 1)
    script = write_script([Recording("a", "x", voice, (0, WINDOW))] * 2, 1500, 0)
    first, later = script.played
    assert np.array_equal(script.audio[first.start : first.end], voice)
    assert np.array_equal(script.audio[later.start : later.end], voice)
    assert later.start - first.end == to_samples(1_500)
    assert later.speech[1] == (later.start + WINDOW, later.start + 2 * WINDOW)
    assert len(script.audio) - later.end == to_samples(1_500)


def test_each_session_has_its_own_recordings() -> None:
    """They are shared out without overlap, and come round again only when there are too few."""
    silent = np.zeros(1, np.int16)
    recordings = [Recording(str(n), "", silent, ()) for n in range(5)]
    names = [[r.name for r in mine] for mine in share(recordings, 3, 2)]
    assert names == [["0", "1"], ["2", "3"], ["4", "0"]]
