"""The JavaScript client, by Node's own test runner."""

from pathlib import Path

import pytest

from tests.web.runner import needs_node, run_node_tests

pytestmark = pytest.mark.heavy


@needs_node
def test_units_in_javascript() -> None:
    """The client and the page's own rules, with fake sockets and clocks."""
    units = sorted((Path(__file__).parent / "unit").glob("*.test.js"))
    assert units
    run_node_tests(*(f"unit/{unit.name}" for unit in units))


@needs_node
def test_the_package_in_a_fresh_project() -> None:
    """`npm pack` gives what a project can import, compile against and run, without a network."""
    run_node_tests("package/package.test.js")
