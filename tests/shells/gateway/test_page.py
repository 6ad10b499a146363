import gzip
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tutor.shells.gateway import page

PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def client() -> TestClient:
    """A browser of an application that has the page alone."""
    app = FastAPI()
    page.add_pages(app)
    return TestClient(app)


def names(client: TestClient) -> list[str]:
    """What the page asks for at once."""
    return re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', client.get("/").text)


def test_a_first_visit_is_a_few_packed_files(client: TestClient) -> None:
    """The document, a sheet, a script, a text: under 90 kB as a browser gets them."""
    paths = ["/", *names(client), "/static/i18n/ru.json"]
    assert len(paths) == 4
    sizes = []
    for path in paths:
        with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.headers["content-encoding"] == "gzip"
            assert "Accept-Encoding" in answer.headers["vary"]
            sizes.append(sum(map(len, answer.iter_raw())))
    assert sum(sizes) < 90_000


def test_the_page_knows_its_languages(client: TestClient) -> None:
    """Each file of texts is a language of the page, under its own name."""
    assert client.get("/v1/interfaces").json() == {
        "ar": "العربية",
        "de": "Deutsch",
        "en": "English",
        "es": "Español",
        "fr": "Français",
        "ru": "Русский",
        "zh": "中文",
    }


def test_a_service_worker_stands_at_the_root(client: TestClient) -> None:
    """It may look after the whole page there; a browser asks for its newest version."""
    answer = client.get("/service-worker.js?texts=en")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    kept = re.findall(r'"(/static/[^"]+)"', answer.text)
    assert kept
    assert all(client.get(path).status_code == 200 for path in kept)


def test_a_name_that_says_what_is_in_it_is_kept_for_ever(client: TestClient) -> None:
    """The document is asked for each time; what it names is not. Packed or plain it is the same."""
    assert client.get("/").headers["cache-control"] == "no-cache"
    for name in names(client):
        answer = client.get(name)
        assert answer.headers["cache-control"] == page.FOR_EVER
        assert client.get(name, headers=PLAIN).content == answer.content


def test_what_a_browser_has_is_not_sent_again(client: TestClient) -> None:
    """A document that has not changed is 304."""
    tag = client.get("/").headers["etag"]
    answer = client.get("/", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_neighbour_of_another_version_is_asked_once(client: TestClient) -> None:
    """A name of another version gets the script of this one, and it is not kept."""
    answer = client.get("/static/app-000000000000.js")
    assert answer.text == client.get(names(client)[1]).text
    assert answer.headers["cache-control"] == "no-cache"


def test_a_page_that_is_edited_has_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed file is served without a new start, under a name of its own."""
    (tmp_path / "i18n").mkdir()
    (tmp_path / "app.js").write_text("first();\n")
    (tmp_path / "style.css").write_text("")
    (tmp_path / "index.html").write_text(
        '  <link rel="stylesheet" href="/static/style.css">\n'
        '<script type="module" src="/static/app.js"></script>'
    )
    monkeypatch.setattr(page, "WEB", tmp_path)
    app = FastAPI()
    page.add_pages(app)
    client = TestClient(app)
    before = names(client)
    (tmp_path / "app.js").write_text("second();\n")
    after = names(client)
    assert before[0] == after[0]
    assert client.get(after[1]).text == "second();\n"
    assert before[1] != after[1]


def test_what_is_packed_is_what_it_was() -> None:
    """Unpacked it is the text."""
    packed = page.Packed.of("a text " * 50)
    assert gzip.decompress(packed.packed) == packed.body == b"a text " * 50
