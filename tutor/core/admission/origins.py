"""Whether a page may act for the learner who looks at it: by what a browser says of its origin."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""

_OWN_SITES = frozenset({"same-origin", "none"})
"""What `Sec-Fetch-Site` says of our own pages, and of what a person asks for by hand."""


def is_own_page(origin: str | None, site: str | None, host: str, others: AbstractSet[str]) -> bool:
    """Whether a request comes from a page of ours, or from no page.

    Browsers say where a page comes from with whatever changes something; programs say nothing, and
    may. `origin`: the header Origin; `site`: Sec-Fetch-Site, which stays where a browser leaves the
    origin out; `host`: the header Host, which must be one of ours; `others`: further origins.
    """
    if origin is None:
        return site is None or site in _OWN_SITES
    return origin in {f"http://{host}", f"https://{host}"} | others
