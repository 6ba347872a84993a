"""The 64 real pages in the developers' folder against what a person read from them (manifest.jsonl). Skipped where the folder is not."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scrapers.bodies import restore_entities
from scrapers.dates import HANOI, bulk_dates
from scrapers.page import Page, PageOutcome, ParsedPage
from scrapers.platforms import platform
from scrapers.registry import Portal, load_portals

PORTALS = Path(__file__).parents[2] / "scrapers" / "portals"
FOLDERS = {"liferay62_sotttt_hanoi": "sotttt-hanoi", "sharepoint_dakrlap": "dakrlap", "sharepoint_krongno": "krongno"}
OUTCOMES = {
    "article": PageOutcome.ARTICLE,
    "article_print": PageOutcome.ARTICLE,
    "listing": PageOutcome.LISTING,
    "listing_snapshot": PageOutcome.LISTING,
    "static": PageOutcome.STATIC,
    "soft404": PageOutcome.NOT_FOUND,
}
FETCHED_AT = datetime(2025, 11, 22, tzinfo=UTC)

pytestmark = pytest.mark.shared


@pytest.fixture
def portals() -> dict[str, Portal]:
    return load_portals([PORTALS], {})


@pytest.fixture
def manifest(shared: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (shared / "pages" / "manifest.jsonl").read_text("utf-8").splitlines()]


def page_of(shared: Path, row: dict[str, Any], *, address: bool = True) -> Page:
    # a folder of saved pages does not say where a page came from: the parsers must do without
    url = row["url"] if address else f"file:///pages/{row['file']}"
    return Page(url, url, (shared / "pages" / row["file"]).read_bytes(), {}, FETCHED_AT)


def portal_of(portals: dict[str, Portal], row: dict[str, Any]) -> Portal:
    return portals[FOLDERS[row["file"].split("/")[0]]]


def words(text: str) -> str:
    """White space, table bars, composition and lost ampersands are not what a reader compares; the words are."""
    text = unicodedata.normalize("NFC", text).replace("|", " ").replace("\u200b", "")
    return restore_entities(re.sub(r"\s+", " ", text), stray=True).strip()


def local(parsed: ParsedPage) -> str | None:
    """The date as the manifest writes it: to the minute, or the day alone."""
    if parsed.published_at is None:
        return None
    return parsed.published_at.astimezone(HANOI).strftime("%Y-%m-%dT%H:%M").removesuffix("T00:00")


@pytest.mark.parametrize("address", [True, False], ids=["with its address", "as a file"])
def test_every_page_is_what_a_person_saw(
    shared: Path, manifest: list[dict[str, Any]], portals: dict[str, Portal], *, address: bool
) -> None:
    wrong = []
    for row in manifest:
        portal = portal_of(portals, row)
        parsed = platform(portal.platform).parse(page_of(shared, row, address=address), portal)
        if parsed.outcome is not OUTCOMES[row["kind"]]:
            wrong.append((row["file"], parsed.outcome, row["kind"]))
    assert len(manifest) == 64
    assert not wrong


def test_articles_have_title_date_ends_and_byline_as_a_person_read_them(
    shared: Path, manifest: list[dict[str, Any]], portals: dict[str, Portal]
) -> None:
    wrong: list[str] = []
    articles = [row for row in manifest if row["kind"] == "article"]
    for row in articles:
        portal = portal_of(portals, row)
        parsed = platform(portal.platform).parse(page_of(shared, row), portal)
        text = words(parsed.body_text)
        checks = {
            "title": parsed.title == words(row["title"]),
            "date": local(parsed) == (row["published"] if row["published_reliable"] is not False else None),
            "raw date": parsed.published_raw is not None,
            "start": text.startswith(words(row["lead_start"] or row["body_start"])),
            "body start": words(row["body_start"]) in text,
            "end": text.endswith(words(row["body_end"])),
            "author": parsed.author == row["byline"],
            "no account line": row["system_user_line"] is None or row["system_user_line"] not in text[-60:],
        }
        wrong += [f"{row['file']}: {what}" for what, right in checks.items() if not right]
    assert len(articles) == 50
    assert not wrong


def test_listings_give_links_dates_and_totals(shared: Path, manifest: list[dict[str, Any]], portals: dict[str, Portal]) -> None:
    found = {}
    for row in manifest:
        if OUTCOMES[row["kind"]] is PageOutcome.LISTING:
            portal = portal_of(portals, row)
            listing = platform(portal.platform).listing(page_of(shared, row), portal)
            assert all(link.title and link.url.startswith("http") for link in listing.links), row["file"]
            undated = sum(link.published_at is None for link in listing.links)
            found[Path(row["file"]).stem] = (len(listing.links), undated, listing.next_page is not None, listing.total)
    assert found == {
        "_lay-y-kien-van-ban-du-thao": (3, 0, False, None),
        "_cong-nghe-thong-tin01ad": (10, 0, True, 243),
        "_pctn": (20, 0, True, 29),
        "_qlttps": (20, 20, True, 36),  # a table of titles without dates
        "_list_tin-tuc-su-kien": (20, 0, True, None),
        "_list_tin-tuc-su-kien__van-hoa-xa-hoi": (10, 4, False, None),  # four carry the time of the build
        "tin-tuc-su-kien_2019-05-13_c472083": (10, 0, False, None),
        "tin-tuc-su-kien_2019-06-11_1fa7424": (10, 0, False, None),
        "tin-tuc-su-kien_2019-08-08_eb90655": (20, 0, True, None),
        "_list_tin-tuc-su-kien__page__2": (10, 10, False, None),  # all of the day of the import; its links to other pages lead home
    }


def test_bulk_dates_are_found_without_being_told(shared: Path, manifest: list[dict[str, Any]], portals: dict[str, Portal]) -> None:
    """The YAML names the false dates of two portals; a portal nobody has studied must be caught by the pages themselves."""
    for folder, portal_id in FOLDERS.items():
        portal = portals[portal_id]
        untold = portal.model_copy(update={"dates": portal.dates.model_copy(update={"unreliable": ()})})
        rows = [row for row in manifest if row["kind"] == "article" and row["file"].startswith(folder)]
        read = {row["file"]: platform(portal.platform).parse(page_of(shared, row), untold).published_at for row in rows}
        bulk = bulk_dates([at for at in read.values() if at], fetched_at=FETCHED_AT)
        caught = {file for file, at in read.items() if at in bulk}
        false = {row["file"] for row in rows if row["published_reliable"] is False}
        # 01/07/2019 stands on one page of the 51 only: no batch can know that it is false, a person did
        assert caught == false - {"sharepoint_krongno/hoi-thao-the-duc-the-thao-bo-doi-bien-phong-dak-nong-nam-2017.html"}
