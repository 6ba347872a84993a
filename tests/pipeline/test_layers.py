"""Packages import only what docs/architecture.md allows: a pure core stays pure."""

from __future__ import annotations

import ast

import pytest

from muctieu.settings import REPOSITORY

OURS = {"muctieu", "scrapers", "extraction", "warehouse", "expectations", "demo", "dashboards"}
ALLOWED = {
    "scrapers": {"muctieu", "scrapers"},
    "extraction": {"extraction"},
    "warehouse": {"muctieu", "warehouse"},
    "expectations": {"muctieu", "expectations"},
    "dashboards": {"muctieu", "warehouse", "dashboards"},
    "demo": {"muctieu", "demo", "scrapers"},  # the demo checks its pages with the real registry and parsers
}
EDGES = {
    "extraction/batch.py": {"muctieu"},
    "extraction/rows.py": {"muctieu"},
    "extraction/gold.py": {"demo"},
    "demo/cluster.py": {"warehouse"},  # the whole pipeline on a cluster of processes, compared with one process
    "demo/chaos.py": {"expectations"},  # breaks the portals and looks at what the whole pipeline says of it
    "demo/history.py": {"expectations", "extraction", "warehouse"},  # months of the demo through the whole pipeline
    "demo/stream.py": {"extraction"},  # news of healthy weeks, about units of the gazetteer
}
IMPURE = {"requests", "urllib3", "socket", "duckdb", "time", "subprocess", "fsspec", "random"}


def imports(path: str) -> set[str]:
    tree = ast.parse((REPOSITORY / path).read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_a_package_imports_only_the_layers_below_it(package: str) -> None:
    for path in sorted((REPOSITORY / package).rglob("*.py")):
        relative = path.relative_to(REPOSITORY).as_posix()
        allowed = ALLOWED[package] | EDGES.get(relative, set())
        assert imports(relative) & OURS <= allowed, f"{relative} reaches past its layer"


def test_extraction_knows_no_network_clock_disk_store_or_chance() -> None:
    tools = {"extraction/batch.py", "extraction/rows.py", "extraction/score.py", "extraction/gazetteer/build.py"}
    for path in sorted((REPOSITORY / "extraction").rglob("*.py")):
        relative = path.relative_to(REPOSITORY).as_posix()
        if relative not in tools:
            assert not imports(relative) & IMPURE, relative
