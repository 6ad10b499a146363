"""What files say in YAML."""

from typing import Any

import yaml

# By libyaml, in a tenth of the time; a wheel of PyYAML without it is slow, not wrong.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def from_yaml(text: str) -> Any:
    """The one document of a text."""
    return yaml.load(text, _LOADER)  # noqa: S506 - it is the safe one


def all_from_yaml(text: str) -> list[Any]:
    """Every document of a text."""
    return list(yaml.load_all(text, _LOADER))
