"""One recording, one judgement: streamed, uploaded or given to `tutor assess`.

An upload and the command hear the same samples, so their numbers are the same. A session hears
what its segmenter leaves: the final begins at a pause, so the last 0.1 to 0.2 s of silence are
missing, and of longer silence before the speech all but 0.3 s.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support import asking
from tests.support.house import SOON_S, House, wait_until
from tests.support.practice import Heard, hear
from tests.support.speech import TEXTS, plain, silence, spoken
from tests.support.uploads import flac, spoken_together
from tutor.core.audio.samples import Samples
from tutor.core.feedback.report import WEAK
from tutor.core.protocol.messages import (
    Exercise,
    FeedbackAccuracy,
    FeedbackFluency,
    FeedbackPronunciation,
    SessionStart,
    TutorReplyDone,
)

DONE_S = 150.0
"""For a job on a busy machine."""

SAME_SPEECH = 2.0
"""Points by which a session's scores may differ: 0.8 was the most of any word or sentence score of
ten such readings, since the silence behind them is shorter for it."""

TRIMMED = 5.0
"""The same where 1.5 s of silence before and behind are cut: 2.3 was the most of ten readings.
Whisper's encoder hears each word at another place in its window."""

SENTENCE_SCORES = ("accuracy", "fluency", "prosodic", "total")


@dataclass(frozen=True)
class Case:
    """A recording, its text, and what is wrong with the reading: the word's error by its index."""

    audio: Samples
    text: str
    errors: dict[int, str]
    tolerance: float = SAME_SPEECH


CASES = {
    "read well": Case(spoken("long.flac"), TEXTS["long.flac"], {}),
    "figures": Case(spoken("number.flac"), TEXTS["number.flac"], {}),
    "a wrong word": Case(
        spoken("market.flac"), "I went to the market with my brother.", {7: "substitution"}
    ),
    "a word left out": Case(
        spoken("train.flac"),
        "The fast train to London leaves early in the morning.",
        {1: "omission"},
    ),
    "the other word of a minimal pair": Case(
        spoken("stereo_48k.ogg"),
        "I would like a cap of coffee and a piece of cake.",
        {4: "substitution"},
    ),
    "silence around it": Case(
        np.concatenate((silence(1.5), spoken("past_tense.flac"), silence(1.5))),
        TEXTS["past_tense.flac"].replace("film", "game"),
        {4: "substitution"},
        TRIMMED,
    ),
}

TOGETHER, SAID = spoken_together([5.5] * 3)  # there is little to recognise in so long a one
LONGER = Case(TOGETHER, SAID.replace("sea", "lake").replace("a film", "a long film"), {}, TRIMMED)
"""Over 30 s: it is cut into utterances, with 1 s of silence as their end in a file, 0.6 s live."""

OTHER = Case(spoken("market.flac"), TEXTS["weather.flac"], {})
"""A text that was not read, though "the" is in both."""

LACKING = Case(spoken("weather.flac"), f"{TEXTS['weather.flac']} Splendid!", {6: "omission"})
"""The last word of the text was not said."""


SILENCE_MS = 600
"""So sentences are cut live as in a file, by one silence: a word is scored among its neighbours."""


@dataclass(frozen=True)
class Ways:
    """What came back for one case, whichever way it went."""

    streamed: Heard
    uploaded: dict[str, Any]
    commanded: dict[str, Any]

    @property
    def report(self) -> dict[str, Any]:
        """The upload's, whose transcript stands beside it."""
        found: dict[str, Any] = self.uploaded["assessment"]
        return found


async def stream_all(house: House, cases: list[Case]) -> list[Heard]:
    """Read each text into a session of its own, one after the other."""
    return [
        await hear(
            house.url,
            case.audio,
            start=SessionStart(
                "en", Exercise("read_aloud", case.text), endpoint_silence_ms=SILENCE_MS
            ),
            speed=1.9,
        )
        for case in cases
    ]


def upload(house: House, case: Case) -> str:
    """The id of a job for a case."""
    answer = asking.post(
        f"{house.url}/v1/jobs",
        files={"file": ("a.flac", flac(case.audio))},
        data={"language": "en", "reference_text": case.text},
        timeout=SOON_S,
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def result(house: House, job: str) -> dict[str, Any]:
    """The result of a job, once it is there."""

    def is_done() -> bool:
        state = asking.get(f"{house.url}/v1/jobs/{job}").json()["status"]
        return state in ("done", "failed")

    wait_until(is_done, DONE_S, house.log)
    found: dict[str, Any] = asking.get(f"{house.url}/v1/jobs/{job}/result").json()
    return found


def assess(*arguments: str | Path) -> str:
    """What `tutor assess` prints."""
    return subprocess.run(
        [sys.executable, "-m", "tutor", "assess", *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def assess_all(folder: Path, cases: list[Case]) -> list[dict[str, Any]]:
    """The lines of one manifest."""
    entries = []
    for n, case in enumerate(cases):
        (folder / f"{n}.flac").write_bytes(flac(case.audio))
        entries.append(json.dumps({"audio": f"{n}.flac", "text": case.text}))
    (folder / "in.jsonl").write_text("\n".join(entries))
    assess("--manifest", folder / "in.jsonl", "--out", folder / "out.jsonl")
    return [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


pytestmark = pytest.mark.timeout(900)  # the first test waits for all cases, three ways


@pytest.fixture(scope="module")
def judged(house: House, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ways]:
    """Every case, judged each way, those of the other tests by names of their own."""
    cases = CASES | {"longer": LONGER, "other": OTHER, "lacking": LACKING}
    every = list(cases.values())
    jobs = [upload(house, case) for case in every]
    with ThreadPoolExecutor() as beside:
        commanding = beside.submit(assess_all, tmp_path_factory.mktemp("manifest"), every)
        streamed = asyncio.run(stream_all(house, every))
        uploaded = [result(house, job) for job in jobs]
        commanded = commanding.result()
    ways = (Ways(*way) for way in zip(streamed, uploaded, commanded, strict=True))
    return dict(zip(cases, ways, strict=True))


def read(heard: Heard) -> Iterator[tuple[int, str, float | None, str | None]]:
    """Each word of the text that a session heard of: index, text, score and error."""
    for accuracy, pronunciation in zip(
        heard.of(FeedbackAccuracy), heard.of(FeedbackPronunciation), strict=True
    ):
        words = [word for word in accuracy.words if word.status != "inserted"]
        for n, (word, sound) in enumerate(zip(words, pronunciation.words, strict=True)):
            is_weak = sound.score is not None and sound.score < WEAK
            errors = {
                "matched": "mispronunciation" if is_weak else None,
                "doubtful": "doubtful",
                "omitted": "omission",
                "substituted": "substitution",
            }
            yield accuracy.start + n, word.text, sound.score, errors[word.status]


def errors_of(report: dict[str, Any]) -> dict[int, str]:
    """The words of a report that something is wrong with."""
    return {n: word["error"] for n, word in enumerate(report["words"]) if word["error"]}


def assert_same_report(ways: Ways) -> None:
    """An upload and the command gave the same words, scores, times and rates to the last digit."""
    about = {"audio", "text", "transcript"}  # of the command's line, not of its report
    assert {name: value for name, value in ways.commanded.items() if name not in about} == {
        name: value for name, value in ways.report.items() if name not in about
    }


@pytest.mark.parametrize("name", CASES)
def test_an_upload_and_the_command_give_the_same_numbers(
    judged: dict[str, Ways], name: str
) -> None:
    """They hear the same samples: the same errors, scores, times, pauses; a transcript of the same
    words (that of an upload is by the recogniser that was adapted)."""
    ways = judged[name]
    assert errors_of(ways.report) == CASES[name].errors
    assert ways.report["calibrated"]
    assert all(ways.report[score] > 80 for score in SENTENCE_SCORES)
    assert_same_report(ways)
    assert plain(ways.commanded["transcript"]) == plain(ways.uploaded["text"])


@pytest.mark.parametrize("name", CASES)
def test_a_session_flags_the_same_words(judged: dict[str, Ways], name: str) -> None:
    """And gives the same scores, as near as the silence that it does not hear allows."""
    case, ways = CASES[name], judged[name]
    words = list(read(ways.streamed))
    assert {n: error for n, _, _, error in words if error} == case.errors
    assert [text for _, text, _, _ in words] == case.text.split()
    for (_, _, score, _), word in zip(words, ways.report["words"], strict=True):
        if score is not None:
            assert score == pytest.approx(word["score"], abs=case.tolerance)
    (sounds,) = ways.streamed.of(FeedbackPronunciation)
    for kind in SENTENCE_SCORES:
        assert getattr(sounds, kind) == pytest.approx(ways.report[kind], abs=case.tolerance)
    (accuracy,) = ways.streamed.of(FeedbackAccuracy)
    assert accuracy.completeness == pytest.approx(ways.report["completeness"], abs=0.05)
    (rates,) = ways.streamed.of(FeedbackFluency)
    assert rates.score == pytest.approx(ways.report["details"]["score"], abs=case.tolerance)


def test_a_long_recording_is_judged_alike(judged: dict[str, Ways]) -> None:
    """Utterance by utterance, wherever it was cut; an upload and the command cut alike."""
    ways, text = judged["longer"], LONGER.text.split()
    errors = errors_of(ways.report)
    assert {text[n]: error for n, error in errors.items()} == {
        "lake,": "substitution",
        "long": "omission",
    }
    assert_same_report(ways)
    words = {n: (score, error) for n, _, score, error in read(ways.streamed)}
    assert {n: error for n, (_, error) in words.items() if error} == errors
    assert sorted(words) == list(range(len(text)))
    for n, (score, _) in words.items():
        if score is not None:
            assert score == pytest.approx(ways.report["words"][n]["score"], abs=LONGER.tolerance)


def test_of_another_text_only_that_is_told(judged: dict[str, Ways]) -> None:
    """Whichever way it comes: no score, no word, no next exercise."""
    ways = judged["other"]
    for found in (ways.report, ways.commanded):
        assert found["reason"] == "other_text"
        assert {found[name] for name in (*SENTENCE_SCORES, "completeness")} == {None}
        assert (found["words"], found["insertions"], found["details"]) == ([], [], None)
    (sounds,) = ways.streamed.of(FeedbackPronunciation)
    assert (sounds.reason, sounds.words, sounds.total) == ("other_text", (), None)
    assert not ways.streamed.of(FeedbackAccuracy)
    assert not ways.streamed.of(FeedbackFluency)
    (reply,) = ways.streamed.of(TutorReplyDone)
    assert (reply.source, reply.next) == ("coach", None)


def test_one_recording_is_judged_like_a_line_of_a_manifest(
    judged: dict[str, Ways], tmp_path: Path
) -> None:
    """By the same command, with the same options."""
    case = CASES["the other word of a minimal pair"]
    (tmp_path / "a.flac").write_bytes(flac(case.audio))
    found = json.loads(assess(tmp_path / "a.flac", "--text", case.text, "--json"))
    line = judged["the other word of a minimal pair"].commanded
    assert found == {name: line[name] for name in found}


def test_what_a_recording_lacks_may_still_come_in_a_session(judged: dict[str, Ways]) -> None:
    """So far the judgements part, and no further: a session waits for the text's last word, a
    recording has left it out."""
    ways = judged["lacking"]
    assert errors_of(ways.report) == LACKING.errors
    assert_same_report(ways)
    words = list(read(ways.streamed))
    assert [text for _, text, _, _ in words] == TEXTS["weather.flac"].split()
    assert not [error for *_, error in words if error]
    (accuracy,) = ways.streamed.of(FeedbackAccuracy)
    assert accuracy.completeness == pytest.approx(ways.report["completeness"], abs=0.05)
    assert accuracy.completeness == pytest.approx(100 * 6 / 7)
