"""How a client of another protocol sets the segmenter."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.samples import WINDOW, to_samples
from tutor.core.live.commands import Listen, VoiceActivity
from tutor.core.live.utterances.segmenter import Ended, Segmenter, SegmenterConfig, Started
from tutor.core.turns.waits import TurnConfig, Waits

OURS = SegmenterConfig()
USUAL = VoiceActivity(threshold=0.5, prefix_padding_ms=300, silence_duration_ms=500)
BY_COMMIT = Listen("en", 24_000, None)


def listening(activity: VoiceActivity | None) -> SegmenterConfig:
    """The segmenter's configuration after a client has said how to listen."""
    return Listen("en", 24_000, activity).segmenter(OURS)


def test_the_clients_milliseconds_become_samples() -> None:
    """Padding and silence are lengths of audio at the segmenter's own rate, not the client's."""
    config = listening(USUAL)
    assert (config.pre_roll, config.endpoint_silence) == (to_samples(300), to_samples(500))


def test_speech_ends_under_the_threshold_that_begins_it() -> None:
    """Between the two thresholds nothing changes, so that a soft syllable ends no utterance."""
    config = listening(USUAL)
    assert config.offset_probability < config.onset_probability == 0.5


@given(st.floats(0, 1))
def test_whatever_threshold_is_set_speech_can_begin_and_end(threshold: float) -> None:
    """The lower threshold never lies above the upper one, and silence never under both."""
    config = listening(replace(USUAL, threshold=threshold))
    assert 0 <= config.offset_probability <= config.onset_probability == threshold
    assert config.offset_probability > 0 or threshold == 0


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_ends_speech_no_later(one: float, other: float) -> None:
    """Who asks for clearer speech to begin does not get unclearer speech to go on."""
    low, high = (
        listening(replace(USUAL, threshold=at)).offset_probability for at in sorted((one, other))
    )
    assert low <= high


def test_what_was_said_decides_where_a_client_leaves_it_to_us() -> None:
    """A silence of the client's own is one for all; without one its patience counts."""
    config = TurnConfig(by_words=True)
    own = Listen("en", 24_000, USUAL).waits(config, to_samples(500))
    assert own == Waits.plain(to_samples(500), config.waits.eager)
    ours = replace(USUAL, silence_duration_ms=None, patience="patient")
    assert Listen("en", 24_000, ours).waits(config, to_samples(600)) == config.waits.times(1.6)
    assert listening(ours).endpoint_silence == OURS.endpoint_silence


def test_without_voice_activity_only_a_commit_ends_an_utterance() -> None:
    """However long it is silent, the audio between two commits is one utterance."""
    segmenter = Segmenter(BY_COMMIT.segmenter(OURS))
    probabilities = [0.9] * 10 + [0.0] * 100
    decided = [one for p in probabilities for one in segmenter.receive_probability(p)]
    assert [type(one) for one in decided] == [Started]
    (ended,) = segmenter.receive_commit(110 * WINDOW)
    assert isinstance(ended, Ended)
    assert (ended.end, ended.reason) == (110 * WINDOW, "commit")


def test_with_voice_activity_the_clients_silence_ends_it() -> None:
    """After half a second of silence, as the client asked, the utterance is over."""
    segmenter = Segmenter(replace(listening(USUAL), pause=0))
    decided = []
    for window in range(110):
        found = segmenter.receive_probability(0.9 if window < 10 else 0.0)
        decided += [(window, one) for one in found]
    assert [type(one) for _, one in decided] == [Started, Ended]
    assert abs((decided[1][0] - 9) * WINDOW - to_samples(500)) <= WINDOW


def test_a_client_may_go_back_to_voice_activity() -> None:
    """Each command starts from the server's own configuration, so the last one alone counts."""
    there = BY_COMMIT.segmenter(OURS)
    assert there.by_commit
    assert there.pause == 0, "no final is begun ahead of a commit"
    back = listening(USUAL)
    assert not back.by_commit
    assert back.pause == OURS.pause


@given(st.one_of(st.none(), st.builds(VoiceActivity, st.floats(0, 1), st.just(0), st.just(200))))
def test_to_say_it_twice_changes_nothing(activity: VoiceActivity | None) -> None:
    """The same command on what it made already is without effect, and the limits stay ours."""
    how = Listen("en", 24_000, activity)
    once = how.segmenter(OURS)
    assert how.segmenter(once) == once
    assert (once.max_utterance, once.min_speech) == (OURS.max_utterance, OURS.min_speech)
