import io
import json
import sqlite3
import zipfile
from contextlib import closing

from tutor.adapters.anki import FlashCard, package

CARDS = [
    FlashCard("weather", "en", "English", "The <nice> weather.", "/ˈwɛðɚ/", "52", b"fLaC1"),
    FlashCard("think", "en", "English"),
    FlashCard("weather", "de", "German", recording=b"fLaC2"),
]


def opened(packed: bytes) -> tuple[zipfile.ZipFile, sqlite3.Connection]:
    """The file's archive and its collection."""
    archive = zipfile.ZipFile(io.BytesIO(packed))
    base = sqlite3.connect(":memory:")
    base.deserialize(archive.read("collection.anki2"))
    return archive, base


def test_each_word_is_a_new_card_with_its_recording() -> None:
    """In its language's deck; what a field says is text, not HTML."""
    archive, base = opened(package(CARDS, 1_764_500_000))
    with archive, closing(base):
        names = json.loads(archive.read("media"))
        assert [archive.read(at) for at in names] == [b"fLaC1", b"fLaC2"]
        fields = [
            row[0].split("\x1f") for row in base.execute("SELECT flds FROM notes ORDER BY id")
        ]
        assert fields[0] == [
            "weather",
            "The &lt;nice&gt; weather.",
            "/ˈwɛðɚ/",
            "52",
            f"[sound:{names['0']}]",
        ]
        assert fields[1] == ["think", "", "", "", ""]
        decks = json.loads(base.execute("SELECT decks FROM col").fetchone()[0])
        held = [
            decks[str(did)]["name"] for (did,) in base.execute("SELECT did FROM cards ORDER BY id")
        ]
        assert held == ["English", "English", "German"]
        assert base.execute("SELECT DISTINCT type, queue FROM cards").fetchall() == [(0, 0)]


def test_the_model_is_heard_before_the_learner() -> None:
    """Both in the one field of sounds: other fields would be another kind of card to Anki."""
    both = FlashCard("weather", "en", "English", recording=b"fLaC1", model=b"ID3")
    alone = FlashCard("think", "en", "English", model=b"mp3")
    archive, base = opened(package([both, alone], 1_764_500_000))
    with archive, closing(base):
        names = json.loads(archive.read("media"))
        sounds = {name: archive.read(at) for at, name in names.items()}
        assert list(sounds.values()) == [b"ID3", b"fLaC1", b"mp3"]
        model, mine, other = sounds
        assert (model[-4:], mine[-5:], other[-4:]) == (".mp3", ".flac", ".mp3")
        last = [
            row[0].split("\x1f")[-1] for row in base.execute("SELECT flds FROM notes ORDER BY id")
        ]
        assert last == [f"[sound:{model}] [sound:{mine}]", f"[sound:{other}]"]


def test_a_word_is_the_same_note_in_every_file() -> None:
    """So that an import renews it; the same word of another language is another one."""
    found = []
    for now in (1_764_500_000, 1_764_600_000):
        archive, base = opened(package(CARDS, now))
        with archive, closing(base):
            found.append([row[0] for row in base.execute("SELECT guid FROM notes ORDER BY id")])
    assert found[0] == found[1]
    assert len(set(found[0])) == 3
