"""Writes what is generated from the message classes: `python -m tests.golden.write`."""

import json
from functools import cache
from pathlib import Path

from tests.golden.examples import CLIENT, SERVER
from tutor.adapters.wire.asyncapi import declarations, document
from tutor.adapters.wire.practice import encode_event, encode_message

HERE = Path(__file__).parent
SDK = HERE.parents[1] / "web" / "sdk"


@cache
def generated() -> dict[Path, str]:
    """The files, and what must stand in them."""
    messages = {
        "client": [json.loads(encode_message(message)) for message in CLIENT],
        "server": [json.loads(encode_event(seq, event)) for seq, event in enumerate(SERVER, 1)],
    }
    return {
        HERE / "messages.json": _json(messages),
        SDK / "protocol.json": _json(document()),
        SDK / "protocol.d.ts": declarations(),
    }


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
