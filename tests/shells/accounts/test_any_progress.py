"""What a browser hands over, and what is made of it: anything at all, in any field."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.adapters.wire.test_any_bytes import NASTY, VALUES, bent
from tests.shells.accounts.test_progress import entered, said, session
from tests.support.examples import few
from tutor.adapters.settings import Settings

FEW = few(15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def learner(store: Settings, tmp_path: Path) -> Iterator[TestClient]:
    """The API as somebody uses it who has just registered; a fault of its own is an answer."""
    with entered(store, tmp_path) as client:
        client._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
        yield client


@FEW
@given(
    st.one_of(
        bent(session()).map(json.dumps), VALUES.map(json.dumps), st.sampled_from(NASTY), st.text()
    )
)
@example(json.dumps(session(started_at="0001-01-01T00:00:00+14:00")))
@example(json.dumps(session(started_at="9999-12-31T23:59:59-14:00")))
def test_any_session_is_taken_or_refused_by_name(learner: TestClient, body: str) -> None:
    """Nothing that somebody hands over is a fault of the server's; what it has is still told."""
    answer = learner.post(
        "/v1/me/sessions",
        content=body.encode("utf-8", "surrogatepass"),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code in (201, 400, 413, 422), answer.text
    assert answer.status_code == 201 or answer.json()["code"]
    assert learner.get("/v1/me/progress").status_code == 200
    assert learner.get("/v1/me/sessions").status_code == 200


WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12
).filter(str.strip)


@FEW
@given(WORDS, WORDS)
@example("=cmd|' /C calc'!A0", "+1")
@example("a\x1fb", "x\x1fy")
@example("<img src=x onerror=alert(1)>", "[sound:../../x]")
@example('"', "\n")
def test_any_word_makes_a_table_and_cards_that_can_be_read(
    learner: TestClient, word: str, sentence: str
) -> None:
    """A cell is a cell whatever is in it, and none is a formula; a card has as many fields as its
    kind, and no tags but ours."""
    utterance = said("u1", 20.0, word) | {"text": sentence}
    given_id = f"guest-{abs(hash((word, sentence)))}"
    answer = learner.post("/v1/me/sessions", json=session(given_id, spoken=[utterance]))
    assert answer.status_code == 201, answer.text
    rows = list(
        csv.reader(io.StringIO(learner.get("/v1/me/words.csv").content.decode("utf-8-sig")))
    )
    assert {len(row) for row in rows} == {5}
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")]
    package = learner.get("/v1/me/words.apkg")
    if package.status_code == 200:
        _check_cards(package.content)


def _check_cards(package: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        names = set(archive.namelist())
        assert not [name for name in names if "/" in name or ".." in name]
        (name,) = names & {"collection.anki2", "collection.anki21"}
        data = archive.read(name)
    with closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(data)
        (models,) = base.execute("select models from col").fetchone()
        counts = {key: len(one["flds"]) for key, one in json.loads(models).items()}
        for model, fields in base.execute("select mid, flds from notes").fetchall():
            whole: Any = fields
            assert len(whole.split("\x1f")) == counts[str(model)]
            assert "<img src=x" not in whole
