"""The documentation's site at `/docs/guide/` of a gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway import Gateway, running_gateway
from tests.web.runner import needs_chromium, run_node_tests
from tutor.adapters.settings import Settings

GUIDE = "/docs/guide/"


@pytest.fixture(scope="module")
def gateway(
    store: Settings, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway that has the site, and shows no other documents."""
    folder = tmp_path_factory.mktemp("guided")
    with running_gateway(folder, store.redis_url, guide_dir=str(site), docs="closed") as gateway:
        yield gateway


def test_the_site_is_served(gateway: Gateway) -> None:
    """Its pages, with and without the slash, and what they need; HEAD, too."""
    with gateway.client() as client:
        assert "<h1" in client.get(GUIDE).text
        moved = client.get(GUIDE.rstrip("/"))
        assert (moved.status_code, moved.headers["location"]) == (307, GUIDE)
        assert "Glossary" in client.get(f"{GUIDE}understand/glossary/").text
        assert client.get(f"{GUIDE}search/search_index.json").json()["docs"]
        assert client.head(GUIDE).status_code == 200


def test_its_policy_lets_its_own_scripts_run_and_no_other(gateway: Gateway) -> None:
    """Lines in its pages by their digests; everything else as on the page, `data:` icons aside."""
    with gateway.client() as client:
        guide, page = client.get(GUIDE).headers, client.get("/").headers
    policy = dict(part.split(" ", 1) for part in guide["content-security-policy"].split("; "))
    scripts = policy.pop("script-src").split()
    assert scripts[0] == "'self'"
    assert all(one.startswith("'sha256-") for one in scripts[1:])
    assert policy.pop("img-src") == "'self' data:"
    plain = dict(part.split(" ", 1) for part in page["content-security-policy"].split("; "))
    assert policy.items() <= plain.items()
    assert "script-src" not in plain
    for name in ("permissions-policy", "referrer-policy", "x-content-type-options"):
        assert guide[name] == page[name]


def test_what_the_site_does_not_have_is_a_problem_document(gateway: Gateway) -> None:
    """Another page's name, and a way out of the folder."""
    with gateway.client() as client:
        for path in ("nowhere/", "../guide.log", "%2e%2e/gateway.log"):
            answer = client.get(GUIDE + path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            assert "script-src" not in answer.headers["content-security-policy"]


@needs_chromium
def test_it_can_be_read_in_a_browser(gateway: Gateway) -> None:
    """Under its policy, without anything from elsewhere, on a phone; the search finds a page."""
    run_node_tests("guide/guide.test.js", TUTOR_URL=gateway.url)
