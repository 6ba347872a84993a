"""`muctieu portal ...` and `import-warc` as a user types them, against the demo portals."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from demo.breakages import read_breakage
from demo.server import DemoServer
from muctieu.cli import app
from muctieu.commands import portals
from muctieu.lake import Lake
from muctieu.records import Article, Run
from muctieu.settings import REPOSITORY
from scrapers.registry import read_portal

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)  # after the newest article of the demo portals
PORTAL = "demo-lamdong"


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(now=lambda: NOW) as server:
        yield server


@pytest.fixture(autouse=True)
def installation(demo: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh installation whose portals are those of the demo. Returns its home."""
    for name in [n for n in os.environ if n.startswith("MUCTIEU")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MUCTIEU_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("MUCTIEU_PORTALS", str(REPOSITORY / "demo" / "portals"))
    monkeypatch.setenv("MUCTIEU_DEMO_ADDRESS", demo.url.removeprefix("http://"))
    monkeypatch.setenv("MUCTIEU_ALLOW_PRIVATE_HOSTS", "1")
    monkeypatch.setattr(portals.console, "_width", 200)
    monkeypatch.setattr(portals, "_now", lambda: NOW)
    demo.switch(edition=1, breakages=[])
    return tmp_path / "var"


def muctieu(*arguments: str, status: int = 0) -> str:
    """What the command prints; fails when it ends otherwise than expected."""
    result: Result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == status, f"{result.output}\n{result.exception!r}"
    return result.output


def rows(home: Path, folder: str, record: type) -> list[Any]:
    lake = Lake(str(home / "lake"))
    return [row for path in lake.list(folder, ".parquet") for row in lake.read_rows(path, record)]


def test_list_names_every_portal_with_its_platform_and_area() -> None:
    said = muctieu("portal", "list")
    for file in (REPOSITORY / "demo" / "portals").glob("*.yml"):
        assert file.stem in said
        assert read_portal(file).platform in said
    assert "Tỉnh Sơn La" in said  # the city was dissolved before NOW
    assert "minh họa" in said


def test_help_has_an_example_for_every_command() -> None:
    for command in ("check", "new", "replay", "suggest"):
        assert f"muctieu portal {command}" in muctieu("portal", command, "--help")
    assert "muctieu import-warc" in muctieu("import-warc", "--help")


def test_an_unknown_portal_is_answered_with_its_neighbours() -> None:
    result = CliRunner().invoke(app, ["portal", "check", "demo-lamdon"])
    assert result.exit_code != 0
    assert "demo-lamdong" in str(result.exception)


def test_check_shows_page_and_reading_and_writes_nothing(installation: Path) -> None:
    said = muctieu("portal", "check", PORTAL, "--articles", "2")
    assert "Trang viết" in said
    assert "Đọc được" in said
    assert re.search(r"\d+ liên kết", said)
    assert re.search(r"\d\d/\d\d/20\d\d \d\d:\d\d \(page: ", said)
    sources = read_portal(REPOSITORY / "demo" / "portals" / f"{PORTAL}.yml").listings
    assert f"{sum(s.kind == 'listing' for s in sources) + 2} trang đọc được, 0 trang không" in said
    assert not (installation / "lake").exists()


def test_check_saves_sample_pages_when_told_to(installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(portals, "REPOSITORY", tmp_path)
    said = muctieu("portal", "check", PORTAL, "--articles", "1", "--save")
    saved = tmp_path / "tests" / "scrapers" / "portals" / PORTAL
    assert {"bai_1.html", "bai_1.json", "danh_sach_1.html", "danh_sach_1.json"} <= {file.name for file in saved.iterdir()}
    assert str(saved / "bai_1.html") in said.replace("\n", "")
    assert "reviewed: true" in said


def test_replay_without_an_archive_says_so(installation: Path) -> None:  # noqa: ARG001
    result = CliRunner().invoke(app, ["portal", "replay", PORTAL])
    assert result.exit_code != 0
    assert "chưa có trang nào" in str(result.exception)


def test_check_of_a_redesigned_portal_is_red(demo: DemoServer) -> None:
    demo.switch(breakages=[read_breakage(f"redesign:{PORTAL}")])
    said = muctieu("portal", "check", PORTAL, status=1)
    assert "SelectorError" in said or "markup_changed" in said


@pytest.mark.slow
def test_new_writes_a_portal_that_scrapes_and_sample_pages(
    demo: DemoServer, installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "portals"
    monkeypatch.setenv("MUCTIEU_PORTALS", str(folder))
    monkeypatch.setattr(portals, "REPOSITORY", tmp_path)
    listing = read_portal(REPOSITORY / "demo" / "portals" / f"{PORTAL}.yml").listings[0].url
    asked = ["portal", "new", listing, "--id", "moi", "--name", "Cổng mới", "--area", "Tỉnh Lâm Đồng", "--maintainer", "An <an@vidu.vn>"]
    said = muctieu(*asked, "--connect-to", demo.url.removeprefix("http://"))
    assert "nukeviet4" in said
    assert "3/3" in said
    portal = read_portal(folder / "moi.yml")
    assert (portal.platform, portal.status, portal.maintainers[0].email) == ("nukeviet4", "unverified", "an@vidu.vn")
    pages = tmp_path / "tests" / "scrapers" / "portals" / "moi"
    assert {p.name for p in pages.glob("*.html")} == {"danh_sach.html", "bai_1.html", "bai_2.html", "bai_3.html"}
    written = yaml.safe_load((folder / "moi.yml").read_text("utf-8"))
    (folder / "moi.yml").write_text(yaml.safe_dump(written | {"http": {"rate_per_min": 6000}}), "utf-8")
    muctieu("scrape", "moi", "--limit", "3")  # the file as it was written is enough to scrape with
    assert len(rows(installation, "articles", Article)) == 3
    again = CliRunner().invoke(app, asked)
    assert again.exit_code != 0  # a portal that is there is never overwritten


@pytest.mark.slow
def test_replay_finds_nothing_then_what_the_lake_lacks(installation: Path) -> None:
    muctieu("scrape", PORTAL)
    known = rows(installation, "articles", Article)
    said = muctieu("portal", "replay", PORTAL)
    assert f"{len({a.article_id for a in known})} bài như cũ, 0 đọc thêm được, 0 khác, 0 không đọc được nữa; đã ghi 0 bản" in said
    for file in (installation / "lake" / "articles").rglob("*.parquet"):
        file.unlink()  # as if the parser had read none of them then
    assert f"{len(known)} đọc thêm được" in muctieu("portal", "replay", PORTAL)
    assert rows(installation, "articles", Article) == []  # only shown
    assert f"đã ghi {len(known)} bản" in muctieu("portal", "replay", PORTAL, "--write")
    assert {a.version_id for a in rows(installation, "articles", Article)} == {a.version_id for a in known}


@pytest.mark.slow
def test_suggest_says_what_it_lacks_then_gives_bounds_that_a_portal_file_takes(installation: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["portal", "suggest", PORTAL])
    assert result.exit_code != 0
    assert "ít nhất 3 lượt" in str(result.exception)
    for _ in range(3):
        muctieu("scrape", PORTAL)
    assert [r.outcome for r in rows(installation, "runs", Run)] == ["ok"] * 3
    said = muctieu("portal", "suggest", PORTAL)
    proposed = yaml.safe_load(said)
    content = yaml.safe_load((REPOSITORY / "demo" / "portals" / f"{PORTAL}.yml").read_text("utf-8"))
    (tmp_path / f"{PORTAL}.yml").write_text(yaml.safe_dump(content | proposed, allow_unicode=True), "utf-8")
    portal = read_portal(tmp_path / f"{PORTAL}.yml")
    assert 1 <= portal.normal.min.links_per_listing <= 30
    assert portal.normal.min.fill_title > 0.8


@pytest.mark.slow
def test_import_warc_carries_an_archive_to_another_lake(installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    muctieu("scrape", PORTAL)
    known = {a.version_id for a in rows(installation, "articles", Article)}
    files = [str(p) for p in (installation / "lake" / "captures").rglob("*.warc.gz")]
    monkeypatch.setenv("MUCTIEU_HOME", str(tmp_path / "second"))
    assert f"{len(known)} bài mới" in muctieu("import-warc", *files, "--portal", PORTAL)
    assert {a.version_id for a in rows(tmp_path / "second", "articles", Article)} == known
    assert "0 bài mới" in muctieu("import-warc", *files, "--portal", PORTAL)
    foreign = CliRunner().invoke(
        app, ["import-warc", *files, "--portal", "demo-binhlieu"]
    )  # the wrong portal: nothing is taken, and that is said
    assert foreign.exit_code != 0
    assert "không có trang nào của cổng demo-binhlieu" in f"{foreign.output} {foreign.exception}"


def test_import_warc_of_something_else_is_an_error_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "anh.warc.gz"
    file.write_bytes(b"GIF89a")
    result = CliRunner().invoke(app, ["import-warc", str(file), "--portal", PORTAL])
    assert result.exit_code != 0
    assert "anh.warc.gz" in f"{result.output} {result.exception}"
