"""The practice page in a real browser, against a scripted server.

The tests themselves are in `tests/web/page`, for Node's test runner and Playwright.
"""

import pytest

from tests.web.runner import needs_chromium, run_node_tests

pytestmark = [needs_chromium, pytest.mark.heavy, pytest.mark.timeout(600)]


@pytest.mark.parametrize("name", ["lesson", "problems", "account"])
def test_the_page_does_what_its_tests_say(name: str) -> None:
    """Every state of the page, against a server that says what the test wants."""
    run_node_tests(f"page/{name}.test.js")
