"""Reading what the site packs."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

_PACKED = re.compile(r'MUCTIEU\.packed\("([^"]+)","([^"]+)"\);\n')


def unpacked(file: Path) -> Any:
    """What a packed file of data holds."""
    found = _PACKED.fullmatch(file.read_text(encoding="ascii"))
    assert found is not None and file.as_posix().endswith(f"data/{found[1]}.js"), file
    return json.loads(gzip.decompress(base64.b64decode(found[2])))
