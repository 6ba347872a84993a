"""`muctieu explain` as a user types it: a file, pasted text, a claim and an address of the warehouse; what is not there is told in words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from extraction.batch import extract_files, pending_files
from muctieu.cli import app
from muctieu.commands import extracting
from muctieu.errors import UserError
from muctieu.lake import Lake
from muctieu.settings import read_settings
from scrapers.imports import import_text
from warehouse.load import load

URL = "https://example.vn/tin/giam-ngheo"
TEXT = (
    "Mai Châu giảm nghèo nhanh\n"
    "Đến hết tháng 5/2024, toàn huyện có 12/15 xã đạt chuẩn nông thôn mới; tỷ lệ hộ nghèo còn 6,4%.\n"
    "Toàn huyện có 35% hộ kinh doanh <du lịch>."
)
OF_THE_ARTICLE = ("--published", "2024-06-15", "--area", "Huyện Mai Châu, Tỉnh Hòa Bình")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("explain") / "var"
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("MUCTIEU")]:
            patch.delenv(name)
        patch.setenv("MUCTIEU_HOME", str(home))
        patch.setattr(extracting.console, "_width", 200)
        yield home


@pytest.fixture(scope="module")
def claims(home: Path) -> dict[float, str]:
    """The article in a warehouse; ids of its claims by value."""
    lake = Lake(str(home / "lake"))
    line = {"doc": "1", "published": "2024-06-15", "portal_area": "Huyện Mai Châu, Tỉnh Hòa Bình", "text": TEXT, "url": URL}
    assert import_text([json.dumps(line)], lake).problems == ()
    extract_files(lake, pending_files(lake))
    load(lake, read_settings().warehouse)
    with duckdb.connect(str(read_settings().warehouse), read_only=True) as connection:
        return dict(connection.execute("select value, claim_id from raw.claim").fetchall())


def explain(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["explain", *arguments])
    assert result.exit_code == 0, f"{result.output}\n{result.exception!r}"
    return result.output


@pytest.mark.usefixtures("home")
def test_a_file_is_explained_field_by_field(tmp_path: Path) -> None:
    file = tmp_path / "bai.txt"
    file.write_text(TEXT, encoding="utf-8")
    told = explain(str(file), *OF_THE_ARTICLE)
    assert "Xã đạt chuẩn nông thôn mới: bằng 12/15 xã (Huyện Mai Châu, Tỉnh Hòa Bình, 31/05/2024)" in told
    assert "mốc thời gian đứng trước con số trong câu" in told
    assert "“Đến hết tháng 5/2024”" in told
    assert "? 35%" in told  # the number that nobody could explain


@pytest.mark.usefixtures("home")
def test_pasted_text_is_explained() -> None:
    told = explain("Bản tin\nToàn tỉnh còn 9,1% hộ nghèo.", "--published", "2024-06-15", "--area", "Tỉnh Hòa Bình")
    assert "Tỷ lệ hộ nghèo: bằng 9,1 phần trăm (Tỉnh Hòa Bình, 15/06/2024)" in told


def test_a_claim_and_an_address_of_the_warehouse_are_explained(claims: dict[float, str]) -> None:
    told = explain(claims[6.4])
    assert "6,4 phần trăm" in told
    assert told.count("Trường") == 1  # that claim alone
    whole = explain(URL)
    assert "6,4 phần trăm" in whole
    assert "bằng 12/15 xã" in whole


@pytest.mark.usefixtures("claims")
def test_the_page_holds_every_field_and_escapes_the_article(tmp_path: Path) -> None:
    page = tmp_path / "trang.html"
    explain(URL, "--html", str(page))
    html = page.read_text(encoding="utf-8")
    assert html.count("<article") == 2
    assert "Con số chưa giải thích được" in html
    assert "&lt;du lịch&gt;" in html and "<du lịch>" not in html


@pytest.mark.usefixtures("claims")
@pytest.mark.parametrize("source", ["khong-co.txt", "0123456789abcdef01234567", "https://example.vn/khong-co"])
def test_what_is_not_there_is_told(source: str) -> None:
    result = CliRunner().invoke(app, ["explain", source])
    assert isinstance(result.exception, UserError)  # printed as one line by the entry point
    assert str(result.exception).startswith("không") and source in str(result.exception)
