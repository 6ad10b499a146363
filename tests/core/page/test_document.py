import pytest

from tutor.core.page.document import digest, entry, joined, sheets, with_bundles

DOCUMENT = """<head>
  <title>A page</title>
  <link rel="stylesheet" href="/static/style.css">
  <link rel="stylesheet" href="/static/page/more.css">
  <link rel="modulepreload" href="/static/sdk/index.js">
  <script type="module" src="/static/app.js"></script>
</head>
"""


def test_a_document_says_what_it_is_made_from() -> None:
    """Its sheets in their order, and the module that it begins with."""
    assert sheets(DOCUMENT) == ["style.css", "page/more.css"]
    assert entry(DOCUMENT) == "app.js"


def test_a_document_asks_for_one_sheet_and_one_script() -> None:
    """The bundles stand where the files stood; nothing else of it changes."""
    assert with_bundles(DOCUMENT, "/static/style-1.css", "/static/app-2.js") == (
        "<head>\n  <title>A page</title>\n"
        '  <link rel="stylesheet" href="/static/style-1.css">\n'
        '  <script type="module" src="/static/app-2.js"></script>\n</head>\n'
    )


def test_a_name_says_what_is_in_the_file() -> None:
    """Another text has another name, the same text the same."""
    assert digest("a") == digest("a") != digest("b")


def test_sheets_are_joined_in_their_order() -> None:
    """What they name by a full address stays what it is."""
    parts = {"a.css": "a { background: url(/static/a.png) }\n", "b.css": "/* @import */ b {}\n"}
    assert joined(parts) == "".join(parts.values())


@pytest.mark.parametrize(
    "text", ['@import "b.css";', "a { background: url(a.png) }", 'a { background: url( "a.png") }']
)
def test_a_sheet_that_names_its_neighbours_is_refused(text: str) -> None:
    """In the joined sheet, which stands elsewhere, it would find nothing."""
    with pytest.raises(ValueError, match=r"page/a\.css"):
        joined({"page/a.css": text})
