"""Where things are and how to reach them: read once from the environment, passed on as a value.

Every setting has a default that works from a fresh clone; the variable that changes it is named beside it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

REPOSITORY = Path(__file__).resolve().parent.parent
TIMEZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # portals write local times without a zone


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths and addresses of one installation."""

    home: Path  # MUCTIEU_HOME: everything that a run makes, safe to delete
    lake: str  # MUCTIEU_LAKE: folder or fsspec URL (s3://bucket/prefix) that scraping and extraction share
    warehouse: Path  # MUCTIEU_WAREHOUSE: the writer's DuckDB file; BI never opens it
    published: Path  # MUCTIEU_PUBLISHED: folder of released DuckDB files; `current.duckdb` is the newest
    reports: Path  # MUCTIEU_REPORTS: HTML report and Data Docs
    portals: tuple[Path, ...]  # MUCTIEU_PORTALS: folders of portal YAML files, separated by ":"
    user_agent: str  # MUCTIEU_USER_AGENT: portals must be able to reach whoever runs this
    allow_private_hosts: bool  # MUCTIEU_ALLOW_PRIVATE_HOSTS=1: the demo and tests scrape loopback
    routes: Path  # MUCTIEU_ROUTES: who hears of what (expectations/routes.yml)
    maintainer: str  # MUCTIEU_MAINTAINER: e-mail address of whoever hears of what has no maintainer; empty: routes.yml says it
    mail_from: str  # MUCTIEU_MAIL_FROM: sender of alerts
    base_url: str  # MUCTIEU_BASE_URL: where the reports folder is served, for links in alerts; empty: no links
    airflow_url: str  # AIRFLOW__API__BASE_URL: for links to runs
    # MUCTIEU_SMTP_URL: smtp://user:password@host:587 or smtps://host:465, ?tls=never for a relay that has none; empty: no e-mail is sent
    smtp_url: str = field(repr=False)

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
    return Settings(
        home=home,
        lake=env.get("MUCTIEU_LAKE", str(home / "lake")),
        warehouse=Path(env.get("MUCTIEU_WAREHOUSE", home / "warehouse" / "muctieu.duckdb")),
        published=Path(env.get("MUCTIEU_PUBLISHED", home / "published")),
        reports=Path(env.get("MUCTIEU_REPORTS", home / "reports")),
        portals=tuple(Path(p) for p in portals.split(":") if p),
        user_agent=env.get("MUCTIEU_USER_AGENT", "muctieu/0.1 (+https://example.org/muctieu; set MUCTIEU_USER_AGENT to a contact address)"),
        allow_private_hosts=env.get("MUCTIEU_ALLOW_PRIVATE_HOSTS", "") == "1",
        routes=Path(env.get("MUCTIEU_ROUTES") or REPOSITORY / "expectations" / "routes.yml"),
        maintainer=env.get("MUCTIEU_MAINTAINER", "").strip(),
        mail_from=env.get("MUCTIEU_MAIL_FROM", "").strip() or "muctieu <muctieu@localhost>",
        base_url=env.get("MUCTIEU_BASE_URL", "").strip().rstrip("/"),
        airflow_url=env.get("AIRFLOW__API__BASE_URL", "").strip().rstrip("/"),
        smtp_url=env.get("MUCTIEU_SMTP_URL", "").strip(),
    )
