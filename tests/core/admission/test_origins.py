import pytest

from tutor.core.admission.origins import is_own_page

HOST = "localhost:8000"
OTHERS = frozenset({"https://school.example"})


@pytest.mark.parametrize(
    ("origin", "site", "own"),
    [
        ("http://localhost:8000", "same-origin", True),
        ("https://localhost:8000", None, True),  # a proxy before it has the certificate
        ("https://school.example", "cross-site", True),
        (None, None, True),
        (None, "same-origin", True),
        (None, "none", True),
        (None, "cross-site", False),
        (None, "same-site", False),
        ("https://evil.example", "cross-site", False),
        ("null", "cross-site", False),
        ("", None, False),
        ("http://localhost:8001", "same-site", False),
        ("http://localhost:8000/", None, False),
        ("http://localhost:8000.evil.example", None, False),
        ("https://sub.school.example", "cross-site", False),
    ],
)
def test_only_our_own_pages_and_programs_may_act(
    origin: str | None, site: str | None, own: bool
) -> None:
    """The page's origin is exactly ours or a named one; without it what the browser says of the
    site, and a program says nothing."""
    assert is_own_page(origin, site, HOST, OTHERS) is own
