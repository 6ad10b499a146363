from pathlib import Path

import pytest

from tutor.adapters.coach.phrases import FOLDER, load_phrases
from tutor.core.coach.phrases import (
    PhrasesError,
)


def test_a_language_is_added_by_a_file(tmp_path: Path) -> None:
    """A file beside the others is all that a new language takes."""
    text = (FOLDER / "en.toml").read_text("utf-8").replace("I heard", "Ich hörte")
    (tmp_path / "de.toml").write_text(text, "utf-8")
    assert load_phrases(tmp_path)["de"].say("heard", "x", said="ja").startswith(("Ich", "This"))


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    """A slip of the keyboard is found by file and line."""
    (tmp_path / "xx.toml").write_text("plural = \n")
    with pytest.raises(PhrasesError, match=r"xx\.toml.*line 1"):
        load_phrases(tmp_path)
