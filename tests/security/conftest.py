"""One installation that a hostile portal went through: scraped, extracted, loaded, built, audited, published, reported."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from hostile import breaking, hostile_articles
from hostile_world import FOOTER, SECRET, World

from demo.breakages import Applied
from demo.content import read_articles
from demo.history import history
from muctieu import tasks
from muctieu.settings import read_settings


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Its environment and its clock end with it: the tests read what it left, and others of the same process have their own."""
    home = tmp_path_factory.mktemp("hostile")
    articles = hostile_articles(read_articles())
    with history(home, articles, datetime(2026, 12, 1, 3, tzinfo=UTC)) as installation:
        secrets = {
            "MUCTIEU_SMTP_URL": f"smtp://nguoi-gui:{SECRET}@127.0.0.1:9",
            "MUCTIEU_ALERT_WEBHOOK_URL": f"https://127.0.0.1:9/{SECRET}",
        }
        os.environ.update(secrets)  # `history` puts back what was there
        installation.server.switch(breakages=[Applied(breaking(20261122, 0.3, FOOTER), None)])
        ran = installation.run(datetime(2026, 12, 1, 3, tzinfo=UTC))
        if ran.published:
            tasks.report()
        served = sum(" 200" in line for line in installation.server.requests)
        return World(home, read_settings(), ran, served)
