"""The arithmetic of `tutor bench`, on scripted events with figures worked out by hand."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from tests.support.speech import SPEECH, TEXTS
from tutor.adapters.store.monitor import Command
from tutor.bench import BenchError, BenchOptions, BenchReport, OverheadOptions, OverheadReport
from tutor.bench.alignment import align
from tutor.bench.command import read_counts, read_settings, with_baseline
from tutor.bench.corpus import Entry, Recording, noise, read_manifest, sample_recordings
from tutor.bench.figures import (
    Cost,
    Decodes,
    Figures,
    FrameCost,
    Idle,
    Load,
    Machine,
    Memory,
    PartCost,
    Run,
    Speaking,
    Spread,
    WordErrors,
)
from tutor.bench.hops import STEPS, hops_between
from tutor.bench.measures import Arrival, Played, SessionLog, measure, percentile, spread
from tutor.bench.player import share, write_script
from tutor.bench.server import parse_decodes
from tutor.bench.wording import comparable
from tutor.core.audio.samples import RATE, WINDOW
from tutor.core.protocol.errors import error_event
from tutor.core.protocol.messages import (
    ServerEvent,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    Word,
)

BEGAN_S = 100.0
"""When the first sample of every scripted session is spoken."""


def second(seconds: float) -> int:
    """A position in samples."""
    return round(seconds * RATE)


def recording(
    start_s: float = 1.0,
    speech_s: tuple[float, float] = (1.2, 2.0),
    text: str = "I went home.",
    end_s: float = 2.5,
) -> Played:
    """A recording with one stretch of speech, of which only the two outer windows are noted."""
    begin, end = second(speech_s[0]), second(speech_s[1])
    return Played(
        "a",
        text,
        second(start_s),
        second(end_s),
        ((begin, begin + WINDOW), (end - WINDOW, end)),
    )


def final(text: str, *ends_ms: int, utterance: str = "u1") -> TranscriptFinal:
    """A final whose words end at these times."""
    words = tuple(
        Word(word, end - 100, end, 0.9) for word, end in zip(text.split(), ends_ms, strict=True)
    )
    return TranscriptFinal(utterance, text, "en", words, 1200, 2000)


def partial(committed: str, tentative: str, utterance: str = "u1") -> TranscriptPartial:
    """What the learner sees."""
    return TranscriptPartial(utterance, 1, committed, tentative, 0)


def log(
    *arrivals: tuple[float, ServerEvent], played: tuple[Played, ...] | None = None
) -> SessionLog:
    """A session whose events came so many seconds after its first sample."""
    return SessionLog(
        BEGAN_S,
        played or (recording(),),
        tuple(Arrival(BEGAN_S + at_s, event) for at_s, event in arrivals),
        second(4),
    )


ONE_UTTERANCE = (
    (1.35, SpeechStarted("u1", 1210)),
    (1.50, partial("", "")),
    (1.70, partial("", "I want")),
    (2.00, partial("I", "went")),
    (2.30, partial("I", "went hole")),
    (2.55, SpeechStopped("u1", 2010)),
    (2.65, final("I went home.", 1400, 1700, 2300)),
)
"""Spoken from 1.2 to 2.0 s; "went" is on the screen from 2.0 s on, "home" only in the final."""


def figures(*arrivals: tuple[float, ServerEvent]) -> Figures:
    """The figures of one session with an endpoint silence of 500 ms."""
    return measure([log(*arrivals)], 500)


def test_the_first_partial_is_the_first_one_with_text() -> None:
    """Its latency counts from the true onset, not from the server's, and skips empty partials."""
    found = figures(*ONE_UTTERANCE)
    assert found.first_partial.count == 1
    assert found.first_partial.p50 == pytest.approx(1.70 - 1.2)
    assert found.without_partial == 0


def test_where_no_partial_came_the_final_is_the_first_text() -> None:
    """A server that is too slow for partials does not look fast by not sending them."""
    found = figures((1.35, SpeechStarted("u1", 1210)), (2.65, final("I went", 1400, 1700)))
    assert found.first_partial.p50 == pytest.approx(2.65 - 1.2)
    assert found.without_partial == 1


def test_the_final_counts_from_the_true_end_of_speech() -> None:
    """Its latency is arrival minus the end of the last window with speech."""
    found = figures(*ONE_UTTERANCE)
    assert found.final.p50 == pytest.approx(2.65 - 2.0)
    assert found.final_beyond_silence.p50 == pytest.approx(0.15)


def test_a_word_appears_when_it_stays() -> None:
    """Each word's latency runs from its end to the first partial from which on it is there.

    A word that no lasting partial shows appears with the final; a word cannot end after speech.
    """
    found = figures(*ONE_UTTERANCE).word
    # I: 1.70 - 1.40; went: 2.00 - 1.70; home: 2.65 - 2.00, though its end_ms is 2300.
    assert found.count == 3
    assert found.p50 == pytest.approx(0.30)
    assert found.greatest == pytest.approx(0.65)


def test_a_word_that_went_away_meanwhile_appears_when_it_is_back() -> None:
    """Only the last appearance counts, and a word before its end was spoken counts negative."""
    found = figures(
        (1.35, SpeechStarted("u1", 1200)),
        (1.50, partial("", "Home")),
        (1.70, partial("", "")),
        (1.90, partial("", "home,")),
        (2.60, final("home.", 2000)),
    ).word
    assert found.p50 == pytest.approx(-0.10)


def test_tentative_flicker_counts_words_that_were_replaced_or_removed() -> None:
    """`want` and `hole` were replaced; a word that an insertion moved was not."""
    found = figures(*ONE_UTTERANCE)
    assert (found.tentative_flicker, found.committed_flicker, found.committed_revised) == (2, 0, 0)
    moved = figures(
        (1.35, SpeechStarted("u1", 1200)),
        (1.70, partial("", "went home")),
        (2.60, final("I went home", 1, 2, 3)),
    )
    assert moved.tentative_flicker == 0


def test_committed_text_that_changes_is_told() -> None:
    """A committed word that a later partial does not keep counts, to the letter; so does one that
    the final replaces, by itself.
    """
    found = figures(
        (1.35, SpeechStarted("u1", 1200)),
        (1.70, partial("I want", "")),
        (1.90, partial("I Want to", "go")),
        (2.60, final("I went to go", 1, 2, 3, 4)),
    )
    assert found.committed_flicker == 1
    assert found.committed_revised == 1
    assert found.tentative_flicker == 0


def test_every_utterance_must_have_exactly_one_terminal_event() -> None:
    """None and two are counted, an error that names the utterance is one."""
    found = figures(
        (1.3, SpeechStarted("u1", 1200)),
        (1.4, SpeechStarted("u2", 1400)),
        (1.5, SpeechStarted("u3", 1600)),
        (2.0, final("a", 1, utterance="u2")),
        (2.0, final("a", 1, utterance="u2")),
        (2.1, error_event("recognition_failed", utterance="u3")),
    )
    assert found.utterances == 3
    assert found.unsettled == 2
    assert found.errors == {"recognition_failed": 1}


def test_two_utterances_of_a_recording_share_its_speech() -> None:
    """A pause inside a recording divides it: each utterance has its own onset and end."""
    windows = [(second(s), second(s) + WINDOW) for s in (1.2, 1.5, 2.5, 3.0)]
    played = Played("a", "one two", second(1), second(3.5), tuple(windows))
    found = measure(
        [
            log(
                (1.30, SpeechStarted("u1", 1200)),
                (1.60, partial("", "one")),
                (2.05, SpeechStopped("u1", 1532)),
                (2.10, final("one", 1500)),
                (2.60, SpeechStarted("u2", 2500)),
                (3.00, partial("", "two", utterance="u2")),
                (3.55, SpeechStopped("u2", 3032)),
                (3.70, final("two", 3000, utterance="u2")),
                played=(played,),
            )
        ],
        500,
    )
    assert found.first_partial.p50 == pytest.approx((0.4 + 0.5) / 2)
    assert found.final.greatest == pytest.approx(3.70 - (3.0 + WINDOW / RATE))
    assert found.wer == WordErrors(2, 0, 0, 0)
    assert found.unheard_s == 0


def test_speech_after_the_endpoint_belongs_to_no_utterance() -> None:
    """A last word that the server did not wait for is no negative latency but unheard speech."""
    windows = ((second(1.2), second(1.2) + WINDOW), (second(3.0), second(3.0) + WINDOW))
    played = Played("a", "one two", second(1), second(3.5), windows)
    found = measure(
        [
            log(
                (1.30, SpeechStarted("u1", 1200)),
                (1.75, SpeechStopped("u1", 1232)),
                (1.80, final("one", 1232)),
                played=(played,),
            )
        ],
        500,
    )
    assert found.final.p50 == pytest.approx(1.80 - (1.2 + WINDOW / RATE))
    assert found.unheard_s == pytest.approx(WINDOW / RATE)
    assert found.wer == WordErrors(2, 0, 1, 0)


def test_each_recording_is_compared_with_its_own_finals() -> None:
    """Finals go to the recording in which their utterance began, even a little before it."""
    first = recording(text="one")
    other = recording(5.0, (5.2, 6.0), "two", 6.5)
    found = measure(
        [
            log(
                (1.30, SpeechStarted("u1", 1200)),
                (2.60, final("one", 1)),
                (5.30, SpeechStarted("u2", 4900)),
                (6.60, final("too", 1, utterance="u2")),
                played=(first, other),
            )
        ],
        500,
    )
    assert found.recordings == 2
    assert found.wer == WordErrors(2, 1, 0, 0)


def test_a_recording_that_nobody_heard_is_all_deletions() -> None:
    """No utterance, no latency, but its words count."""
    found = figures()
    assert found.wer == WordErrors(3, 0, 3, 0)
    assert found.wer.rate == 1.0
    assert found.final == Spread()


@pytest.mark.parametrize(
    ("shown", "text", "pairs"),
    [
        ("", "a b", {}),
        ("a b", "a b c", {0: 0, 1: 1}),
        ("b c", "a b c", {0: 1, 1: 2}),
        ("a x c", "a b c", {0: 0, 2: 2}),
        ("the", "the cat saw the dog", {0: 0}),
        ("a a a", "a", {0: 0}),
    ],
)
def test_alignment_finds_words_that_stand_in_a_longer_text(
    shown: str, text: str, pairs: dict[int, int]
) -> None:
    """A shown text is laid over the beginning of the other with the fewest edits."""
    assert align(shown.split(), text.split()) == pairs


def test_percentiles_lie_between_values() -> None:
    """The same as numpy's linear interpolation; of one value, itself."""
    values = [0.4, 0.1, 0.9, 0.2]
    found = spread(values)
    assert found.p50 == pytest.approx(float(np.percentile(values, 50)))
    assert found.p95 == pytest.approx(float(np.percentile(values, 95)))
    assert found.p99 == pytest.approx(float(np.percentile(values, 99)))
    assert found.greatest == 0.9
    assert percentile([0.7], 0.95) == 0.7


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ZERO THREE, FIVE ONE!", "0 3 5 1"),
        ("0351", "0 3 5 1"),
        ("Twenty-three, thirty and 12", "2 3 3 0 and 1 2"),
        ("It\u2019s Mr. Brown's, isn't it?", "it is mister brown is is not it"),
        ("um, I can't", "i can not"),
        ("1,000", "1 0 0 0"),
    ],
)
def test_wording_is_made_comparable(text: str, plain: str) -> None:
    """Case, punctuation, contractions and the writing of numbers are no errors."""
    assert comparable(text) == plain


# ---------------------------------------------------------------- recordings


def test_the_shipped_manifest_is_read() -> None:
    """A `manifest.json` names each file with its text."""
    entries = read_manifest(SPEECH)
    assert {entry.path.name: entry.text for entry in entries} == TEXTS


@pytest.mark.parametrize("name", ["labels.jsonl", "labels.jsonl.gz"])
def test_a_corpus_of_labels_is_read(tmp_path: Path, name: str) -> None:
    """A line for each utterance, its audio in `flac/`."""
    lines = json.dumps({"utterance": "0001", "text": "WE CALL IT BEAR", "age": 6}) + "\n\n"
    data = gzip.compress(lines.encode()) if name.endswith("gz") else lines.encode()
    (tmp_path / name).write_bytes(data)
    assert read_manifest(tmp_path) == [Entry(tmp_path / "flac" / "0001.flac", "WE CALL IT BEAR")]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("readme.txt", b"", "there is no manifest.json and no labels"),
        ("manifest.json", b"{", "not a manifest"),
        ("manifest.json", b"[1]", "not a manifest"),
        ("manifest.json", b'{"a.flac": {}}', "not a manifest"),
        ("manifest.json", b"{}", "names no recording"),
        ("labels.jsonl.gz", b"no gzip", "not a manifest"),
        ("labels.jsonl", b'{"text": "a"}', "not a manifest"),
        ("manifest.json", b'{"a.flac": {"text": "a"}}', "a.flac"),
    ],
)
def test_a_folder_that_is_no_corpus_is_one_clear_line(
    tmp_path: Path, name: str, content: bytes, complaint: str
) -> None:
    """No manifest, a wrong one, an empty one and a missing recording are told with their name."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BenchError, match=complaint) as raised:
        sample_recordings(str(tmp_path), 1, 0)
    assert str(tmp_path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_sample_is_seeded_and_holds_speech() -> None:
    """The same seed gives the same recordings in the same order, each with speech found in it."""
    first, again = (sample_recordings(str(SPEECH), 4, 7) for _ in range(2))
    assert [r.name for r in first] == [r.name for r in again]
    assert len(first) == 4
    assert all(r.speech and r.text for r in first)


def test_without_data_there_is_a_synthetic_mix() -> None:
    """The probe that ships with the product comes clean and with noise, with the same speech."""
    mix = {r.name: r for r in sample_recordings(None, 1000, 0)}
    assert {"probe", "probe+25dB", "probe+15dB"} <= set(mix)
    assert mix["probe"].speech == mix["probe+15dB"].speech
    assert not np.array_equal(mix["probe"].samples, mix["probe+15dB"].samples)


def test_a_script_says_where_each_recording_is() -> None:
    """Recordings are found again at their places, with their speech, and gaps between them."""
    voice = noise(RATE, 3000, 1)
    script = write_script([Recording("a", "x", voice, (0, WINDOW))] * 2, 1500, 0)
    first, later = script.played
    assert np.array_equal(script.audio[first.start : first.end], voice)
    assert np.array_equal(script.audio[later.start : later.end], voice)
    assert later.start - first.end == second(1.5)
    assert later.speech[1] == (later.start + WINDOW, later.start + 2 * WINDOW)
    assert len(script.audio) - later.end == second(1.5)


def test_each_session_has_its_own_recordings() -> None:
    """They are shared out without overlap, and come round again only when there are too few."""
    silent = np.zeros(1, np.int16)
    recordings = [Recording(str(n), "", silent, ()) for n in range(5)]
    names = [[r.name for r in mine] for mine in share(recordings, 3, 2)]
    assert names == [["0", "1"], ["2", "3"], ["4", "0"]]


# ---------------------------------------------------------------- options, metrics, hops, reports


@pytest.mark.parametrize(
    "wrong",
    [
        {"sessions": ()},
        {"sessions": (0,)},
        {"utterances": 0},
        {"endpoint_silence_ms": 50},
        {"gap_ms": 600},
        {"url": "http://here", "baseline": "all"},
        {"url": "http://here", "settings": {"model": "base"}},
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    """What cannot be measured is refused before anything starts."""
    with pytest.raises(BenchError):
        BenchOptions(**wrong)  # type: ignore[arg-type]


def test_the_command_line_is_read() -> None:
    """Numbers with commas, settings with and without their prefix, and a bare `--baseline`."""
    assert read_counts("1,2, 4") == (1, 2, 4)
    assert read_settings(["model=base", "TUTOR_FINAL_BEAM=3"]) == {
        "model": "base",
        "final_beam": "3",
    }
    assert with_baseline(["--baseline", "--seed", "1"]) == ["--baseline", "first", "--seed", "1"]
    assert with_baseline(["--baseline", "all"]) == ["--baseline", "all"]
    assert with_baseline(["--baseline"]) == ["--baseline", "first"]
    with pytest.raises(BenchError, match="name=value"):
        read_settings(["model"])
    with pytest.raises(BenchError, match="whole numbers"):
        read_counts("one")


def test_decode_times_are_read_from_metrics() -> None:
    """Counts and sums by kind; what was there before is taken off."""
    text = (
        "# TYPE tutor_decode_seconds histogram\n"
        'tutor_decode_seconds_bucket{kind="final",le="0.5"} 3\n'
        'tutor_decode_seconds_bucket{kind="final",le="+Inf"} 4\n'
        'tutor_decode_seconds_count{kind="final"} 4\n'
        'tutor_decode_seconds_sum{kind="final"} 2.0\n'
    )
    found = parse_decodes(text)["final"].since(Decodes(1, 0.5))
    assert found == Decodes(3, 1.5)
    assert found.mean_s == 0.5
    assert Decodes().mean_s is None


def test_hops_are_the_time_between_the_stores_commands() -> None:
    """Each step is the first command of its kind after the one before; one missing gives none."""
    commands = [
        Command(float(at), f"{verb} x:{key}:y") for at, (_, verb, key) in enumerate(STEPS, start=1)
    ]
    noisy = [Command(0.5, "INCR other"), *commands]
    found = hops_between(noisy, 0.0, 8.0)
    assert found is not None
    assert list(found.values()) == [1, 1, 1, 1, 1, 1, 2]
    assert next(iter(found)) == "commit → enqueued"
    assert hops_between(commands[:-1], 0.0, 8.0) is None


def run(variant: str, sessions: int, p95: float, errors: dict[str, int] | None = None) -> Run:
    """A measurement with one p95."""
    some = Spread(5, p95 / 2, p95, p95, p95)
    return Run(
        variant,
        sessions,
        Figures(
            recordings=1,
            utterances=1,
            audio_s=4.0,
            speech_s=2.0,
            unheard_s=0.0,
            first_partial=some,
            without_partial=0,
            word=Spread(),
            final=some,
            final_beyond_silence=some,
            feedback=some,
            wer=WordErrors(10, 1, 1, 0),
            final_words=10,
            partials=6,
            committed_flicker=0,
            tentative_flicker=2,
            committed_revised=0,
            unsettled=0,
            errors=errors or {},
            latest_frame_s=0.001,
        ),
        Cost({"all": PartCost(0.5, Memory(300.0, 200.0))}),
        {"final": Decodes(1, 0.2)},
        Load(2, 0.5, 0.1, 0.0),
    )


MACHINE = Machine("2026-01-01T00:00:00+00:00", "a CPU", 2, "3.11", "0.1.0")


def test_capacity_is_the_largest_number_up_to_which_all_hold() -> None:
    """A number over the bound, or with an error, ends it; what comes after does not count."""
    product = [run("product", n, p95) for n, p95 in ((1, 0.6), (2, 0.9), (4, 1.3), (6, 1.1))]
    report = BenchReport(BenchOptions(), MACHINE, (*product, run("baseline", 1, 2.0)))
    assert report.capacity("product") == 2
    assert report.capacity("baseline") == 0
    failing = BenchReport(BenchOptions(), MACHINE, (run("product", 1, 0.6, {"busy": 1}),))
    assert failing.capacity("product") == 0
    assert [(a.sessions, b.variant) for a, b in report.ratios()] == [(1, "baseline")]


def test_a_report_survives_json() -> None:
    """What is written is read back equal; anything else is refused."""
    report = BenchReport(
        BenchOptions(data="x", sessions=(1, 2), settings={"model": "base"}),
        MACHINE,
        (run("product", 1, 0.6), run("baseline", 1, 2.0)),
    )
    assert BenchReport.from_json(report.to_json()) == report
    with pytest.raises(ValueError, match="BenchReport"):
        BenchReport.from_json('{"runs": []}')


def test_an_overhead_report_survives_json() -> None:
    """What is written is read back equal."""
    report = OverheadReport(
        OverheadOptions(),
        MACHINE,
        Spread(1, 0.01, 0.01, 0.01, 0.01),
        Spread(),
        {"commit → enqueued": Spread()},
        FrameCost(1000, 2.0, 0.5),
        Speaking(8, 15.0, {"gateway": 0.01}),
        Idle(500, 30.0, 0.02, 0.001),
        Load(2, 0.5, 0.1, 0.0),
    )
    assert OverheadReport.from_json(report.to_json()) == report
    assert report.frames.per_core_second == 2000


def test_files_are_set_beside_the_same_sessions_without() -> None:
    """`--batch-load`: each number of sessions with and without them, and the ratio."""
    runs = (run("product", 1, 0.6), run("with files", 1, 0.66), run("product", 2, 0.9))
    report = BenchReport(BenchOptions(batch_load=2), MACHINE, runs)
    ((loaded, alone),) = report.loaded_ratios()
    assert (loaded.figures.final.p95, alone.figures.final.p95) == (0.66, 0.6)
    with pytest.raises(BenchError, match="batch-load"):
        BenchOptions(batch_load=-1)
