"""The text that a file of the site brings to its readers; files of data are packed (gzip in base64 inside one call)."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

_PACKED = re.compile(r'MUCTIEU\.packed\("[^"]+","([^"]+)"\);\n')


def packed(path: Path) -> Any:
    """What a packed file holds; None for any other file."""
    found = _PACKED.fullmatch(path.read_text(encoding="utf-8")) if path.suffix == ".js" else None
    return None if found is None else json.loads(gzip.decompress(base64.b64decode(found[1])))


def text_of(path: Path) -> str:
    data = packed(path)
    return path.read_text(encoding="utf-8", errors="replace") if data is None else json.dumps(data, ensure_ascii=False)
