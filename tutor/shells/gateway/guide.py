"""The documentation's site at `/docs/guide/`, where an operator has built it (`make docs`)."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response

PATH = "/docs/guide"

_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def add_guide(app: FastAPI, folder: Path) -> None:
    """Serve the site in a folder; without a site there is no route."""
    if (folder / "index.html").is_file():
        app.mount(f"{PATH}/", GuideFiles(folder), name="guide")


class GuideFiles(StaticFiles):
    """The site's files, each with a policy that lets the site's own scripts run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True)
        self._policy = content_policy(folder)

    def file_response(self, *args: Any, **options: Any) -> Response:
        """A file, with the policy of the site instead of that of the page."""
        response = super().file_response(*args, **options)
        response.headers["Content-Security-Policy"] = self._policy
        return response


def content_policy(folder: Path) -> str:
    """The Content-Security-Policy of a site: its own files, and no other script in a page.

    The theme has scripts of a line in its pages, among them one that says how deep a page lies.
    They are named by their digests, so that no other line runs. Its icons are `data:` in its style.
    """
    scripts = {
        script for page in folder.rglob("*.html") for script in _INLINE.findall(page.read_bytes())
    }
    digests = sorted(base64.b64encode(hashlib.sha256(one).digest()).decode() for one in scripts)
    allowed = "".join(f" 'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'self'; script-src 'self'{allowed}; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
