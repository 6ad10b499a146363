import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from tests.support.speech import SPEECH, TEXTS
from tutor.bench import BenchError
from tutor.bench.corpus import Entry, read_manifest, sample_recordings


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
