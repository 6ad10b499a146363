"""The coach's phrases, read from the data files of the package."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from tutor.core.coach.phrases import Phrases, PhrasesError, phrases_from

FOLDER = Path(str(files("tutor") / "assets" / "coach"))


@cache
def load_phrases(folder: Path = FOLDER) -> dict[str, Phrases]:
    """The phrases of every file `<language>.toml`, by language.

    Raises:
        PhrasesError: a file is wrong; the message names it and the phrase.
    """
    return {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}


def _read(path: Path) -> Phrases:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PhrasesError(f"{path.name}: {error}") from error
    return phrases_from(data, path.name)
