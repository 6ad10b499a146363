"""Links from pages to files of the repository.

Pages link to files as they lie in the repository, so that the links work in an editor, too. In
the site such a file is a page that shows it, an image is a copy, and a document that stands
elsewhere in the repository (`BROUGHT`) is a page of its own.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PAGES = "etc/docs/pages/"

BROUGHT = {
    "CHANGELOG.md": "contribute/changelog.md",
    "CONTRIBUTING.md": "contribute/contributing.md",
    "SECURITY.md": "contribute/security.md",
    "THIRD_PARTY.md": "contribute/third-party.md",
    "etc/research/decoding/DECODINGS.md": "understand/decodings.md",
    "etc/research/pronunciation/RESULTS.md": "understand/pronunciation.md",
    "web/sdk/README.md": "embed/javascript.md",
}
"""Documents that stand where they are needed, and their pages."""

_LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)\s#]+)")
_FENCE = re.compile(r"^(```|~~~).*?^\1 *$", re.MULTILINE | re.DOTALL)

_IMAGES = frozenset({".png", ".svg"})
_LANGUAGES = {
    "": "text",
    ".conf": "text",
    ".in": "text",
    ".js": "js",
    ".json": "json",
    ".md": "markdown",
    ".py": "python",
    ".sh": "sh",
    ".toml": "toml",
    ".yml": "yaml",
}


class Links:
    """Rewrites the links of pages, and keeps which files the site needs for them."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        """Path in the site of each file that is linked to, and its path in the repository."""

    def rewrite(self, text: str, source: str, page: str) -> str:
        """The text of `source`, a path in the repository, as it stands at `page` in the site."""
        parts, at = [], 0
        for fence in _FENCE.finditer(text):
            parts += [self._outside(text[at : fence.start()], source, page), fence[0]]
            at = fence.end()
        return "".join([*parts, self._outside(text[at:], source, page)])

    def _outside(self, text: str, source: str, page: str) -> str:
        """The part of a text that is no code."""
        return _LINK.sub(lambda link: self._link(link[1], source, page), text)

    def _link(self, link: str, source: str, page: str) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), link))
        return posixpath.relpath(self._place(path), posixpath.dirname(page) or ".")

    def _place(self, path: str) -> str:
        """Where a file of the repository is in the site."""
        if path.startswith(PAGES):
            return path.removeprefix(PAGES)
        if path in BROUGHT:
            return BROUGHT[path]
        if not (ROOT / path).exists():
            return path  # MkDocs says that it is not there
        place = path if Path(path).suffix in _IMAGES else f"source/{path}.md"
        self.files[place] = path
        return place


def shown(path: str) -> str:
    """A page that shows a file of the repository, or what is in a folder."""
    place = ROOT / path
    language = "text" if place.is_dir() else _LANGUAGES[place.suffix]
    text = "\n".join(_names(place)) if place.is_dir() else place.read_text().rstrip()
    return (
        "---\nsearch: {exclude: true}\nhide: [navigation, toc]\n---\n"
        f'# {path}\n\n~~~~~~{language} linenums="1"\n{text}\n~~~~~~\n'
    )


def _names(folder: Path) -> list[str]:
    paths = sorted(path for path in folder.iterdir() if path.name != "__pycache__")
    return [f"{path.name}/" if path.is_dir() else path.name for path in paths]
