"""The JavaScript client, by Node's own test runner."""

import pytest

from tests.web.runner import needs_node, run_node_tests

pytestmark = pytest.mark.heavy


@needs_node
@pytest.mark.parametrize("name", ["client", "protocol", "recording", "scored-words", "texts"])
def test_units_in_javascript(name: str) -> None:
    """The client and the page's own rules, with fake sockets and clocks."""
    run_node_tests(f"unit/{name}.test.js")


@needs_node
def test_the_package_in_a_fresh_project() -> None:
    """`npm pack` gives what a project can import, compile against and run, without a network."""
    run_node_tests("package/package.test.js")
