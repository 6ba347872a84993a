"""Does DuckLake take more than one thread of dbt yet? `python -m benchmarks.ducklake_threads --catalog postgresql://…`

With DuckDB 1.5.3 to 1.5.5 several threads corrupt the catalog: a view then names a schema that does not exist, and no client can load
it. This builds the demo's models again and again on a catalog of its own and says how many builds failed; it judges nothing.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from muctieu.settings import read_settings
from warehouse.build import run_dbt


def tried(threads: int, builds: int, home: Path, catalog: str) -> list[str]:
    """What went wrong, one line a failed build; full refreshes one after another on one catalog, postgresql://…"""
    where = {"MUCTIEU_WAREHOUSE": f"ducklake:{catalog}", "MUCTIEU_WAREHOUSE_DATA": str(home / "files")}
    settings = read_settings({"MUCTIEU_HOME": str(home), **where})
    os.environ["MUCTIEU_DBT_THREADS"] = str(threads)
    failures = []
    try:
        for _ in range(builds):
            result = run_dbt(settings, full_refresh=True, tests=False)
            failures += [] if result.ok else [" ".join(result.problems()[0].split())[:200]]
    finally:
        del os.environ["MUCTIEU_DBT_THREADS"]
    return failures


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--builds", type=int, default=4)
    parser.add_argument("--catalog", required=True, help="postgresql://… of an empty database, which may be spoilt")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as home:
        failures = tried(arguments.threads, arguments.builds, Path(home), arguments.catalog)
    print(f"DuckDB {duckdb.__version__}, {arguments.threads} threads: {len(failures)} of {arguments.builds} builds failed")
    for line in failures:
        print(f"  {line}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
