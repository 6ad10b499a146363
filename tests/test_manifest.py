import json
import subprocess
import sys
from pathlib import Path


def test_half_a_character_spoils_no_manifest(tmp_path: Path) -> None:
    """JSON can hold half of a pair of surrogates, which UTF-8 cannot: it comes back as it came."""
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [{"audio": "gone.flac", "text": "a \ud800 b"}, {"audio": "gone.flac", "text": "b"}]
    source.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "tutor",
        "assess",
        "--manifest",
        str(source),
        "--out",
        str(out),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    written = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["text"] for line in written] == [line["text"] for line in lines]
    assert all("No such file" in line["error"] for line in written)
