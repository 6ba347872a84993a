"""Superset's assets against the published file, without Superset: what they name exists, and labels are words."""

from __future__ import annotations

import copy
import re
import shutil
import socket
import stat
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import pytest
import yaml

from dashboards.superset import service
from dashboards.superset.bundle import Assets, read_assets, write_bundle
from dashboards.superset.checks import chart_rows, problems
from muctieu.commands import superset as command
from muctieu.errors import UserError
from muctieu.settings import REPOSITORY, Settings
from warehouse.publish import PublishResult

Published = tuple[Settings, PublishResult]


@pytest.fixture
def assets() -> Assets:
    return read_assets()


def test_everything_that_the_assets_name_is_published(assets: Assets, published: Published) -> None:
    assert problems(assets, published[0].current) == []
    assert len(assets.dashboards) == 2 and len(assets.charts) >= 20


def test_every_chart_can_be_asked_and_most_have_rows(assets: Assets, published: Published) -> None:
    rows = chart_rows(assets, published[0].current)
    empty = {Path(file).stem for file, count in rows.items() if count == 0}
    # the small corpus was published without an audit, so it has no checks, no alerts
    assert set(rows) == set(assets.charts) and empty <= {"kiem_dinh", "canh_bao"}


def test_a_column_that_dbt_no_longer_makes_is_found_wherever_it_is_named(assets: Assets, published: Published, tmp_path: Path) -> None:
    """The column goes from the view: the dataset, its metric, and the chart that filters by it say so."""
    changed = tmp_path / "current.duckdb"
    shutil.copyfile(published[0].current, changed)
    with duckdb.connect(str(changed)) as connection:
        connection.execute("alter view bi.progress rename to progress_before")
        connection.execute("create view bi.progress as select * exclude (attainment_pct) from bi.progress_before")
    found = problems(assets, changed)
    for part in (
        "datasets/muctieu/progress.yaml: column attainment_pct",
        "datasets/muctieu/progress.yaml: metric median_attainment",
        "charts/muc_dat_theo_tinh_va_chuong_trinh.yaml: filter attainment_pct",
    ):
        assert any(problem.startswith(part) for problem in found), (part, found)


def _without_column(assets: Assets) -> None:
    dataset = assets.datasets["datasets/muctieu/evidence.yaml"]
    dataset["columns"] = [c for c in dataset["columns"] if c["column_name"] != "sentence"]


def _without_metric(assets: Assets) -> None:
    assets.datasets["datasets/muctieu/progress.yaml"]["metrics"].pop(0)


def _without_chart(assets: Assets) -> None:
    assets.charts.pop("charts/bang_chung.yaml")


def _other_type(assets: Assets) -> None:
    next(c for c in assets.datasets["datasets/muctieu/progress.yaml"]["columns"] if c["column_name"] == "year_number")["type"] = "VARCHAR"


def _sorted_by_nothing(assets: Assets) -> None:
    assets.charts["charts/bang_chung.yaml"]["params"]["order_by_cols"] = ['["published_in", false]']


def _filter_by_nothing(assets: Assets) -> None:
    assets.dashboards["dashboards/tien-do.yaml"]["metadata"]["native_filter_configuration"][0]["targets"][0]["column"]["name"] = "programme"


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (_without_column, "charts/bang_chung.yaml: column sentence is not in the dataset evidence"),
        (_without_metric, "charts/so_muc_tieu.yaml: metric goals is not in the dataset progress"),
        (_without_chart, "dashboards/bang-chung.yaml: CHART-bang_chung: no chart has the UUID"),
        (_other_type, "datasets/muctieu/progress.yaml: column year_number is integer, not varchar"),
        (_sorted_by_nothing, "charts/bang_chung.yaml: column published_in is not in the dataset evidence"),
        (_filter_by_nothing, "dashboards/tien-do.yaml: filter Chương trình: column programme is not in its dataset"),
    ],
)
def test_a_broken_asset_is_named(assets: Assets, published: Published, break_it: Any, says: str) -> None:
    broken = copy.deepcopy(assets)
    break_it(broken)
    assert any(problem.startswith(says) for problem in problems(broken, published[0].current))


def test_a_column_is_called_the_same_everywhere_and_never_by_its_code(assets: Assets) -> None:
    labels: dict[str, set[str]] = {}
    for dataset in assets.datasets.values():
        for item in [*dataset["columns"], *dataset["metrics"]]:
            name = item.get("column_name") or f"{dataset['table_name']}.{item['metric_name']}"
            labels.setdefault(name, set()).add(item["verbose_name"])
    assert {name: words for name, words in labels.items() if len(words) > 1 and not name.endswith("_link")} == {}
    assert not [words for found in labels.values() for words in found if not words or re.fullmatch(r"[a-z_]+", words)]


def test_no_metric_is_called_like_a_status(assets: Assets) -> None:
    """Superset looks the colour of a series up by the metric that has its name: "Đạt mục tiêu" was not green any more."""
    metrics = {metric["verbose_name"] for dataset in assets.datasets.values() for metric in dataset["metrics"]}
    for dashboard in assets.dashboards.values():
        assert not metrics & set(dashboard["metadata"]["label_colors"])


def test_a_share_says_so_in_its_label(assets: Assets) -> None:
    for dataset in assets.datasets.values():
        for item in [*dataset["columns"], *dataset["metrics"]]:
            name, sql = item.get("column_name") or item["metric_name"], item.get("expression") or ""
            if name.endswith("_pct") or "100.0 *" in sql or "_pct)" in sql:
                assert "%" in item["verbose_name"], name


def test_the_connection_can_only_read_and_only_this_file(assets: Assets) -> None:
    (database,) = assets.databases.values()
    arguments = database["extra"]["engine_params"]["connect_args"]
    assert arguments["read_only"] is True
    assert arguments["config"]["enable_external_access"] is False and arguments["config"]["lock_configuration"] is True
    assert not any(database[name] for name in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"))


def test_the_bundle_knows_this_installation(published: Published, tmp_path: Path) -> None:
    bundle = write_bundle(published[0].current, tmp_path / "bundle.zip")
    with ZipFile(bundle) as archive:
        database = yaml.safe_load(archive.read("muctieu/databases/muctieu.yaml"))
        assert yaml.safe_load(archive.read("muctieu/metadata.yaml"))["type"] == "assets"
        progress = yaml.safe_load(archive.read("muctieu/datasets/muctieu/progress.yaml"))
    described = {column["column_name"]: column["description"] for column in progress["columns"] if column["expression"] is None}
    assert all(described.values()) and described["attainment_pct"].startswith("Mức đạt so với mục tiêu")
    assert database["sqlalchemy_uri"] == f"duckdb:///{published[0].current}"


def test_secrets_are_random_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    for name in ("a", "b"):
        service._make_secret(tmp_path / name, 15)
    first = (tmp_path / "a").read_text()
    service._make_secret(tmp_path / "a", 15)
    assert (tmp_path / "a").read_text() == first != (tmp_path / "b").read_text() and len(first) >= 20
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_port_that_somebody_uses_is_said_before_anything_is_installed() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserError, match="chọn cổng khác bằng --port"):
            command.up(port=taken.getsockname()[1], host="127.0.0.1")


def test_an_exposure_names_what_its_dashboard_reads(assets: Assets) -> None:
    exposures = yaml.safe_load((REPOSITORY / "dbt_project" / "models" / "exposures.yml").read_text(encoding="utf-8"))["exposures"]
    tables = {dataset["uuid"]: dataset["table_name"] for dataset in assets.datasets.values()}
    read = {chart["uuid"]: tables[chart["dataset_uuid"]] for chart in assets.charts.values()}
    for dashboard in assets.dashboards.values():
        shown = {
            read[item["meta"]["uuid"]] for item in dashboard["position"].values() if isinstance(item, dict) and item["type"] == "CHART"
        }
        (exposure,) = [e for e in exposures if e["name"] == f"superset_{dashboard['slug'].replace('-', '_')}"]
        assert {re.findall(r"'(\w+)'", ref)[0] for ref in exposure["depends_on"]} == shown
        assert exposure["url"].endswith(f"/superset/dashboard/{dashboard['slug']}/")


def test_its_pins_fit_the_published_file() -> None:
    """Superset must read what this project writes: the same DuckDB."""
    pins = dict(re.findall(r"^([\w-]+)==([\w.]+)", service.REQUIREMENTS.read_text(encoding="utf-8"), re.M))
    assert pins["duckdb"] == duckdb.__version__
    assert pins["apache-superset"] == "6.1.0" and pins["flask-caching"] < "2.5"
