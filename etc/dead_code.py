"""vulture, as `make check` runs it; an enum's members are in use when the enum is.

Columns are counted and cases drawn without their names. Settings: `[tool.vulture]`.
"""

import ast
import sys

from vulture import Vulture
from vulture.config import make_config


class DeadCode(Vulture):
    """Code that nothing uses."""

    def visit_ClassDef(self, node: ast.ClassDef) -> None:  # noqa: N802 - ast's own name
        """Note a class, and the members of an enum as used."""
        if any(ast.unparse(base).endswith(("Enum", "Flag")) for base in node.bases):
            values = [part for part in node.body if isinstance(part, ast.Assign)]
            self.used_names.update(ast.unparse(part.targets[0]) for part in values)
        super().visit_ClassDef(node)


if __name__ == "__main__":
    settings = make_config([])
    found = DeadCode(
        ignore_names=settings["ignore_names"], ignore_decorators=settings["ignore_decorators"]
    )
    found.scavenge(settings["paths"], exclude=settings["exclude"])
    sys.exit(found.report(min_confidence=settings["min_confidence"]))
