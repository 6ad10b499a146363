import json
import os
import re
import subprocess
from pathlib import Path

from tests.golden.write import SDK
from tests.support.house import House, get
from tests.support.speech import TEXTS, spoken
from tests.web.runner import needs_node

# ---------------------------------------------------------------- the document


def test_the_document_is_served(house: House) -> None:
    """`/v1/protocol.json` is the document that is checked in."""
    status, _, body = get(f"{house.url}/v1/protocol.json")
    assert status == 200
    assert json.loads(body) == json.loads((SDK / "protocol.json").read_text())


# ---------------------------------------------------------------- the JavaScript client


@needs_node
def test_the_example_with_the_whole_product(house: House, tmp_path: Path) -> None:
    """The README's example, as it stands, gets words, scores and a reply."""
    (example,) = re.findall(
        r"```js\n(.*?process.*?)```", (SDK / "README.md").read_text(), re.DOTALL
    )
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "voice-tutor").symlink_to(SDK)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "example.js").write_text(example)
    (tmp_path / "speech.raw").write_bytes(spoken("weather.flac").tobytes())
    done = subprocess.run(
        ["node", "example.js", house.url, "speech.raw"],  # noqa: S607
        cwd=tmp_path,
        env=os.environ | {"NODE_OPTIONS": "--experimental-websocket"},  # Node before 22
        capture_output=True,
        text=True,
    )
    assert f"said: {TEXTS['weather.flac']}" in done.stdout, done.stdout + done.stderr
    assert re.search(r"^weather \d+$", done.stdout, re.MULTILINE)
    assert re.search(r"^tutor: .{20}", done.stdout, re.MULTILINE)
    assert "session.summary" in done.stdout
