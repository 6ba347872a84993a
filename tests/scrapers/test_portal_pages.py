"""Sample pages of single portals (tests/scrapers/portals/<id>/) against their golden readings.

`muctieu portal new` writes them, and `muctieu portal check ID --save` for a portal that has its file already. Those of the demo portals
are here because no real page belongs in the repository; they take the same way. A page without a reading gets one and fails once; read it, set `"reviewed": true`, run again.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from muctieu.settings import REPOSITORY
from scrapers.onboarding import Look, Sample, look
from scrapers.page import ListedLink, Page
from scrapers.registry import Portal, read_portal

PAGES = Path(__file__).parent / "portals"
CASES = sorted(PAGES.glob("*/*.html"))


def reading_of(seen: Look) -> dict[str, Any]:
    if seen.listing is not None:
        following = seen.listing.next_page
        links = [[link.url, link.title, link.published_at.isoformat() if link.published_at else None] for link in seen.listing.links]
        return {"links": links, "next": following.url if following else None}
    assert seen.reading is not None
    article = seen.reading.article
    if article is None:
        return {"outcome": str(seen.reading.outcome), "rule": seen.reading.rule, "evidence": seen.reading.evidence}
    published = article.published_at.isoformat() if article.published_at else None
    return {
        "title": article.title,
        "published": published,
        "basis": article.published_basis,
        "author": article.author,
        "body": article.body_text.split("\n"),
    }


def check_case(case: Path, portal: Portal) -> None:
    """Compare one page with its golden reading; write the reading when there is none, and fail until it is reviewed."""
    file = case.with_suffix(".json")
    meta = json.loads(file.read_text("utf-8")) if file.exists() else {}
    url = meta.get("url", f"{portal.scheme}://{portal.hosts[0].host}/{case.name}")
    at = datetime.fromisoformat(meta.get("fetched_at", "2026-09-01T10:00:00+07:00"))
    page = Page(url, url, case.read_bytes(), {"content-type": meta.get("content_type", "text/html")}, at, 200, portal.text.legacy)
    listed = ListedLink(url) if not case.stem.startswith("danh_sach") else None
    now = json.loads(json.dumps(reading_of(look(Sample(case.stem, page, listed), portal))))
    if "expected" not in meta:
        file.write_text(json.dumps({**meta, "reviewed": False, "expected": now}, ensure_ascii=False, indent=2) + "\n", "utf-8")
        pytest.fail(f"{file} was written from what the parser gives today: read it, set reviewed to true, run again")
    if not meta.get("reviewed"):
        pytest.fail(f"{file} is not reviewed: read it, set reviewed to true, run again")
    assert now == meta["expected"]


def file_of(portal_id: str) -> Path:
    """The file of a portal, of those that ship or of the demo."""
    files = [folder / "portals" / f"{portal_id}.yml" for folder in (REPOSITORY / "scrapers", REPOSITORY / "demo")]
    return next((file for file in files if file.exists()), files[0])


def test_there_are_pages_to_read_of_every_demo_portal() -> None:
    assert {file.stem for file in (REPOSITORY / "demo" / "portals").glob("*.yml")} <= {case.parent.name for case in CASES}
    assert all(sum(case.parent.name == folder.name for case in CASES) >= 3 for folder in PAGES.iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_page_gives_its_golden_reading(case: Path) -> None:
    check_case(case, read_portal(file_of(case.parent.name)))
