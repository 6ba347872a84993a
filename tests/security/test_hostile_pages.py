"""What a hostile portal can do to the pipeline and to who reads its results: nothing. About 40 s of CPU, most of it one dbt build."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from bs4 import BeautifulSoup
from hostile import CANARY, PAYLOADS
from hostile_world import World
from site_data import packed, text_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("hostile")]

INERT = ("application/json", "application/ld+json")


def pages(world: World) -> list[Path]:
    found = sorted(path for path in world.settings.reports.rglob("*.html") if "data_docs" not in path.parts)
    assert len(found) > 50
    return found


def test_the_run_ends_and_publishes(world: World) -> None:
    assert world.ran.refused is None
    assert world.ran.published
    with duckdb.connect(str(world.settings.current), read_only=True) as connection:
        (articles,) = connection.execute("select count(*) from marts.dim_article").fetchone() or (0,)
        (hostile,) = connection.execute("select count(*) from marts.dim_article where contains(title, ?)", [CANARY]).fetchone() or (0,)
        (claims,) = connection.execute("select count(*) from marts.fct_claim").fetchone() or (0,)
    assert articles > 20
    assert hostile > 10, "the markup is in the data as text: it was not lost on the way, so the tests below can fail"
    assert claims > 50


def test_what_is_broken_is_kept_with_its_reason(world: World) -> None:
    with duckdb.connect(str(world.settings.warehouse), read_only=True) as connection:
        rules = dict(connection.execute("select rule, count(*) from raw.rejected group by rule").fetchall())
        (seen,) = connection.execute(
            "select count(distinct url) from raw.capture where role = 'article' and outcome = 'ok'"
        ).fetchone() or (0,)
        (kept,) = connection.execute("select count(distinct url) from raw.article").fetchone() or (0,)
    assert sum(rules.values()) > 3
    assert all(rules)
    assert seen <= kept + sum(rules.values()), "a page is an article or a rejected row, never nothing"


def test_no_page_for_people_has_a_place_where_the_markup_runs(world: World) -> None:
    for path in pages(world):
        soup = BeautifulSoup(path.read_bytes(), "lxml")
        for tag in soup.find_all(True):
            handlers = [name for name in tag.attrs if name.lower().startswith("on")]
            assert not [h for h in handlers if CANARY in str(tag.attrs[h])], f"{path}: {tag.name} {handlers}"
            for name in ("href", "src", "action", "formaction", "srcdoc", "xlink:href"):
                value = re.sub(r"\s", "", str(tag.attrs.get(name, ""))).lower()
                assert not value.startswith(("javascript:", "data:text/html", "vbscript:")), f"{path}: {tag}"
            if tag.name == "script" and CANARY in tag.text:
                assert tag.get("type") in INERT, f"{path}: markup of a page in a script"
                json.loads(tag.text)
            assert tag.name not in ("iframe", "object", "embed", "base"), f"{path}: {tag.name}"
        assert not soup.find_all("img", src="x"), path


def hostile_article(world: World) -> str:
    """The address of an article whose title holds markup; the page of articles writes it from packed data."""
    for path in sorted((world.settings.reports / "site" / "data" / "bai").glob("*.js")):
        for article in packed(path):
            if CANARY in str(article[1]):
                return f"{(world.settings.reports / 'site' / 'bai' / 'xem.html').as_uri()}?a={path.name.partition('-')[0]}.{article[0]}"
    raise AssertionError("no article with markup in its title")


def test_scripts_beside_the_pages_hold_the_markup_as_data_only(world: World) -> None:
    found = 0
    for path in world.settings.reports.rglob("*.js"):
        if packed(path) is not None:
            found += CANARY in text_of(path)
        elif CANARY in (text := path.read_text(encoding="utf-8")):
            json.loads(text.partition("=")[2].rstrip("; \n"))  # one assignment of one value
    assert found > 1


def test_the_page_of_an_article_leads_to_web_pages_only(world: World) -> None:
    """A script sets the address of its link, so the test of the pages above does not see it."""
    files = list((world.settings.reports / "site" / "data" / "bai").glob("*.js"))
    addresses = [article[3] for path in files for article in packed(path)]
    assert len(addresses) > 20
    assert not [a for a in addresses if a and not re.match(r"https?://", a)]


def test_a_browser_runs_nothing_of_it(world: World) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no browser on this machine")
    marked = [path for path in pages(world) if CANARY in path.read_text(encoding="utf-8")]
    chosen = [*marked[:: max(1, len(marked) // 4)], world.settings.status_page]
    for address in [hostile_article(world), *(path.as_uri() for path in chosen)]:
        # whatever of the payloads ran would call a function that does not exist: the console says so
        done = subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0", "--virtual-time-budget=8000", "--dump-dom", address],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert "<html" in done.stdout, done.stderr[-500:]
        assert CANARY not in done.stderr, f"{address}: {done.stderr[-800:]}"
        if "xem.html" in address:
            assert CANARY in done.stdout, "the article was written, so there was something to run"


def test_the_payloads_would_run_where_nobody_escapes_them(tmp_path: Path) -> None:
    """That the test above can fail."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no browser on this machine")
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><p>{PAYLOADS[1]}</p>", encoding="utf-8")
    done = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert CANARY in done.stderr
