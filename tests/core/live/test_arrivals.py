import itertools

from hypothesis import given
from hypothesis import strategies as st

from tutor.core.live.arrivals import KEPT, STEP_MS, Arrivals, appearances


def live(seconds: float, frame_ms: float = 20.0, began: float = 1000.0) -> Arrivals:
    """Audio that comes as it is spoken."""
    arrivals = Arrivals()
    for frame in range(1, round(seconds * 1000 / frame_ms) + 1):
        arrivals.receive(frame * frame_ms, began + frame * frame_ms / 1000)
    return arrivals


def test_audio_that_comes_as_it_is_spoken_arrives_when_it_is_spoken() -> None:
    """A position's time is the session's beginning plus the position."""
    arrivals = live(10)
    for ms in (20, 130, 4567, 9999):
        assert abs(arrivals.at(ms) - (1000 + ms / 1000)) < 0.021


def test_audio_that_comes_at_once_arrives_at_once() -> None:
    """A burst is there when its frame came, however long it is: latency is not made longer."""
    arrivals = Arrivals()
    arrivals.receive(1000, 50.0)
    arrivals.receive(4000, 50.1)
    assert arrivals.at(500) == 50.0
    assert arrivals.at(1500) == 50.0  # no sooner than the frame before it
    assert arrivals.at(4000) == 50.1


def test_what_has_not_come_yet_is_taken_to_come_now() -> None:
    """Behind the last frame the time is that of the last frame."""
    arrivals = live(1)
    assert arrivals.at(5000) == 1001.0


def test_the_longest_utterance_is_remembered_and_no_more_than_twice_that() -> None:
    """Thirty seconds back the time is exact; an hour takes no more memory than a minute."""
    arrivals = live(3600)
    now_ms = 3_600_000
    for back in (100, 5_000, 30_000, 33_000):
        assert abs(arrivals.at(now_ms - back) - (1000 + (now_ms - back) / 1000)) < 0.021
    assert arrivals.at(0) > 1000 + (now_ms - 2 * KEPT * STEP_MS) / 1000 - 1


@given(st.lists(st.tuples(st.floats(1, 500), st.floats(0, 2)), min_size=1, max_size=60))
def test_later_audio_never_arrives_earlier(frames: list[tuple[float, float]]) -> None:
    """However frames come, times grow with positions and lie between the first and the last."""
    arrivals = Arrivals()
    ms = at = 0.0
    for length, gap in frames:
        ms, at = ms + length, at + gap
        arrivals.receive(ms, at)
    times = [arrivals.at(ms * part / 20) for part in range(21)]
    assert all(earlier <= later + 1e-9 for earlier, later in itertools.pairwise(times))
    assert times[-1] <= at


def test_a_word_appears_with_the_first_text_that_keeps_it() -> None:
    """What was shown, taken back and shown again counts from the last time on."""
    shown = [(1.0, ["i", "want"]), (2.0, ["i", "went", "two"]), (3.0, ["i", "went", "to", "the"])]
    assert appearances(shown, ["i", "went", "to", "the", "market"]) == [1.0, 2.0, 3.0, 3.0, None]


def test_without_partials_no_word_was_shown() -> None:
    """Then all words appear with the final."""
    assert appearances([], ["yes"]) == [None]
    assert appearances([(1.0, ["no"])], []) == []
