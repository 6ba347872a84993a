"""The settings of the Superset that `muctieu superset` starts. Superset's own Python reads this file (SUPERSET_CONFIG_PATH), not the
project's: only what is in requirements.txt can be imported here. Every path comes from dashboards/superset/service.py by environment.
"""

from __future__ import annotations

import copy
import os
import sys
from pathlib import Path
from typing import Any

from superset import config as _defaults  # half loaded at this point: it reads this file at its end, with its defaults set

sys.path.insert(0, str(Path(__file__).parent))
from provenance import provenance

_HOME = Path(os.environ["MUCTIEU_SUPERSET_HOME"])

SECRET_KEY = (_HOME / "secret_key").read_text(encoding="utf-8").strip()
SQLALCHEMY_DATABASE_URI = os.environ.get("MUCTIEU_SUPERSET_DB") or f"sqlite:///{_HOME / 'superset.db'}"

APP_NAME = "muctieu"
LOGO_RIGHT_TEXT = "Mục tiêu quốc gia"

# Superset ships no Vietnamese: the words that a reader of a dashboard meets are in vi.json (provenance.py serves them), the rest is English
BABEL_DEFAULT_LOCALE = "vi"
LANGUAGES = {"vi": {"flag": "vn", "name": "Tiếng Việt"}, "en": {"flag": "us", "name": "English"}}
D3_FORMAT = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " ₫"]}
D3_TIME_FORMAT = {
    "dateTime": "%d/%m/%Y %H:%M",
    "date": "%d/%m/%Y",
    "time": "%H:%M:%S",
    "periods": ["SA", "CH"],
    "days": ["Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"],
    "shortDays": ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
    "months": [f"Tháng {month}" for month in range(1, 13)],
    "shortMonths": [f"Th{month}" for month in range(1, 13)],
}

BLUEPRINTS = [provenance]

# nothing is fetched from, or told to, anybody outside: the defaults allow a tracking pixel
TALISMAN_CONFIG = copy.deepcopy(_defaults.TALISMAN_CONFIG)
TALISMAN_CONFIG["content_security_policy"]["img-src"] = ["'self'", "blob:", "data:"]
TALISMAN_CONFIG["content_security_policy"]["connect-src"] = ["'self'"]

# new data shows with the next query: no cache of answers stands between the published file and a chart
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
# a sandbox of the site's pages and of SQL Lab is worth little when anybody may connect to any file
PREVENT_UNSAFE_DB_CONNECTIONS = True
ROW_LIMIT = 10_000
SQL_MAX_ROW = 100_000


def DB_CONNECTION_MUTATOR(uri: Any, params: dict[str, Any], *_: Any) -> tuple[Any, dict[str, Any]]:
    """Open the release that has the name `current.duckdb` under its own name.

    A process that has a DuckDB file open goes on seeing that file under its name after a rename, until all its connections are closed:
    with charts overlapping, that moment may never come. Each release under its own name is a database of its own.
    """
    if uri.database and uri.database.endswith("current.duckdb"):
        current = Path(uri.database)
        for release in sorted(current.parent.glob("release-*.duckdb"), reverse=True):
            if release.samefile(current):
                return uri.set(database=str(release)), params
    return uri, params
