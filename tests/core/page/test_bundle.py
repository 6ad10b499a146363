import shutil
import subprocess
from pathlib import Path

import pytest

from tutor.core.page.bundle import BundleError, bundle

WEB = Path(__file__).parents[3] / "web"


def modules() -> dict[str, str]:
    """The page's own modules, by their paths."""
    return {str(path.relative_to(WEB)): path.read_text("utf-8") for path in WEB.rglob("*.js")}


def test_a_module_runs_behind_those_it_needs_and_once() -> None:
    """Two users of one module share it, and names that are given another name keep it."""
    sources = {
        "app.js": 'import { a } from "./x/a.js";\nimport { b as c } from "./x/b.js";\nsay(a, c);\n',
        "x/a.js": 'import { b } from "./b.js";\nexport const a = b;\n',
        "x/b.js": "export const b = 1;\n",
        "unused.js": "tell(never);\n",
    }
    assert bundle(sources, "app.js") == (
        "const $module0 = (() => {\nconst b = 1;\nreturn {b};\n})();\n"
        "const $module1 = (() => {\nconst {b} = $module0;\nconst a = b;\nreturn {a};\n})();\n"
        "const {a} = $module1;\nconst {b: c} = $module0;\nsay(a, c);\n"
    )


def test_what_a_module_passes_on_comes_from_it() -> None:
    """`export … from` makes a name of another module one of its own."""
    sources = {
        "app.js": 'import { one } from "./index.js";\n',
        "index.js": 'export { one } from "./one.js";\n',
        "one.js": "export function one() {}\n",
    }
    assert "const {one} = $module0;\nreturn {one};" in bundle(sources, "app.js")


def test_an_address_beside_a_module_stays_where_it_was() -> None:
    """A file that a module names by its own place is found from the script's, too."""
    sources = {"sdk/a.js": 'const W = new URL("./w.js", import.meta.url);\n'}
    assert bundle(sources, "sdk/a.js") == (
        'const W = new URL("./w.js", new URL("sdk/a.js", import.meta.url).href);\n'
    )


def test_a_module_that_is_asked_for_later_is_loaded_alone() -> None:
    """Its address stays, none of it is in the whole, and it may need no other module."""
    sources = {"app.js": 'const a = () => import("/static/b.js");\n', "b.js": "export {};\n"}
    assert bundle(sources, "app.js") == sources["app.js"]
    for b, told in (
        ('import { c } from "./c.js";\n', "b.js is loaded alone"),
        (None, "there is no module b.js"),
    ):
        with pytest.raises(BundleError) as caught:
            bundle({k: v for k, v in (sources | {"b.js": b}).items() if v is not None}, "app.js")
        assert told in str(caught.value)


def test_indents_are_not_sent_but_those_of_texts_are() -> None:
    """A line begins at its first sign; within a text of several lines nothing is lost."""
    text = "f(() => {\n  g(`\n  kept\n    `);\n    h();\n});\n"
    assert bundle({"app.js": text}, "app.js") == "f(() => {\ng(`\n  kept\n    `);\nh();\n});\n"


def test_comments_are_not_sent_and_what_only_looks_like_one_is() -> None:
    """A line that is a comment alone goes; in a text, in a pattern or behind code nothing does."""
    text = """// A module.
/**
 * Of many lines.
 */
const a = `
// kept
/** kept */
`;  // kept
const b = "//kept"; const c = /\\/* kept/;
  /* gone */
  // gone
say(a);
"""
    sent = bundle({"app.js": text}, "app.js")
    assert [line for line in sent.splitlines() if line.strip()] == [
        "const a = `",
        "// kept",
        "/** kept */",
        "`;  // kept",
        'const b = "//kept"; const c = /\\/* kept/;',
        "say(a);",
    ]


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        ({"app.js": 'import a from "./a.js";\n', "a.js": ""}, "app.js: 'import a from"),
        ({"app.js": "export default 1;\n"}, "export default 1;"),
        ({"app.js": "export let a = 1;\n"}, "export let a"),
        ({"app.js": 'const a = await import("./a.js");\n'}, 'import("./a.js")'),
        ({"app.js": 'import { a } from "./a.js";\n'}, "there is no module a.js"),
        ({"app.js": "export const a = f(1, 2), b = [3];\n"}, "more than one name"),
        ({"app.js": 'import { a } from "./a.js";\n', "a.js": "const a = 1;\n"}, "gives no 'a'"),
        ({"app.js": "say(import.meta.env);\n"}, "app.js: of 'import.meta'"),
        ({"app.js": "const a = 1;\nexport function a() {}\n"}, "'a' is declared twice"),
        (
            {
                "app.js": 'import { b as a } from "./b.js";\nclass a {}\n',
                "b.js": "export const b = 1;\n",
            },
            "'a' is declared twice",
        ),
        *(
            (
                {
                    "app.js": 'import { a } from "./a.js";\n',
                    "a.js": f"export const a = 1;\n{wait}\n",
                },
                "may await",
            )
            for wait in (
                "await load();",
                "const b = [\n  await load(),\n];",
                "if (a) {\n  await load();\n}",
                "for await (const b of a) {}",
            )
        ),
        (
            {
                "app.js": 'import { a } from "./a.js";\n',
                "a.js": 'import { b } from "./b.js";\n',
                "b.js": 'import { a } from "./a.js";\n',
            },
            "need each other",
        ),
    ],
)
def test_what_is_not_known_is_refused(sources: dict[str, str], told: str) -> None:
    """A form that would come out wrong is named, with its module."""
    with pytest.raises(BundleError) as caught:
        bundle(sources, "app.js")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "export const a = async () => await load();\n",
        "export const a = async () => {\n  if (b) {\n    await load();\n  }\n};\n",
        "export class a {\n  async b() {\n    for (;;) {\n      await load();\n    }\n  }\n}\n",
        "// await a, b; import.meta.env\nexport const a = 'x, (y' /* , */;\n",
        "export const a = /[(,]/.test('await');\n",
    ],
)
def test_what_only_looks_like_it_is_not_refused(text: str) -> None:
    """A function may wait, and a text or a comment may say what it likes."""
    assert "return {a};" in bundle(
        {"app.js": 'import { a } from "./a.js";\n', "a.js": text}, "app.js"
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_page_is_one_module_that_a_browser_can_read(tmp_path: Path) -> None:
    """Of the page's own modules all that the page needs is in it, and it is correct JavaScript."""
    script = tmp_path / "app.mjs"
    script.write_text(bundle(modules(), "app.js"), "utf-8")
    subprocess.run(["node", "--check", script], check=True)  # noqa: S607
    for name in ("class PracticeClient", "class AccountDialog", "class WordRow"):
        assert script.read_text("utf-8").count(name) == 1
