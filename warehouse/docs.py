"""Pages of the data dictionary and the lineage, written from dbt's manifest: what the models say of themselves and nothing else.

A test renders them again from the manifest of its own build and compares, so they cannot go stale unnoticed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from muctieu.settings import REPOSITORY, Settings
from warehouse.build import BuildFailed, run_dbt

DICTIONARY = REPOSITORY / "docs" / "dictionary.md"
LINEAGE = REPOSITORY / "docs" / "lineage.md"
COLUMNS = REPOSITORY / "dbt_project" / "models" / "columns.md"
LAYERS = {
    "bi": "views for people, in Vietnamese and English",
    "marts": "dimensions, bridges and facts",
    "intermediate": "normalised values, resolved areas and periods, stories; not published",
    "staging": "the lake and the codebook, typed and renamed; not published",
    "reference": "constants under review, as CSV files in `dbt_project/seeds`",
}
COMMAND = "Written by `muctieu docs` from dbt's manifest; change the models and run it again."

Manifest = dict[str, Any]
Node = dict[str, Any]


def read_manifest(settings: Settings) -> Manifest:
    """The manifest of the project as it is now. Raises BuildFailed when dbt cannot parse it."""
    result = run_dbt(settings, command="parse")
    if not result.ok:
        raise BuildFailed(result)
    found: Manifest = json.loads((settings.home / "dbt" / "target" / "manifest.json").read_text(encoding="utf-8"))
    return found


def write_pages(manifest: Manifest) -> list[Path]:
    """Write both pages; returns those that changed."""
    changed = []
    for path, text in ((DICTIONARY, dictionary(manifest)), (LINEAGE, lineage(manifest))):
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def column_docs() -> dict[str, str]:
    """Column -> what it means, Vietnamese first: the one dictionary of dbt_project/models/columns.md, without asking dbt."""
    blocks = re.findall(r"{% docs (\w+) %}\n(.*?)\n{% enddocs %}", COLUMNS.read_text(encoding="utf-8"), re.S)
    return {name: text.strip() for name, text in blocks}


def build_site(settings: Settings) -> Path:
    """dbt's own documentation as one HTML page in the reports folder; needs a warehouse that was built."""
    result = run_dbt(settings, command="docs generate", extra=("--static",))
    made = settings.home / "dbt" / "target" / "static_index.html"
    if not result.ok or not made.is_file():
        raise BuildFailed(result)
    page = settings.reports / "dbt_docs.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_bytes(made.read_bytes())
    return page


def dictionary(manifest: Manifest) -> str:
    """Every table with grain, owner, what it reads, who reads it, and its columns."""
    lines = ["# Data dictionary", "", COMMAND, ""]
    lines += ["| schema | what | tables |", "|---|---|---|"]
    layers = {layer: _of_layer(manifest, layer) for layer in LAYERS}
    for layer, what in LAYERS.items():
        names = ", ".join(f"[{node['name']}](#{layer}{node['name']})" for node in layers[layer])
        lines.append(f"| `{layer}` | {what} | {names} |")
    for layer in ("bi", "marts"):
        for node in layers[layer]:
            lines += ["", *_table(node, manifest)]
    for layer in ("reference", "intermediate", "staging"):
        lines += ["", f"## {layer}", "", "| table | what | one row is | owner |", "|---|---|---|---|"]
        for node in layers[layer]:
            meta = node["config"].get("meta", {})
            name = f'<a id="{layer}{node["name"]}"></a>`{node["name"]}`'
            lines.append(f"| {name} | {_flat(node['description'])} | {meta.get('grain', '')} | {meta.get('owner', '')} |")
    return "\n".join(lines) + "\n"


def lineage(manifest: Manifest) -> str:
    """From the raw tables to what people open: one drawing a view, and a table of all models."""
    lines = ["# Lineage", "", COMMAND, "", "A layer reads the one below it and the seeds; a test holds the models to that.", ""]
    lines += ["## From the lake to the views", ""]
    facts = [node for node in _of_layer(manifest, "marts") if node["name"].startswith(("fct_", "dim_"))]
    lines += _drawing(manifest, [*facts, *_of_layer(manifest, "bi")])
    lines += [
        "",
        "## What stands behind each table",
        "",
        "| table | reads | rests on (raw tables, codebook, seeds) | is read by |",
        "|---|---|---|---|",
    ]
    for layer in ("bi", "marts", "intermediate"):
        for node in _of_layer(manifest, layer):
            own = f"`{layer}.{node['name']}`"
            lines.append(
                f"| {own} | {_names(_parents(node, manifest))} | {_names(_roots(node, manifest))} | {_names(_readers(node, manifest))} |"
            )
    lines += ["", "## Who reads the published tables", "", "| reader | what | reads |", "|---|---|---|"]
    for exposure in sorted(manifest["exposures"].values(), key=lambda e: str(e["name"])):
        parents = sorted(_name(parent, manifest) for parent in exposure["depends_on"]["nodes"])
        lines.append(f"| {exposure['label'] or exposure['name']} | {_flat(exposure['description'])} | {_names(parents)} |")
    return "\n".join(lines) + "\n"


def _of_layer(manifest: Manifest, layer: str) -> list[Node]:
    found = [n for n in manifest["nodes"].values() if n["resource_type"] in ("model", "seed") and n["schema"] == layer]
    return sorted(found, key=lambda node: str(node["name"]))


def _table(node: Node, manifest: Manifest) -> Iterator[str]:
    meta = node["config"]["meta"]
    yield f'## <a id="{node["schema"]}{node["name"]}"></a>{node["schema"]}.{node["name"]}'
    yield ""
    yield _flat(node["description"])
    yield ""
    yield f"One row is {meta['grain']}. Owner: {meta['owner']}. Reads {_names(_parents(node, manifest)) or 'nothing'}."
    yield ""
    yield "| column | type | tiếng Việt | English |"
    yield "|---|---|---|---|"
    for column in node["columns"].values():
        vietnamese, _, english = column["description"].strip().partition("\n\n")
        yield f"| `{column['name']}` | {column['data_type'] or ''} | {_flat(vietnamese)} | {_flat(english)} |"


def _drawing(manifest: Manifest, nodes: list[Node]) -> list[str]:
    """A mermaid graph of the models of two layers, without the dimensions that nearly every view joins."""
    common = {
        "dim_indicator",
        "dim_area",
        "dim_article",
        "dim_unit",
        "dim_standard",
        "dim_programme",
        "dim_portal",
        "dim_document",
        "dim_date",
        "dim_period",
    }
    names = {node["name"] for node in nodes}
    lines = ["```mermaid", "flowchart LR"]
    for node in nodes:
        for parent in _parents(node, manifest):
            if parent not in common and node["name"] not in common and (parent in names or parent.startswith("int_")):
                lines.append(f"    {parent} --> {node['name']}")
    return [*lines, "```", "", f"Left out, for nearly every view joins them: {_names(sorted(common & names))}."]


def _parents(node: Node, manifest: Manifest) -> list[str]:
    return sorted({_name(parent, manifest) for parent in node["depends_on"]["nodes"]})


def _readers(node: Node, manifest: Manifest) -> list[str]:
    children = manifest["child_map"].get(node["unique_id"], [])
    return sorted({_name(child, manifest) for child in children if child.split(".")[0] in ("model", "exposure")})


def _roots(node: Node, manifest: Manifest) -> list[str]:
    """Sources and seeds at the end of every way down from a model."""
    seen: set[str] = set()
    waiting = list(node["depends_on"]["nodes"])
    while waiting:
        parent = waiting.pop()
        if parent not in seen:
            seen.add(parent)
            waiting += manifest["parent_map"].get(parent, [])
    return sorted({_name(p, manifest) for p in seen if p.split(".")[0] in ("source", "seed")})


def _name(node_id: str, manifest: Manifest) -> str:
    kind = node_id.split(".")[0]
    if kind == "source":
        source = manifest["sources"][node_id]
        return f"{source['source_name']}.{source['name']}"
    if kind == "exposure":
        return str(manifest["exposures"][node_id]["name"])
    return str(manifest["nodes"][node_id]["name"])


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
