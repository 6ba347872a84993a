"""What is published holds nothing but public data: no secrets, no paths of this machine, no numbers of people from the feet of pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hostile_world import FOOTER, SECRET, World
from site_data import text_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("hostile")]

NUMBERS = re.findall(r"0912 345 678|3852\.135", FOOTER)


def published_texts(world: World) -> Iterator[tuple[str, str]]:
    """Every text that readers get: all columns of the published file, and all text files of the reports."""
    with duckdb.connect(str(world.settings.current), read_only=True) as connection:
        tables = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
        assert len(tables) > 20
        for schema, table in tables:
            for row in connection.execute(f'select * from "{schema}"."{table}"').fetchall():
                yield f"{schema}.{table}", " ".join(str(value) for value in row)
        for name, comment in connection.execute("select column_name, comment from duckdb_columns()").fetchall():
            yield f"comment of {name}", str(comment)
    for path in world.settings.reports.rglob("*"):
        if path.suffix in (".html", ".js", ".json", ".css", ".csv", ".txt", ".svg") and "plotly" not in path.name:
            yield str(path.relative_to(world.settings.reports)), text_of(path)


def test_no_secret_no_path_and_no_number_of_a_footer_is_published(world: World) -> None:
    owners = re.findall(r"[\w.]+@muctieu\.example", "\n".join(p.read_text() for p in (world.home / "portals").glob("*.yml")))
    assert owners and NUMBERS
    forbidden = [SECRET, str(world.home), str(Path.cwd()), *NUMBERS, "ba.thu@quangnam.test", "Nguyễn Thị Thử"]
    found = {(where, word) for where, text in published_texts(world) for word in forbidden if word in text}
    # the status page is the maintainers' own: it says who looks after what (docs/security.md: behind a login)
    found |= {(where, word) for where, text in published_texts(world) for word in owners if word in text and where != "status.html"}
    assert not found


def test_what_failed_inside_is_not_told_outside(world: World, tmp_path: Path) -> None:
    """The message of a failed step names files and addresses of this machine: operators have it, readers do not."""
    from dataclasses import replace

    from warehouse.publish import publish

    warehouse = tmp_path / "copy.duckdb"
    warehouse.write_bytes(world.settings.warehouse.read_bytes())
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "insert into ops.run (run_id, build_id, step, started_at, ended_at, outcome, message) "
            "values ('x', 'b', 'load', now(), now(), 'failed', 'IOException: /srv/muctieu/var/lake/x: denied')"
        )
    result = publish(replace(world.settings, warehouse=warehouse, published=tmp_path / "published"), allowed=True)
    with duckdb.connect(str(result.path), read_only=True) as connection:
        assert connection.execute("select outcome, message from ops.run where run_id = 'x'").fetchone() == ("failed", None)
