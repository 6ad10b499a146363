import json
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.support.invoke import command
from tests.support.speech import SPEECH

pytestmark = pytest.mark.heavy

MARKET = "I went to the market with my sister."
LONGEST_TEXT = 5000
"""Words."""


def assess(
    *arguments: str | Path, folder: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """The command as a user types it, in this folder."""
    return subprocess.run(
        [sys.executable, "-m", "tutor", "assess", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=folder,
    )


def write_manifest(path: Path, *lines: dict[str, str] | str) -> Path:
    """As other programs write one: not escaped, and with a mark of its encoding."""
    texts = [
        line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines
    ]
    path.write_text("\n".join(texts), encoding="utf-8-sig")
    return path


def assessed(manifest: Path, *options: str, folder: Path | None = None) -> list[dict[str, Any]]:
    """What the command makes of a manifest."""
    out = manifest.with_suffix(".out")
    done = assess("--manifest", manifest, "--out", out, *options, folder=folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in out.read_text(encoding="utf-8").rstrip("\n").split("\n")]


def test_a_recording_is_assessed_as_json() -> None:
    """Scores from 0 to 100, each word with its times, each sound with its IPA."""
    done = assess(SPEECH / "market.flac", "--text", MARKET, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    scores = [found[name] for name in ("accuracy", "fluency", "prosodic", "completeness", "total")]
    assert all(60 <= score <= 100 for score in scores)
    assert found["calibrated"] is True
    assert [word["text"] for word in found["words"]] == MARKET.split()
    times = [at for word in found["words"] for at in (word["start_ms"], word["end_ms"])]
    assert times == sorted(times)
    assert 1500 < times[-1] < 2400
    assert {word["error"] for word in found["words"]} == {None}
    market = found["words"][4]
    assert [phone["ipa"] for phone in market["phones"]][:2] == ["m", "ɑː"]
    assert all(0 <= phone["score"] <= 100 for word in found["words"] for phone in word["phones"])


def test_a_recording_is_assessed_as_tables() -> None:
    """For a person: the scores, and every word of the text."""
    done = assess(SPEECH / "market.flac", "--text", "I went to the market with my brother.")
    assert done.returncode == 0, done.stderr
    assert all(word in done.stdout for word in ("accuracy", "market", "brother"))


LONGER = MARKET + " We bought fresh bread and some apples there." * 60

ALIKE = [
    {"audio": str(SPEECH / "market.flac"), "text": text}
    for text in (MARKET, "I went to the market with my brother.")
]
PART = [{"audio": str(SPEECH / "market.flac"), "text": LONGER}]


def by_name(
    asked: dict[str, list[dict[str, str] | str]], found: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """The lines of what a command found, under the names of what it was asked."""
    assert len(found) == sum(map(len, asked.values()))
    rest = iter(found)
    return {name: list(islice(rest, len(lines))) for name, lines in asked.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the command is run; `data` in it has the manifest."""
    folder = tmp_path_factory.mktemp("assessed")
    (folder / "data").mkdir()
    (folder / "data" / "a.flac").write_bytes((SPEECH / "market.flac").read_bytes())
    (folder / "broken.wav").write_bytes(b"RIFF")
    return folder


@pytest.fixture(scope="module")
def asked(folder: Path) -> dict[str, list[dict[str, str] | str]]:
    """What is asked of one manifest."""
    market = str(SPEECH / "market.flac")
    return {
        "right": [{"audio": market, "text": MARKET, "speaker": "Anna"}],
        "missing": [{"audio": "missing.flac", "text": MARKET}],
        "broken": [{"audio": str(folder / "broken.wav"), "text": MARKET}],
        "no names": [
            {"audio": "a" * 300, "text": MARKET},
            {"audio": "a\0b", "text": MARKET},
        ],
        "empty": [{"audio": market, "text": ""}],
        "too long": [{"audio": market, "text": "word " * (LONGEST_TEXT + 1)}],
        "foreign": [{"audio": market, "text": "Я пошла на рынок с сестрой."}],
        "wrong": [{"audio": market, "text": "Nothing of this was ever said by anybody."}],
        "separators": [
            {"audio": str(SPEECH / "stereo_48k.ogg"), "text": MARKET.replace(" ", "\u2028", 1)}
        ],
        "alike": [*ALIKE],
        "part": [*PART],
        "half a character": [
            json.dumps({"audio": "gone.flac", "text": text}) for text in ("a \ud800 b", "b")
        ],
        "paths": [{"audio": path, "text": MARKET} for path in ("a.flac", "data/a.flac")],
    }


@pytest.fixture(scope="module")
def words(
    folder: Path, asked: dict[str, list[dict[str, str] | str]]
) -> dict[str, list[dict[str, Any]]]:
    """What the command makes of it, by name; an empty line stands between two of the manifest."""
    right, *others = [line for lines in asked.values() for line in lines]
    manifest = write_manifest(folder / "data" / "in.jsonl", right, "", *others)
    return by_name(asked, assessed(manifest, folder=folder))


@pytest.fixture(scope="module")
def sounds(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The same without the recogniser, of what is read right or in part."""
    asked: dict[str, list[dict[str, str] | str]] = {"alike": [*ALIKE], "part": [*PART]}
    manifest = write_manifest(folder / "sounds.jsonl", *ALIKE, *PART)
    return by_name(asked, assessed(manifest, "--no-transcribe"))


def test_a_manifest_gives_a_line_for_each_of_its_lines(
    asked: dict[str, list[dict[str, str] | str]], words: dict[str, list[dict[str, Any]]]
) -> None:
    """In its order, each with what was asked; one that cannot be scored says why, spoils none."""
    for name, lines in asked.items():
        came = [(line["audio"], line["text"]) for line in words[name]]
        read = [json.loads(line) if isinstance(line, str) else line for line in lines]
        assert came == [(line["audio"], line["text"]) for line in read]
    assert words["right"][0]["total"] > 80
    assert "No such file" in words["missing"][0]["error"]
    assert "broken.wav" in words["broken"][0]["error"]
    assert all(line["error"] for line in words["no names"])
    assert words["empty"][0]["reason"] == "no_text"
    assert words["too long"][0]["reason"] == "text_too_long"
    assert words["foreign"][0]["total"] is None
    assert words["foreign"][0]["error"]
    (wrong,) = words["wrong"]
    assert wrong["total"] is None or wrong["total"] <= 30


def test_a_manifest_can_be_judged_by_its_sounds_alone(
    sounds: dict[str, list[dict[str, Any]]], words: dict[str, list[dict[str, Any]]]
) -> None:
    """The words' scores are the same; what was added, the pauses, and which word was said for
    another, of which the total makes a little, only the recogniser tells."""
    for alone, heard in zip(sounds["alike"], words["alike"], strict=True):
        assert (alone["transcript"], alone["details"]) == (None, None)
        assert heard["transcript"] == MARKET
        assert heard["details"]["words_per_minute"] > 200
        assert [word["score"] for word in alone["words"]] == [
            word["score"] for word in heard["words"]
        ]
    (right, wrong), (right_heard, wrong_heard) = sounds["alike"], words["alike"]
    assert right["total"] == right_heard["total"]
    assert wrong["total"] == pytest.approx(wrong_heard["total"], abs=2)
    assert [word["error"] for word in wrong["words"]][-1] == "omission"
    assert [word["error"] for word in wrong_heard["words"]][-1] == "substitution"


def test_of_a_long_text_the_part_that_was_read_is_judged(
    sounds: dict[str, list[dict[str, Any]]], words: dict[str, list[dict[str, Any]]]
) -> None:
    """With the recogniser or without: a job scores it, and so does the command."""
    (alone,), (heard,) = sounds["part"], words["part"]
    assert alone["total"] == heard["total"] is not None
    read = len(MARKET.split())
    assert all(word["score"] > 80 for word in alone["words"][:read])
    assert {word["error"] for word in alone["words"][read:]} == {"omission"}


def test_half_a_character_spoils_no_manifest(words: dict[str, list[dict[str, Any]]]) -> None:
    """JSON can hold half of a pair of surrogates, which UTF-8 cannot: it comes back as it came."""
    assert [line["text"] for line in words["half a character"]] == ["a \ud800 b", "b"]
    assert all("No such file" in line["error"] for line in words["half a character"])


def test_audio_paths_count_from_the_manifest(words: dict[str, list[dict[str, Any]]]) -> None:
    """A manifest beside its recordings works from everywhere; so does one that names them from
    where one is."""
    first, second = words["paths"]
    assert first["total"] == second["total"] > 80


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "in.jsonl:2"),
        ('{"audio": "a.flac"}', "in.jsonl:2"),
        ('{"audio": 1, "text": "a"}', "must be strings"),
        ("[]", "in.jsonl:2"),
    ],
)
def test_a_wrong_manifest_is_refused(tmp_path: Path, line: str, words: str) -> None:
    """Before anything is assessed, with the number of its line; nothing is written."""
    manifest = write_manifest(tmp_path / "in.jsonl", {"audio": "a.flac", "text": "a"}, line)
    code, told = command(
        "assess", "--manifest", str(manifest), "--out", str(tmp_path / "out.jsonl")
    )
    assert code == 1
    assert words in told
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere.flac", "--text", "a"], 1, "No such file"),
        (["nowhere.flac"], 2, "--text"),
        (["--manifest", "nowhere.jsonl", "--out", "out.jsonl"], 1, "nowhere.jsonl"),
        (["--manifest", "nowhere.jsonl"], 2, "--out"),
        (["nowhere.flac", "--text", "a", "--language", "xx-nonsense"], 2, "not a language"),
    ],
)
def test_wrong_arguments_are_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    """One line that says what is wrong."""
    monkeypatch.chdir(tmp_path)
    found, told = command("assess", *arguments)
    assert found == code
    assert words in told


def test_results_go_where_they_can_be_written(tmp_path: Path) -> None:
    """A folder that is not there is told before the work begins."""
    manifest = write_manifest(tmp_path / "in.jsonl", {"audio": "a.flac", "text": "a"})
    out = tmp_path / "nowhere" / "out.jsonl"
    code, told = command("assess", "--manifest", str(manifest), "--out", str(out))
    assert code == 1
    assert "No such file" in told
