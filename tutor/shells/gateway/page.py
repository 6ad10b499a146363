"""The practice page: a document, one sheet and one script, packed and kept in memory."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from tutor.adapters.wire.asyncapi import document as protocol_of
from tutor.core.page.bundle import bundle
from tutor.core.page.document import digest, entry, joined, sheets, with_bundles

WEB = Path(str(files("tutor") / "web"))

FOR_EVER = "public, max-age=31536000, immutable"
"""Of a file whose name says what is in it."""

LEAST_PACKED = 1000
"""Bytes under which an answer is sent as it is: packed it would hardly be shorter."""

MODULES = ("*.js", "*.css", "*.html")
"""The files that the page is made from."""


def add_pages(app: FastAPI) -> None:
    """Serve the page and what belongs to it."""
    page = _Page(WEB)

    @app.get("/", include_in_schema=False)
    async def index(request: Request) -> Response:
        return (await page.now()).document.answer(request, "text/html", "no-cache")

    @app.get("/static/app-{name}.js", include_in_schema=False)
    async def script(request: Request, name: str) -> Response:
        found = (await page.now()).script
        return found.answer(request, "text/javascript", _kept(name, found))

    @app.get("/static/style-{name}.css", include_in_schema=False)
    async def sheet(request: Request, name: str) -> Response:
        found = (await page.now()).sheet
        return found.answer(request, "text/css", _kept(name, found))

    @app.get("/service-worker.js", include_in_schema=False)
    async def service_worker() -> FileResponse:
        """At the root: a worker may only look after what is beside or under it."""
        headers = {"Cache-Control": "no-cache"}
        worker = WEB / "service-worker.js"
        return FileResponse(worker, headers=headers, media_type="text/javascript")

    @app.get("/v1/interfaces", summary="The page's languages", tags=["page"])
    async def interfaces() -> dict[str, str]:
        """The page's languages, each with its own name: a file of `web/i18n` is one."""
        texts = sorted((WEB / "i18n").glob("*.json"))
        return {file.stem: json.loads(file.read_bytes())["name"] for file in texts}

    protocol = cache(protocol_of)  # few ask, and it takes a quarter of a second

    @app.get("/v1/protocol.json", summary="The practice protocol", tags=["page"])
    async def protocol_document() -> JSONResponse:
        """The practice protocol as an AsyncAPI 3 document."""
        return JSONResponse(await asyncio.to_thread(protocol))

    own = GZipMiddleware(StaticFiles(directory=WEB), minimum_size=LEAST_PACKED)
    app.mount("/static", own, name="static")


def add_docs(app: FastAPI) -> None:
    """Serve the reference of the HTTP API."""

    @app.get("/docs", include_in_schema=False)
    async def docs() -> FileResponse:
        return FileResponse(WEB / "docs.html")


def _kept(name: str, found: Packed) -> str:
    """A gateway of another version may be asked for its neighbour's file: it gives its own once."""
    return FOR_EVER if name == found.name else "no-cache"


@dataclass(frozen=True)
class Packed:
    """A text to be served, as it is and packed."""

    name: str
    """The text's digest."""
    body: bytes
    packed: bytes

    @classmethod
    def of(cls, text: str) -> Packed:
        """The text, packed as tightly as it goes."""
        body = text.encode()
        return cls(digest(text), body, gzip.compress(body, mtime=0))

    def answer(self, request: Request, media_type: str, kept: str) -> Response:
        """The answer to a request, packed where the browser can unpack it."""
        is_packed = "gzip" in request.headers.get("accept-encoding", "")
        headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
        headers["ETag"] = f'"{self.name}-{"gzip" if is_packed else "plain"}"'
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        return Response(self.packed if is_packed else self.body, 200, headers, media_type)


@dataclass(frozen=True)
class Bundles:
    """The page as it is served."""

    document: Packed
    sheet: Packed
    script: Packed

    @classmethod
    def of(cls, folder: Path) -> Bundles:
        """The page of a folder.

        Raises:
            BundleError: a module has a form that is not known, or one is missing.
            ValueError: a sheet names what it would not find in the whole.
        """
        text = (folder / "index.html").read_text("utf-8")
        modules = {
            path.relative_to(folder).as_posix(): path.read_text("utf-8")
            for path in folder.rglob("*.js")
        }
        script = Packed.of(bundle(modules, entry(text)))
        sheet = Packed.of(joined({one: (folder / one).read_text("utf-8") for one in sheets(text)}))
        names = f"/static/style-{sheet.name}.css", f"/static/app-{script.name}.js"
        return cls(Packed.of(with_bundles(text, *names)), sheet, script)


class _Page:
    """The page of a folder; made when it is first asked for, and anew when a file of it has
    changed, so that it can be edited."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: tuple[frozenset[tuple[Path, int, int]], Bundles] | None = None

    async def now(self) -> Bundles:
        return await asyncio.to_thread(self._current)

    def _current(self) -> Bundles:
        state = self._state()
        if self._made is None or state != self._made[0]:
            self._made = state, Bundles.of(self._folder)
        return self._made[1]

    def _state(self) -> frozenset[tuple[Path, int, int]]:
        found = (path for pattern in MODULES for path in self._folder.rglob(pattern))
        facts = ((path, path.stat()) for path in found)
        return frozenset((path, fact.st_mtime_ns, fact.st_size) for path, fact in facts)
