import json
import subprocess
import sys
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


def test_a_manifest_gives_a_line_for_each_of_its_lines(tmp_path: Path) -> None:
    """In its order, each with what was asked; one that cannot be scored says why, spoils none."""
    silence = tmp_path / "broken.wav"
    silence.write_bytes(b"RIFF")
    market = str(SPEECH / "market.flac")
    manifest = write_manifest(
        tmp_path / "in.jsonl",
        {"audio": market, "text": MARKET, "speaker": "Anna"},
        {"audio": "missing.flac", "text": MARKET},
        "",
        {"audio": str(silence), "text": MARKET},
        {"audio": "a" * 300, "text": MARKET},
        {"audio": "a\0b", "text": MARKET},
        {"audio": market, "text": ""},
        {"audio": market, "text": "word " * (LONGEST_TEXT + 1)},
        {"audio": market, "text": "Я пошла на рынок с сестрой."},
        {"audio": market, "text": "Nothing of this was ever said by anybody."},
        {"audio": str(SPEECH / "stereo_48k.ogg"), "text": MARKET.replace(" ", "\u2028", 1)},
    )
    lines = assessed(manifest)
    asked = [json.loads(line) for line in manifest.read_text("utf-8-sig").split("\n") if line]
    assert [(line["audio"], line["text"]) for line in lines] == [
        (line["audio"], line["text"]) for line in asked
    ]
    right, missing, broken, *no_names, empty, too_long, foreign, wrong, _ = lines
    assert all(line["error"] for line in no_names)
    assert right["total"] > 80
    assert "No such file" in missing["error"]
    assert "broken.wav" in broken["error"]
    assert [line["reason"] for line in (empty, too_long)] == ["no_text", "text_too_long"]
    assert foreign["total"] is None
    assert foreign["error"]
    assert wrong["total"] is None or wrong["total"] <= 30


def test_a_manifest_can_be_judged_by_its_sounds_alone(tmp_path: Path) -> None:
    """The words' scores are the same; what was added, the pauses, and which word was said for
    another, of which the total makes a little, only the recogniser tells."""
    entries = [
        {"audio": str(SPEECH / "market.flac"), "text": text}
        for text in (MARKET, "I went to the market with my brother.")
    ]
    manifest = write_manifest(tmp_path / "in.jsonl", *entries)
    sounds, words = assessed(manifest, "--no-transcribe"), assessed(manifest)
    for alone, heard in zip(sounds, words, strict=True):
        assert (alone["transcript"], alone["details"]) == (None, None)
        assert heard["transcript"] == MARKET
        assert heard["details"]["words_per_minute"] > 200
        assert [word["score"] for word in alone["words"]] == [
            word["score"] for word in heard["words"]
        ]
    assert sounds[0]["total"] == words[0]["total"]
    assert sounds[1]["total"] == pytest.approx(words[1]["total"], abs=2)
    assert [word["error"] for word in sounds[1]["words"]][-1] == "omission"
    assert [word["error"] for word in words[1]["words"]][-1] == "substitution"


def test_of_a_long_text_the_part_that_was_read_is_judged(tmp_path: Path) -> None:
    """With the recogniser or without: a job scores it, and so does the command."""
    longer = MARKET + " We bought fresh bread and some apples there." * 60
    manifest = write_manifest(
        tmp_path / "in.jsonl", {"audio": str(SPEECH / "market.flac"), "text": longer}
    )
    (sounds,), (words,) = assessed(manifest, "--no-transcribe"), assessed(manifest)
    assert sounds["total"] == words["total"] is not None
    read = len(MARKET.split())
    assert all(word["score"] > 80 for word in sounds["words"][:read])
    assert {word["error"] for word in sounds["words"][read:]} == {"omission"}


def test_half_a_character_spoils_no_manifest(tmp_path: Path) -> None:
    """JSON can hold half of a pair of surrogates, which UTF-8 cannot: it comes back as it came."""
    asked = [{"audio": "gone.flac", "text": text} for text in ("a \ud800 b", "b")]
    manifest = write_manifest(tmp_path / "in.jsonl", *map(json.dumps, asked))
    lines = assessed(manifest)
    assert [line["text"] for line in lines] == [line["text"] for line in asked]
    assert all("No such file" in line["error"] for line in lines)


def test_audio_paths_count_from_the_manifest(tmp_path: Path) -> None:
    """A manifest beside its recordings works from everywhere; so does one that names them from
    where one is."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.flac").write_bytes((SPEECH / "market.flac").read_bytes())
    manifest = write_manifest(
        data / "in.jsonl",
        {"audio": "a.flac", "text": MARKET},
        {"audio": "data/a.flac", "text": MARKET},
    )
    first, second = assessed(manifest, folder=tmp_path)
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
