"""The compiled models of the dbt project in PostgreSQL's SQL, as a dbt project of their own. Runs in the peers' environment (sqlglot).

    python postgres_models.py MANIFEST SCHEMA PROJECT

MANIFEST is what dbt-duckdb compiled for a full refresh, SCHEMA the columns of every table as JSON (schema → table → column → type), and
PROJECT the folder to write. Views of `bi` stay out: making a view costs nothing. The codebook's staging views read CSV files of the disk
and are loaded as tables instead.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

LAYERS = ("staging", "intermediate", "marts")
PROJECT = """\
name: peer
version: "1.0.0"
config-version: 2
profile: peer
flags: {send_anonymous_usage_stats: false}
models: {peer: {staging: {+schema: staging, +materialized: view}, intermediate: {+schema: intermediate}, marts: {+schema: marts}}}
"""
SCHEMA_NAMES = "{% macro generate_schema_name(name, node) %}{{ name or target.schema }}{% endmacro %}\n"


def translate(sql: str, schema: dict[str, Any]) -> str:
    """One compiled model; tables of the project's layers become `{{ ref(…) }}`."""
    tree: Any = sqlglot.parse_one(sql, read="duckdb")
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    tree = qualify(tree, schema=schema, dialect="duckdb", validate_qualify_columns=False, allow_partial_qualification=True)
    for union in [u for u in tree.find_all(exp.SetOperation) if not isinstance(u.parent, exp.SetOperation)]:
        _by_position(union)
    tree = tree.transform(_postgres)
    refs = {}
    for table in tree.find_all(exp.Table):
        if table.db in LAYERS and not table.name.startswith("stg_codebook__"):
            marker = f"ref_to_{table.name}"
            refs[f'"{marker}"'] = f"{{{{ ref('{table.name}') }}}}"
            table.replace(exp.Table(this=exp.to_identifier(marker, quoted=True), alias=table.args.get("alias")))
    text: str = tree.sql(dialect="postgres", comments=False, unsupported_level=sqlglot.ErrorLevel.IGNORE)
    if any(mark in text for mark in ("{{", "{%", "{#")):
        raise ValueError("the SQL holds what Jinja would read")
    for marker, ref in refs.items():
        text = text.replace(marker, ref)
    return text


def _leaves(query: Any) -> list[Any]:
    """The selects of a union, first to last."""
    if isinstance(query, exp.SetOperation):
        return [*_leaves(query.left), *_leaves(query.right)]
    return _leaves(query.this) if isinstance(query, exp.Subquery) else [query]


def _by_position(union: Any) -> None:
    """`union all by name` as `union all`: the same columns in the same order on every side, null where a side has none."""
    for side in (union.left, union.right):
        inner = side.unnest() if isinstance(side, exp.Subquery) else side
        if isinstance(inner, exp.SetOperation):
            _by_position(inner)
    if not union.args.get("by_name"):
        return
    selects = _leaves(union)
    names = list(dict.fromkeys(column.alias_or_name for select in selects for column in select.selects))
    for select in selects:
        have = {column.alias_or_name: column for column in select.selects}
        select.set("expressions", [have.get(name) or exp.alias_(exp.null(), name, quoted=True) for name in names])
    union.set("by_name", False)


def _postgres(node: Any) -> Any:
    """What sqlglot leaves as DuckDB has it."""
    if isinstance(node, (exp.ArgMin, exp.ArgMax)):
        return _ordered_first(node)
    if isinstance(node, exp.Mode):
        by = node.this.this if isinstance(node.this, exp.Order) else node.this
        return exp.WithinGroup(this=exp.Anonymous(this="mode"), expression=exp.Order(expressions=[exp.Ordered(this=by)]))
    if isinstance(node, exp.Array) and not node.expressions and not isinstance(node.parent, exp.Cast):
        return exp.cast(node.copy(), "text[]")
    if isinstance(node, exp.IgnoreNulls):
        return node.this.transform(_postgres)
    if isinstance(node, exp.Explode) and isinstance(node.this, exp.GenerateSeries):
        return node.this
    if isinstance(node, exp.Table) and isinstance(node.this, exp.GenerateSeries) and node.args.get("alias"):
        node.args["alias"].set("columns", [exp.to_identifier("range", quoted=True)])
    return node


def _ordered_first(node: Any) -> Any:
    """arg_min(value, key) as (array_agg(value order by key) filter (where neither is null))[1]."""
    value, key = node.this, node.expression
    keys = key.expressions if isinstance(key, (exp.Tuple, exp.Struct)) else [key]
    there = [exp.Not(this=exp.Is(this=part.copy(), expression=exp.null())) for part in ([value, key] if keys == [key] else [value])]
    order = [exp.Ordered(this=part, desc=isinstance(node, exp.ArgMax), nulls_first=False) for part in keys]
    gathered = exp.ArrayAgg(this=exp.Order(this=value, expressions=order))
    chosen = exp.Filter(this=gathered, expression=exp.Where(this=exp.and_(*there)))
    return exp.Bracket(this=exp.Paren(this=chosen), expressions=[exp.Literal.number(1)], offset=1)


def write_project(manifest: dict[str, Any], schema: dict[str, Any], folder: Path) -> int:
    """Returns how many models were written."""
    (folder / "macros").mkdir(parents=True, exist_ok=True)
    (folder / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    (folder / "macros" / "schema.sql").write_text(SCHEMA_NAMES, encoding="utf-8")
    models = [n for n in manifest["nodes"].values() if n["resource_type"] == "model" and n["schema"] in LAYERS]
    models = [n for n in models if not n["name"].startswith("stg_codebook__")]
    for model in models:
        view = model["config"]["materialized"] == "view"
        # statistics first, as every user of PostgreSQL would: without them the larger models take ten times as long
        config = "materialized='view'" if view else "materialized='table', post_hook='analyze {{ this }}'"
        path = folder / "models" / model["schema"] / f"{model['name']}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{{{{ config({config}) }}}}\n{translate(model['compiled_code'], schema)}\n", encoding="utf-8")
    return len(models)


if __name__ == "__main__":
    manifest_path, schema_path, project = map(Path, sys.argv[1:])
    print(write_project(json.loads(manifest_path.read_text("utf-8")), json.loads(schema_path.read_text("utf-8")), project))
