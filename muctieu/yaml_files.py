"""YAML as this project reads it: safe, and with the parser in C, which takes an eighth of the time of the one in Python.

Every task of a run reads the portal files again (it may be a process of its own): a run of five portals spent a second on that.
"""

from __future__ import annotations

from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a build of PyYAML without libyaml has only the slow one


def parse_yaml(text: str) -> Any:
    """The content of one YAML document. Raises `yaml.YAMLError`."""
    return yaml.load(text, Loader=_Loader)
