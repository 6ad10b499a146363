from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.core.audio.samples import WINDOW, to_samples
from tutor.core.live.utterances.segmenter import (
    Decision,
    Ended,
    Paused,
    Resumed,
    Segmenter,
    SegmenterConfig,
    Started,
)

DEFAULT = SegmenterConfig()
"""So small that a forced endpoint is near."""


@dataclass
class Run:
    """A segmenter, what it was given and what it decided."""

    config: SegmenterConfig = DEFAULT
    heard: list[float] = field(default_factory=list)
    """One probability for each window."""
    told: list[tuple[int, list[Started | Ended]]] = field(default_factory=list)
    """The starts and ends of each step, and how many samples had been received by then."""
    pauses: list[tuple[int, Decision]] = field(default_factory=list)
    """All decisions, those on pauses too, and how many samples had been received by then."""
    received: int = 0
    committed: list[int] = field(default_factory=list)
    """The steps that were commits."""

    def __post_init__(self) -> None:
        self.segmenter = Segmenter(self.config)

    def hear(self, probability: float, windows: int = 1) -> "Run":
        """So many windows of one probability."""
        for _ in range(windows):
            self.heard.append(probability)
            self.received = max(self.received, len(self.heard) * WINDOW)
            self._note(self.segmenter.receive_probability(probability))
        return self

    def commit(self, beyond: int = 0) -> "Run":
        """A commit, with so many samples received that make no whole window yet."""
        self.received = max(self.received, len(self.heard) * WINDOW + beyond)
        self.committed.append(len(self.told))
        self._note(self.segmenter.receive_commit(self.received))
        return self

    def _note(self, decisions: list[Decision]) -> None:
        cuts = [decision for decision in decisions if isinstance(decision, Started | Ended)]
        self.told.append((self.received, cuts))
        self.pauses += [(self.received, decision) for decision in decisions]

    @property
    def decisions(self) -> list[Started | Ended]:
        """All starts and ends so far."""
        return [decision for _, decisions in self.told for decision in decisions]

    @property
    def is_open(self) -> bool:
        """Whether an utterance has begun and not ended."""
        return bool(self.decisions) and isinstance(self.decisions[-1], Started)

    @property
    def utterances(self) -> list[tuple[Started, Ended]]:
        """The utterances that have ended."""
        started = [decision for decision in self.decisions if isinstance(decision, Started)]
        ended = [decision for decision in self.decisions if isinstance(decision, Ended)]
        return list(zip(started, ended, strict=False))

    def probabilities(self, start: int, end: int) -> list[float]:
        """Those of the windows that begin in [start, end)."""
        return self.heard[-(-start // WINDOW) : -(-end // WINDOW)]


# ---------------------------------------------------------------- what always holds

levels = st.one_of(
    st.sampled_from([0.0, 0.9, 1.0, 0.34, 0.35, 0.4, 0.49, 0.5]), st.floats(0.0, 1.0)
)
steps = st.one_of(
    st.tuples(levels, st.integers(1, 40)),
    st.tuples(levels, st.integers(1, 3)),
    st.tuples(st.just(-1.0), st.integers(0, WINDOW - 1)),
)
configs = st.builds(
    SegmenterConfig,
    min_speech=st.sampled_from([WINDOW, 1_000, DEFAULT.min_speech]),
    pre_roll=st.sampled_from([0, 700, DEFAULT.pre_roll]),
    pause=st.sampled_from([0, 1_000, DEFAULT.pause]),
    endpoint_silence=st.sampled_from([to_samples(200), 5_000, DEFAULT.endpoint_silence]),
    max_utterance=st.sampled_from([to_samples(1_000), 20_001, to_samples(3_000)]),
    cut_search=st.sampled_from([WINDOW, to_samples(500), to_samples(1_000)]),
)


def play(config: SegmenterConfig, script: list[tuple[float, int]]) -> Run:
    """Play levels for so many windows; a negative level is a commit."""
    run = Run(config)
    for level, count in script:
        if level < 0:
            run.commit(count)
        else:
            run.hear(level, count)
    return run


@given(configs, st.lists(steps, max_size=30))
def test_utterances_of_any_speech(config: SegmenterConfig, script: list[tuple[float, int]]) -> None:
    """Utterances alternate start and end, share no sample and never grow too long."""
    run = play(config, script)
    kinds = [type(decision) for decision in run.decisions]
    assert all(kind is (Ended if odd % 2 else Started) for odd, kind in enumerate(kinds))
    free_from = 0
    for started, ended in run.utterances:
        assert free_from <= started.start <= started.onset <= ended.speech_end <= ended.end
        assert 0 < ended.end - started.start <= config.max_utterance
        free_from = ended.end
    if run.is_open:
        last = [decision for decision in run.decisions if isinstance(decision, Started)][-1]
        assert free_from <= last.start
        assert run.received - last.start <= config.max_utterance


@given(configs, st.lists(steps, max_size=30))
def test_starts_of_any_speech(config: SegmenterConfig, script: list[tuple[float, int]]) -> None:
    """An utterance starts with enough speech, and its pre-roll is all that is free of it."""
    run = play(config, script)
    free_from = 0
    for step, (received, decisions) in enumerate(run.told):
        for decision in decisions:
            if isinstance(decision, Ended):
                free_from = decision.end
                continue
            if decision.onset == free_from and len(decisions) == 2 and step not in run.committed:
                assert decision.start == free_from  # a forced endpoint: speech goes on
                continue
            assert decision.start == max(free_from, decision.onset - config.pre_roll)
            first, *rest = run.heard[decision.onset // WINDOW : received // WINDOW]
            assert first >= config.onset_probability
            assert all(level >= config.offset_probability for level in rest)
            spoken = received - decision.onset
            if step not in run.committed:
                assert config.min_speech <= spoken < config.min_speech + WINDOW


@given(configs, st.lists(steps, max_size=30))
def test_ends_of_any_speech(config: SegmenterConfig, script: list[tuple[float, int]]) -> None:
    """Exactly the endpoint silence ends an utterance, a commit, or its longest duration."""
    run = play(config, script)
    start = 0
    for received, decisions in run.told:
        for decision in decisions:
            if isinstance(decision, Started):
                start = decision.start
            elif decision.reason == "silence":
                silence = decision.end - decision.speech_end
                assert config.endpoint_silence <= silence < config.endpoint_silence + WINDOW
                quiet = run.probabilities(decision.speech_end, decision.end)
                assert max(quiet) < config.onset_probability
                assert quiet[0] < config.offset_probability
                assert decision.end == received
            elif decision.reason == "limit":
                assert received + WINDOW - start > config.max_utterance
                assert config.cut_search >= received - WINDOW - decision.end >= 0
            else:
                assert decision.end == received


@given(configs, st.lists(steps, max_size=30))
def test_speech_is_followed(config: SegmenterConfig, script: list[tuple[float, int]]) -> None:
    """After enough speech an utterance is open, after enough silence none is."""
    run = Run(config)
    for level, count in script:
        if level < 0:
            run.commit(count)
            continue
        for _ in range(count):
            run.hear(level)
            since = run.received - max(
                (end.end for _, end in run.utterances if end.reason == "commit"), default=0
            )
            spoken = trailing(run.heard, lambda p: p >= config.onset_probability)
            quiet = trailing(run.heard, lambda p: p < config.offset_probability)
            if min(spoken, since) >= config.min_speech:
                assert run.is_open
            if quiet >= config.endpoint_silence:
                assert not run.is_open


def trailing(heard: list[float], is_so: Callable[[float], bool]) -> int:
    """How many samples at the end are so."""
    return WINDOW * len(list(takewhile(is_so, reversed(heard))))


@given(configs, st.lists(st.floats(0.5, 1.0), min_size=10, max_size=400))
def test_no_sample_is_lost_at_a_forced_endpoint(
    config: SegmenterConfig, levels: list[float]
) -> None:
    """While speech goes on, each utterance begins at the very sample where the last one ended."""
    run = Run(config)
    for level in levels:
        run.hear(level)
    run.commit(17)
    assert run.utterances[0][0].start == 0
    for (_, ended), (started, _) in pairwise(run.utterances):
        assert started == Started(ended.end, ended.end)
        assert ended.reason == "limit"
    assert run.utterances[-1][1].end == run.received


@given(configs, st.lists(steps, max_size=30))
def test_pauses_of_any_speech(config: SegmenterConfig, script: list[tuple[float, int]]) -> None:
    """In an utterance, enough quiet is a pause, and the next sound or the end is the end of it."""
    run = play(config, script)
    is_open = is_paused = False
    for received, decision in run.pauses:
        windows = run.heard[: received // WINDOW]
        match decision:
            case Paused(at):
                assert is_open
                assert not is_paused
                assert at == received
                # The voice may die away in it; at its end it is quiet.
                assert max(windows[-(config.pause // WINDOW) :]) < config.onset_probability
                assert windows[-1] < config.quiet_probability
                is_paused = True
            case Resumed():
                assert is_paused
                assert windows[-1] >= config.quiet_probability
                is_paused = False
            case _:
                is_open, is_paused = isinstance(decision, Started), False


@given(configs, st.lists(steps, max_size=30))
@example(
    SegmenterConfig(pre_roll=0, pause=0, max_utterance=16_000, cut_search=16_000),
    [(-1.0, 384), (0.0, 32), (-1.0, 129)],  # a limit within the first utterance's last window
)
def test_by_commit_all_audio_is_in_utterances(
    config: SegmenterConfig, script: list[tuple[float, int]]
) -> None:
    """Where turns are the client's, utterances follow each other sample by sample, silence and
    all, and nothing but a commit or the utterance's limit ends one."""
    run = play(replace(config, by_commit=True), [*script, (-1.0, 0)])
    position = 0
    for started, ended in run.utterances:
        assert started.start == started.onset == position
        assert position <= ended.speech_end <= ended.end
        assert 0 < ended.end - position <= config.max_utterance
        assert ended.reason in ("limit", "commit")
        position = ended.end
    assert position == run.received
    commits = [run.told[step] for step in run.committed]
    ends = [d.end for _, decisions in commits for d in decisions if isinstance(d, Ended)]
    assert set(ends) == {received for received, _ in commits if received > 0}
    assert not run.is_open


def test_a_pause_is_watched_for_only_after_speech() -> None:
    """Where turns are the client's, silence alone is not worth a final begun ahead."""
    run = Run(replace(DEFAULT, by_commit=True)).hear(0.0, 20)
    assert not any(isinstance(decision, Paused) for _, decision in run.pauses)
    run.hear(0.9, 5).hear(0.0, 5)
    assert [d for _, d in run.pauses if isinstance(d, Paused)] == [Paused(29 * WINDOW)]


# ---------------------------------------------------------------- examples


def test_pre_roll_reaches_300_ms_back() -> None:
    """The audio of an utterance begins 300 ms before its onset."""
    run = Run().hear(0.0, 20).hear(0.9, 4)
    assert run.decisions == [Started(20 * WINDOW - 4_800, 20 * WINDOW)]


def test_pre_roll_stops_at_the_start_of_the_session() -> None:
    """Speech from the first sample has no pre-roll."""
    assert Run().hear(0.9, 4).decisions == [Started(0, 0)]


def test_pre_roll_stops_at_the_utterance_before() -> None:
    """Speech soon after an utterance shares no audio with it."""
    run = Run().hear(0.9, 10).commit().hear(0.0, 3).hear(0.9, 4)
    assert run.decisions[-1] == Started(10 * WINDOW, 13 * WINDOW)


@pytest.mark.parametrize("windows", [1, 2, 3])
def test_a_click_is_no_speech(windows: int) -> None:
    """Speech under 128 ms starts no utterance, however often it comes."""
    run = Run()
    for _ in range(20):
        run.hear(0.99, windows).hear(0.0)
    assert run.decisions == []


def test_an_utterance_ends_after_600_ms_of_silence() -> None:
    """The endpoint is the first window that makes the silence full; it stays in the audio."""
    run = Run().hear(0.9, 20).hear(0.0, 18)
    assert run.is_open
    run.hear(0.0)
    assert run.decisions[-1] == Ended(39 * WINDOW, 20 * WINDOW, "silence")


def test_a_pause_within_the_endpoint_silence_is_part_of_the_utterance() -> None:
    """Speech before the silence is full goes on with the same utterance."""
    run = Run().hear(0.9, 20).hear(0.0, 18).hear(0.9, 1).hear(0.0, 18)
    assert len(run.decisions) == 1
    run.hear(0.0)
    assert run.decisions[-1] == Ended(58 * WINDOW, 39 * WINDOW, "silence")


def test_100_ms_of_silence_are_a_pause() -> None:
    """A pause is told of once, and so is the sound that ends it."""
    run = Run().hear(0.9, 10).hear(0.14, 8).hear(0.15).hear(0.0, 4)
    assert run.pauses[1:] == [
        (14 * WINDOW, Paused(14 * WINDOW)),
        (19 * WINDOW, Resumed()),
        (23 * WINDOW, Paused(23 * WINDOW)),
    ]


def test_a_voice_that_dies_away_delays_the_pause_until_it_is_quiet() -> None:
    """Windows that are neither speech nor quiet count as silence, but do not tell of a pause."""
    run = Run().hear(0.9, 10).hear(0.3, 5).hear(0.1)
    assert run.pauses[1:] == [(16 * WINDOW, Paused(16 * WINDOW))]


def test_a_pause_is_told_as_soon_as_it_is_long_enough() -> None:
    """The window that makes the pause full tells of it."""
    run = Run(SegmenterConfig(pause=2 * WINDOW)).hear(0.9, 10).hear(0.0, 2)
    assert run.pauses[-1] == (12 * WINDOW, Paused(12 * WINDOW))


def test_what_is_not_quiet_is_no_pause() -> None:
    """A soft last word keeps the final from being begun too early."""
    assert len(Run().hear(0.9, 10).hear(0.2, 18).pauses) == 1


def test_each_utterance_has_its_own_pauses() -> None:
    """An endpoint ends the pause before it without a word."""
    run = Run().hear(0.9, 10).hear(0.0, 19).hear(0.9, 4).hear(0.0, 7)
    assert [type(decision) for _, decision in run.pauses] == [
        Started,
        Paused,
        Ended,
        Started,
        Paused,
    ]


def test_speech_that_gets_weaker_goes_on() -> None:
    """Between the two thresholds speech stays speech."""
    run = Run().hear(0.9, 10).hear(0.4, 100)
    assert run.is_open
    assert run.segmenter.speech_end == 110 * WINDOW


def test_an_onset_may_get_weaker() -> None:
    """Between the two thresholds an onset stays one; below them it was nothing."""
    assert Run().hear(0.9).hear(0.4, 3).decisions == [Started(0, 0)]
    assert Run().hear(0.9).hear(0.4).hear(0.3).hear(0.4, 9).decisions == []


def test_silence_that_gets_louder_goes_on() -> None:
    """Between the two thresholds silence stays silence, before an utterance and in it."""
    assert Run().hear(0.4, 100).decisions == []
    run = Run().hear(0.9, 10).hear(0.3).hear(0.4, 18)
    assert run.decisions[-1] == Ended(29 * WINDOW, 10 * WINDOW, "silence")


def test_the_endpoint_silence_can_be_set() -> None:
    """A learner who needs more time gets it."""
    run = Run().hear(0.9, 10)
    run.segmenter.configure(to_samples(2_000))
    run.hear(0.0, 62)
    assert run.is_open
    assert run.hear(0.0).decisions[-1] == Ended(73 * WINDOW, 10 * WINDOW, "silence")


def test_30_s_force_an_endpoint_at_the_quietest_window() -> None:
    """Who never pauses is cut at the end of the quietest window of the last 3 s."""
    run = Run().hear(0.9, 860).hear(0.6).hear(0.9, 39).hear(0.51).hear(0.9, 35)
    assert len(run.decisions) == 1
    run.hear(0.9)
    cut = 901 * WINDOW
    assert run.decisions[1:] == [Ended(cut, cut, "limit"), Started(cut, cut)]


def test_a_forced_endpoint_leaves_a_fading_voice_open() -> None:
    """Where the newest window is the weakest but still speech, the next utterance has begun."""
    run = Run().hear(0.9, 936).hear(0.36)
    cut = 844 * WINDOW
    assert run.decisions[1:] == [Ended(cut, cut, "limit"), Started(cut, cut)]


def test_a_quiet_window_too_far_back_is_no_place_to_cut() -> None:
    """A pause before the last 3 s is not looked for: the next utterance would be too long."""
    run = Run().hear(0.9, 700).hear(0.0).hear(0.9, 236)
    cut = 844 * WINDOW  # the first of the last 93 windows before the newest
    assert run.decisions[1:] == [Ended(cut, cut, "limit"), Started(cut, cut)]


def test_a_forced_endpoint_in_a_pause_waits_for_the_next_onset() -> None:
    """Where only silence follows the cut, no utterance is open after it."""
    run = Run().hear(0.9, 930).hear(0.0, 7)
    cut = 931 * WINDOW
    assert run.decisions[1:] == [Ended(cut, 930 * WINDOW, "limit")]
    run.hear(0.0, 50).hear(0.9, 4)
    assert run.decisions[2:] == [Started(987 * WINDOW - 4_800, 987 * WINDOW)]


def test_pre_roll_stops_at_a_forced_endpoint() -> None:
    """Speech soon after a forced endpoint takes the pause since the cut, and no more."""
    run = Run().hear(0.9, 930).hear(0.0, 7).hear(0.9, 4)
    assert run.decisions[2:] == [Started(931 * WINDOW, 937 * WINDOW)]


def test_a_forced_endpoint_where_speech_has_just_ended() -> None:
    """A cut at the very end of speech leaves nothing open."""
    run = Run().hear(0.9, 935).hear(0.36).hear(0.0)
    assert run.decisions[1:] == [Ended(936 * WINDOW, 936 * WINDOW, "limit")]


def test_a_commit_ends_the_utterance_at_the_last_sample() -> None:
    """A commit takes in the samples that make no whole window yet; the next goes on from there."""
    run = Run().hear(0.9, 10).commit(100).hear(0.9, 10).commit()
    assert run.utterances == [
        (Started(0, 0), Ended(10 * WINDOW + 100, 10 * WINDOW, "commit")),
        (
            Started(10 * WINDOW + 100, 10 * WINDOW + 100),
            Ended(20 * WINDOW, 20 * WINDOW, "commit"),
        ),
    ]


def test_a_commit_inside_unconfirmed_speech_is_an_utterance() -> None:
    """Who commits has spoken, however short it was."""
    run = Run().hear(0.0, 20).hear(0.9, 2).commit()
    assert run.decisions == [
        Started(20 * WINDOW - 4_800, 20 * WINDOW),
        Ended(22 * WINDOW, 22 * WINDOW, "commit"),
    ]


@pytest.mark.parametrize("before", [[], [0.0] * 30, [0.9, 0.0], [0.9] * 10 + [0.0] * 30])
def test_a_commit_in_silence_gives_nothing(before: list[float]) -> None:
    """Where nobody speaks, there is nothing to commit."""
    run = Run()
    for level in before:
        run.hear(level)
    decided = len(run.decisions)
    assert len(run.commit(100).decisions) == decided
    assert len(run.commit(200).decisions) == decided
