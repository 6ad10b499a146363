import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from tutor.adapters.coach.exercises import (
    FOLDER,
    ExerciseLibrary,
    load_library,
    open_library,
    read_folder,
)
from tutor.core.coach.exercises import (
    ExerciseError,
)
from tutor.core.protocol.messages import Level
from tutor.core.text.normal import normalise

SHIPPED = load_library(None)

SCRIPTS = {"de": "LATIN", "en": "LATIN", "es": "LATIN", "fr": "LATIN", "ru": "CYRILLIC"}

LANGUAGES = sorted(SCRIPTS)

EVERY_LEVEL: tuple[Level, ...] = ("A1", "A2", "B1", "B2")


# ---------------------------------------------------------------- what is shipped


def test_five_languages_are_shipped() -> None:
    """The library has what the documentation promises."""
    assert SHIPPED.languages() == tuple(LANGUAGES)
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_level_has_items_of_every_type(language: str) -> None:
    """A learner of any level from A1 to B2 finds something of each kind."""
    assert len(SHIPPED.find(language)) >= 30
    for level in EVERY_LEVEL:
        types = {item.type for item in SHIPPED.find(language, level)}
        assert types == {"read_aloud", "minimal_pair", "dialogue", "free"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_ids_tell_language_and_level(language: str) -> None:
    """An id can be read, and none is there twice (the reader refuses that)."""
    for item in SHIPPED.find(language):
        assert item.id.startswith(f"{language}-{item.level.lower()}-")


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_in_the_script_of_their_language(language: str) -> None:
    """No letter of another alphabet that looks the same has slipped in."""
    for item in SHIPPED.find(language):
        for letter in " ".join((item.text, *item.words, *item.lines)):
            foreign = letter.isalpha() and SCRIPTS[language] not in unicodedata.name(letter)
            assert not foreign, f"{item.id}: {letter!r}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_shipped_twice(language: str) -> None:
    """Each item is worth its place."""
    prompts = [item.prompt for item in SHIPPED.find(language)]
    assert len(set(prompts)) == len(prompts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_minimal_pairs_stand_in_their_sentence(language: str) -> None:
    """The words of a pair differ and are said again in the sentence."""
    for item in SHIPPED.find(language, type="minimal_pair"):
        spoken = {normalise(word) for word in item.text.split()}
        assert {normalise(word) for word in item.words} <= spoken, item.id
        assert len(set(item.words)) == len(item.words) >= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_read_as_sentences(language: str) -> None:
    """Texts begin with a capital and end with a sign that ends a sentence."""
    for item in SHIPPED.find(language):
        for text in item.lines or (item.text,):
            assert text.lstrip("¿¡")[0].isupper(), item.id
            assert text[-1] in ".?!", item.id
            assert "  " not in text, item.id


# ---------------------------------------------------------------- a teacher's file


def write(path: Path, identity: str, text: str, language: str = "en") -> None:
    """A teacher's file with one item."""
    path.write_text(
        f'language = "{language}"\n[[item]]\nid = "{identity}"\ntype = "read_aloud"\n'
        f'level = "A1"\ntext = "{text}"\n',
        "utf-8",
    )


def test_a_teacher_adds_and_replaces(tmp_path: Path) -> None:
    """Own items come on top; one with the id of a shipped one takes its place."""
    write(tmp_path / "own.toml", "my-1", "We build robots.")
    write(tmp_path / "other.toml", "en-a1-read-1", "My name is Bob.")
    write(tmp_path / "pt.toml", "my-2", "Bom dia.", "pt-BR")
    library = open_library(str(tmp_path))
    assert len(library.find("en")) == len(SHIPPED.find("en")) + 1
    found = {item.id: item.text for item in library.find("en-GB", "A1", "read_aloud")}
    assert found["my-1"] == "We build robots."
    assert found["en-a1-read-1"] == "My name is Bob."
    assert [item.text for item in library.find("pt")] == ["Bom dia."]


def test_without_a_folder_there_is_what_was_shipped() -> None:
    """The library is read once."""
    assert open_library("") is SHIPPED


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda folder: (folder / "bad.toml").write_text("language = "), "bad.toml"),
        (lambda folder: (folder / "bad.toml").write_bytes(b"\xff\xfe"), "bad.toml"),
        (lambda folder: write(folder / "twin.toml", "my-1", "Again."), "my-1.*own.toml"),
        (lambda folder: write(folder / "long.toml", "my-3", "x" * 301), "long.toml.*my-3.*text"),
    ],
)
def test_a_broken_file_ends_the_start(
    tmp_path: Path, spoil: Callable[[Path], object], why: str
) -> None:
    """What is wrong is said at the start, with the file's name."""
    write(tmp_path / "own.toml", "my-1", "We build robots.")
    spoil(tmp_path)
    with pytest.raises(ExerciseError, match=why):
        load_library(tmp_path)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    """A mistyped folder is not silently empty."""
    with pytest.raises(ExerciseError, match="TUTOR_EXERCISES_DIR"):
        load_library(tmp_path / "nowhere")


def test_an_unknown_language_has_nothing() -> None:
    """No exercises are no error."""
    assert SHIPPED.find("sw") == ()


@pytest.mark.parametrize(
    ("tag", "asked"), [("cmn", "zh"), ("zh-Hans", "cmn"), ("nb", "no"), ("fil-PH", "tl")]
)
def test_a_language_is_found_by_any_of_its_tags(tmp_path: Path, tag: str, asked: str) -> None:
    """Whether the file or the session has the recogniser's code or another one."""
    (tmp_path / "own.toml").write_text(
        f'language = "{tag}"\n[[item]]\nid = "a"\ntype = "free"\nlevel = "A1"\nquestion = "x"\n'
    )
    library = load_library(tmp_path)
    assert [item.id for item in library.find(asked)] == ["a"]
    assert [item.id for item in library.find(tag)] == ["a"]
    assert library.find("sw") == ()


# ---------------------------------------------------------------- what comes next


def test_the_library_does_not_depend_on_how_often_a_folder_is_read() -> None:
    """Reading the shipped folder gives the shipped library."""
    assert ExerciseLibrary(read_folder(FOLDER)).find("fr") == SHIPPED.find("fr")
