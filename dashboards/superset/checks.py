"""What the assets name must exist: files by their UUIDs, views and columns in the published file, columns of charts in their dataset.

Everything is asked of DuckDB itself, so that a renamed column is found in a metric's SQL as well as in a list of columns; Superset is
not needed. `problems` is what CI and `muctieu superset check` look at, `chart_rows` runs each chart's own question.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from dashboards.superset.bundle import Assets
from warehouse.query import open_published

# the parameters of a chart that name columns; those that name metrics
COLUMN_KEYS = ("groupby", "all_columns", "columns", "groupbyRows", "groupbyColumns", "x_axis", "column", "entity", "series")
METRIC_KEYS = ("metrics", "metric", "timeseries_limit_metric")
Named = dict[str, dict[str, Any]]


def problems(assets: Assets, published: Path) -> list[str]:
    """Sentences that name the file and what is wrong in it; none when all is well."""
    datasets = {dataset["uuid"]: (file, dataset) for file, dataset in assets.datasets.items()}
    charts = {chart["uuid"]: chart for chart in assets.charts.values()}
    databases = {database["uuid"] for database in assets.databases.values()}
    found = list(_repeated(assets))
    with open_published(published) as connection:
        for file, dataset in assets.datasets.items():
            if dataset["database_uuid"] not in databases:
                found.append(f"{file}: no database has the UUID {dataset['database_uuid']}")
            found += _of_dataset(connection, file, dataset)
        for file, chart in assets.charts.items():
            if chart["dataset_uuid"] not in datasets:
                found.append(f"{file}: no dataset has the UUID {chart['dataset_uuid']}")
            else:
                found += _of_chart(connection, file, chart, datasets[chart["dataset_uuid"]][1])
    for file, dashboard in assets.dashboards.items():
        found += _of_dashboard(file, dashboard, charts, {uuid: dataset for uuid, (_, dataset) in datasets.items()})
    shown = {item["meta"]["uuid"] for d in assets.dashboards.values() for item in d["position"].values() if _is_chart(item)}
    found += [f"{file}: no dashboard shows this chart" for file, chart in assets.charts.items() if chart["uuid"] not in shown]
    return found


def chart_rows(assets: Assets, published: Path) -> dict[str, int]:
    """File of a chart -> rows of its question. Raises duckdb.Error where it cannot be asked."""
    datasets = {dataset["uuid"]: dataset for dataset in assets.datasets.values()}
    rows = {}
    with open_published(published) as connection:
        for file, chart in assets.charts.items():
            answer = connection.execute(f"select count(*) from ({question(chart, datasets[chart['dataset_uuid']])})").fetchone()
            assert answer is not None
            rows[file] = int(answer[0])
    return rows


def question(chart: dict[str, Any], dataset: dict[str, Any]) -> str:
    """The SQL of a chart: its columns, its metrics, its own filters."""
    columns, metrics = _columns(dataset), _metrics(dataset)
    parts = [f'{columns[name]} as "{name}"' for name in dict.fromkeys(_column_names(chart))]
    measures = [f'{metrics[name]} as "{name}"' for name in _metric_names(chart)]
    where = " and ".join(f"({sql})" for sql in _filters(chart)) or "true"
    grouping = " group by all" if parts and measures else ""
    return f'select {", ".join([*parts, *measures])} from published.bi."{dataset["table_name"]}" where {where}{grouping}'


def _of_dataset(connection: duckdb.DuckDBPyConnection, file: str, dataset: dict[str, Any]) -> Iterator[str]:
    view = f'published.{dataset["schema"]}."{dataset["table_name"]}"'
    if problem := _refused(connection, f"select * from {view} limit 0"):
        yield f"{file}: {problem}"
        return
    types = {name: kind for name, kind, *_ in connection.execute(f"describe {view}").fetchall()}
    for column in dataset["columns"]:
        name, sql = column["column_name"], column["expression"]
        if sql is None and name not in types:
            yield f"{file}: column {name} is not in {dataset['schema']}.{dataset['table_name']} any more"
        elif sql is None and column["type"].lower() != types[name].lower():
            yield f"{file}: column {name} is {types[name].lower()}, not {column['type'].lower()}"
        elif sql is not None and (problem := _refused(connection, f"select {sql} from {view} limit 0")):
            yield f"{file}: calculated column {name}: {problem}"
    for metric in dataset["metrics"]:
        if problem := _refused(connection, f"select {metric['expression']} from {view} limit 0"):
            yield f"{file}: metric {metric['metric_name']}: {problem}"
    time = dataset["main_dttm_col"]
    if time is not None and time not in {c["column_name"] for c in dataset["columns"] if c["is_dttm"]}:
        yield f"{file}: main_dttm_col {time} is no column with a date"


def _of_chart(connection: duckdb.DuckDBPyConnection, file: str, chart: dict[str, Any], dataset: dict[str, Any]) -> Iterator[str]:
    table = dataset["table_name"]
    if chart["viz_type"] != chart["params"]["viz_type"]:
        yield f"{file}: viz_type says {chart['viz_type']} and params say {chart['params']['viz_type']}"
    columns, metrics = _columns(dataset), _metrics(dataset)
    lost = [name for name in _named_anywhere(chart) if name not in columns and name not in metrics]
    yield from (f"{file}: column {name} is not in the dataset {table}" for name in lost)
    unknown = [name for name in _metric_names(chart) if name not in metrics]
    yield from (f"{file}: metric {name} is not in the dataset {table}" for name in unknown)
    view = f'published.{dataset["schema"]}."{table}"'
    for sql in _filters(chart):
        if problem := _refused(connection, f"select 1 from {view} where {sql} limit 0"):
            yield f"{file}: filter {sql}: {problem}"


def _of_dashboard(file: str, dashboard: dict[str, Any], charts: Named, datasets: Named) -> Iterator[str]:
    position = dashboard["position"]
    for key, item in position.items():
        if _is_chart(item) and item["meta"]["uuid"] not in charts:
            yield f"{file}: {key}: no chart has the UUID {item['meta']['uuid']}"
        elif _is_chart(item) and item["meta"]["sliceName"] != charts[item["meta"]["uuid"]]["slice_name"]:
            yield f"{file}: {key}: the chart is called {charts[item['meta']['uuid']]['slice_name']!r}"
        for child in item.get("children", []) if isinstance(item, dict) else []:
            if child not in position:
                yield f"{file}: {key}: there is no {child}"
    for native in dashboard["metadata"]["native_filter_configuration"]:
        for target in native["targets"]:
            dataset = datasets.get(target["datasetUuid"])
            if dataset is None or target["column"]["name"] not in _columns(dataset):
                yield f"{file}: filter {native['name']}: column {target['column']['name']} is not in its dataset"


def _repeated(assets: Assets) -> Iterator[str]:
    seen: dict[str, str] = {}
    for file, content in assets.files().items():
        if (uuid := content.get("uuid")) is not None and (other := seen.setdefault(uuid, file)) != file:
            yield f"{file}: has the UUID of {other}"


def _is_chart(item: object) -> bool:
    return isinstance(item, dict) and item.get("type") == "CHART"


def _columns(dataset: dict[str, Any]) -> dict[str, str]:
    """Name -> SQL."""
    return {c["column_name"]: f"({c['expression']})" if c["expression"] else f'"{c["column_name"]}"' for c in dataset["columns"]}


def _metrics(dataset: dict[str, Any]) -> dict[str, str]:
    return {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}


def _column_names(chart: dict[str, Any]) -> list[str]:
    """The columns that a chart shows."""
    return [name for key in COLUMN_KEYS for name in _listed(chart["params"].get(key))]


def _metric_names(chart: dict[str, Any]) -> list[str]:
    return [name for key in METRIC_KEYS for name in _listed(chart["params"].get(key))]


def _named_anywhere(chart: dict[str, Any]) -> list[str]:
    """The same and those by which it sorts, formats and colours."""
    params = chart["params"]
    order = [json.loads(entry)[0] for entry in params.get("order_by_cols", [])]
    formatted = [*params.get("column_config", {}), *(rule["column"] for rule in params.get("conditional_formatting", []))]
    return [*_column_names(chart), *order, *formatted]


def _filters(chart: dict[str, Any]) -> list[str]:
    return [entry["sqlExpression"] for entry in chart["params"].get("adhoc_filters", [])]


def _listed(value: object) -> list[str]:
    if value is None or value == "":
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _refused(connection: duckdb.DuckDBPyConnection, sql: str) -> str | None:
    """Why DuckDB does not take it, in its first line."""
    try:
        connection.execute(sql)
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return None
