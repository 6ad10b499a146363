"""The sources of the documentation's pages, and the code in them."""

import re

from tests.support.places import ROOT

PAGES = ROOT / "etc" / "docs" / "pages"


def blocks(page: str, kind: str) -> list[str]:
    """The code blocks of a kind in a page."""
    return re.findall(
        rf"^```{kind}\n(.*?)^```", (PAGES / page).read_text(), re.DOTALL | re.MULTILINE
    )
