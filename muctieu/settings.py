"""Where things are and how to reach them: read once from the environment, passed on as a value.

Every setting has a default that works from a fresh clone; the variable that changes it is named beside it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from muctieu.errors import UserError

REPOSITORY = Path(__file__).resolve().parent.parent
TIMEZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # portals write local times without a zone


DUCKLAKE = "ducklake:"


@dataclass(frozen=True, slots=True)
class DuckLake:
    """A warehouse that many machines share: a catalog, and Parquet files that it lists."""

    # postgresql://user:password@host:5432/database, or the path of a DuckDB file (one machine: that file has one writer again)
    catalog: str = field(repr=False)
    data: str  # folder or s3://bucket/prefix of the Parquet files

    @property
    def is_shared(self) -> bool:
        """Whether processes on other machines can open it."""
        return "://" in self.catalog

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a process that opens it; holds the password."""
        return {"MUCTIEU_WAREHOUSE": DUCKLAKE + self.catalog, "MUCTIEU_WAREHOUSE_DATA": self.data}

    def __str__(self) -> str:
        """Where it is, without the password: this is printed and logged."""
        if not self.is_shared:
            return f"{DUCKLAKE}{self.catalog}"
        address = urlsplit(self.catalog)
        return f"{DUCKLAKE}{address.scheme}://{address.hostname}{address.path}"


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths and addresses of one installation."""

    home: Path  # MUCTIEU_HOME: everything that a run makes, safe to delete
    lake: str  # MUCTIEU_LAKE: folder or fsspec URL (s3://bucket/prefix) that scraping and extraction share
    # MUCTIEU_WAREHOUSE: the writer's DuckDB file, which BI never opens; or "ducklake:postgresql://…" with MUCTIEU_WAREHOUSE_DATA=s3://…
    warehouse: Path | DuckLake
    published: Path  # MUCTIEU_PUBLISHED: folder of released DuckDB files; `current.duckdb` is the newest
    reports: Path  # MUCTIEU_REPORTS: HTML report and Data Docs
    portals: tuple[Path, ...]  # MUCTIEU_PORTALS: folders of portal YAML files, separated by ":"
    user_agent: str  # MUCTIEU_USER_AGENT: portals must be able to reach whoever runs this
    allow_private_hosts: bool  # MUCTIEU_ALLOW_PRIVATE_HOSTS=1: the demo and tests scrape loopback
    routes: Path  # MUCTIEU_ROUTES: who hears of what (expectations/routes.yml)
    maintainer: str  # MUCTIEU_MAINTAINER: e-mail address of whoever hears of what has no maintainer; empty: routes.yml says it
    mail_from: str  # MUCTIEU_MAIL_FROM: sender of alerts
    base_url: str  # MUCTIEU_BASE_URL: where the reports folder is served, for links in alerts; empty: no links
    writer_queue: str  # MUCTIEU_WRITER_QUEUE: Celery queue of the tasks that open the warehouse; "warehouse" while it is a file
    airflow_url: str  # AIRFLOW__API__BASE_URL: for links to runs
    # MUCTIEU_SMTP_URL: smtp://user:password@host:587 or smtps://host:465, ?tls=never for a relay that has none; empty: no e-mail is sent
    smtp_url: str = field(repr=False)
    # MUCTIEU_LOCKS: PostgreSQL that holds locks across machines (postgresql://…); when unset the catalog of the warehouse, if it has one
    locks: str = field(repr=False)

    @property
    def current(self) -> Path:
        """The published DuckDB file that readers open."""
        return self.published / "current.duckdb"

    @property
    def status_page(self) -> Path:
        """How portals, alerts and checks are; alerts link to it, with the subject of the alert as the fragment."""
        return self.reports / "status.html"

    @property
    def serve(self) -> Path:
        """Views over the Parquet files of the current release, for readers that keep their connections."""
        return self.published / "serve.duckdb"

    @property
    def public_folder(self) -> Path:
        """The link to the Parquet files of the current release."""
        return self.published / "current"


def read_settings(environ: dict[str, str] | None = None) -> Settings:
    """Settings of this process; `environ` stands in for `os.environ` in tests."""
    env = dict(os.environ) if environ is None else environ
    home = Path(env.get("MUCTIEU_HOME", REPOSITORY / "var")).resolve()
    portals = env.get("MUCTIEU_PORTALS", str(REPOSITORY / "scrapers" / "portals"))
    warehouse = _warehouse(env, home)
    shared = isinstance(warehouse, DuckLake) and warehouse.is_shared
    return Settings(
        home=home,
        lake=env.get("MUCTIEU_LAKE", str(home / "lake")),
        warehouse=warehouse,
        published=Path(env.get("MUCTIEU_PUBLISHED", home / "published")),
        reports=Path(env.get("MUCTIEU_REPORTS", home / "reports")),
        portals=tuple(Path(p) for p in portals.split(":") if p),
        user_agent=env.get("MUCTIEU_USER_AGENT", "muctieu/0.1 (+https://example.org/muctieu; set MUCTIEU_USER_AGENT to a contact address)"),
        allow_private_hosts=env.get("MUCTIEU_ALLOW_PRIVATE_HOSTS", "") == "1",
        routes=Path(env.get("MUCTIEU_ROUTES") or REPOSITORY / "expectations" / "routes.yml"),
        maintainer=env.get("MUCTIEU_MAINTAINER", "").strip(),
        mail_from=env.get("MUCTIEU_MAIL_FROM", "").strip() or "muctieu <muctieu@localhost>",
        base_url=env.get("MUCTIEU_BASE_URL", "").strip().rstrip("/"),
        writer_queue=env.get("MUCTIEU_WRITER_QUEUE", "").strip() or ("default" if shared else "warehouse"),
        airflow_url=env.get("AIRFLOW__API__BASE_URL", "").strip().rstrip("/"),
        smtp_url=env.get("MUCTIEU_SMTP_URL", "").strip(),
        locks=env.get("MUCTIEU_LOCKS", "").strip() or (warehouse.catalog if isinstance(warehouse, DuckLake) and shared else ""),
    )


def _warehouse(env: dict[str, str], home: Path) -> Path | DuckLake:
    """Raises UserError for a shared catalog without a place for its data."""
    where = env.get("MUCTIEU_WAREHOUSE", "").strip()
    if not where.startswith(DUCKLAKE):
        return Path(where or home / "warehouse" / "muctieu.duckdb")
    catalog, data = where.removeprefix(DUCKLAKE), env.get("MUCTIEU_WAREHOUSE_DATA", "").strip()
    if not data and "://" in catalog:
        raise UserError("MUCTIEU_WAREHOUSE là DuckLake trên PostgreSQL nhưng MUCTIEU_WAREHOUSE_DATA trống; ví dụ s3://muctieu/warehouse")
    return DuckLake(catalog, data or f"{catalog}.files")
