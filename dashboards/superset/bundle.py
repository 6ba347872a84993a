"""The assets as files and as the archive that Superset imports.

`assets/` is Superset's export format. Two things are put in when the archive is made, for the repository cannot know them: where the
published file of this installation is, and the descriptions of columns, which are dbt's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import yaml

from warehouse.docs import column_docs

ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True, slots=True)
class Assets:
    """The YAML files of one folder, parsed; keys are paths relative to it (`charts/x.yaml`)."""

    metadata: dict[str, Any]
    databases: dict[str, dict[str, Any]]
    datasets: dict[str, dict[str, Any]]
    charts: dict[str, dict[str, Any]]
    dashboards: dict[str, dict[str, Any]]

    def files(self) -> dict[str, dict[str, Any]]:
        """Path -> content of every file."""
        return {"metadata.yaml": self.metadata, **self.databases, **self.datasets, **self.charts, **self.dashboards}


def read_assets(folder: Path = ASSETS) -> Assets:
    """Every asset below `folder`."""

    def of(kind: str) -> dict[str, dict[str, Any]]:
        return {p.relative_to(folder).as_posix(): _read(p) for p in sorted((folder / kind).rglob("*.yaml"))}

    return Assets(_read(folder / "metadata.yaml"), of("databases"), of("datasets"), of("charts"), of("dashboards"))


def write_bundle(published: Path, target: Path, assets: Assets | None = None) -> Path:
    """The archive for an installation whose published file is `published`."""
    found = assets or read_assets()
    descriptions = column_docs()
    for database in found.databases.values():
        database["sqlalchemy_uri"] = f"duckdb:///{published}"
    for dataset in found.datasets.values():
        for column in dataset["columns"]:
            column["description"] = column["description"] or descriptions.get(column["column_name"])
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in found.files().items():
            archive.writestr(f"muctieu/{name}", yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
    return target


def _read(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"{path} is not a mapping")
    return content
