"""Writes the pages of the site that are made from the code; run by MkDocs (gen-files)."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import mkdocs_gen_files
from mkdocs_gen_files.editor import FilesEditor

sys.path.insert(0, str(Path(__file__).parent))  # MkDocs runs this file from elsewhere

import decisions_page
import grammar_page
import http_page
import metrics_page
import names
import protocol_page
import repository
import saying_page
import settings_page

log = logging.getLogger("mkdocs.plugins.generate")
"""MkDocs counts the warnings of loggers under its own: strict, one ends the build."""

GENERATED: dict[str, Callable[[], str]] = {
    "decisions/index.md": decisions_page.text,
    "reference/grammar-rules.md": grammar_page.text,
    "reference/http.md": http_page.text,
    "reference/metrics.md": metrics_page.text,
    "reference/protocol.md": protocol_page.text,
    "reference/saying.md": saying_page.text,
    "reference/settings.md": settings_page.text,
}


ICON = "icon.svg"
"""The page's icon, as the configuration names it."""


def write_site() -> None:
    """Write all pages that are not in the pages' folder, and the links of those that are."""
    # It would look for its style at the root of the server.
    FilesEditor.current().config.theme.static_templates.discard("404.html")
    links = repository.Links()
    links.files[ICON] = f"web/{ICON}"
    for path in sorted((repository.ROOT / repository.PAGES).rglob("*.md")):
        source = path.relative_to(repository.ROOT).as_posix()
        write_page(source.removeprefix(repository.PAGES), path.read_text(), source, links)
    for source, page in repository.BROUGHT.items():
        write_page(page, (repository.ROOT / source).read_text(), source, links)
    for page, make in GENERATED.items():
        write_page(page, make(), repository.PAGES + page, links)
    for place, source in links.files.items():
        write_file(place, source)


def write_page(page: str, text: str, source: str, links: repository.Links) -> None:
    """Write a page; warn of names in it that nothing has."""
    if not page.endswith("changelog.md"):  # it tells of what was
        for name in names.missing(text):
            log.warning("%s names %s, which is not there", source, name)
    with mkdocs_gen_files.open(page, "w") as file:
        file.write(links.rewrite(text, source, page))


def write_file(place: str, source: str) -> None:
    """Write a file of the repository that some page links to."""
    if place.endswith(".md"):
        with mkdocs_gen_files.open(place, "w") as page:
            page.write(repository.shown(source))
        return
    with mkdocs_gen_files.open(place, "wb") as copy:
        copy.write((repository.ROOT / source).read_bytes())


write_site()
