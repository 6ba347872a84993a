"""One measurement of benchmarks/scraping.py in a process of its own: `python scraping_worker.py SYSTEM SPEC.json`.

Prints one line of JSON: {"pages", "articles", "wall_s", "cpu_s", "peak_mb"}. Time is counted from when everything is imported. Runs in the
environment of the peers too, so it imports what it measures where it measures it.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Spec = dict[str, Any]


def timed(work: Callable[[], tuple[int, int]]) -> dict[str, Any]:
    """Run `work`, which returns how many pages it took and how many articles came of them."""
    wall, cpu = time.perf_counter(), time.process_time()
    pages, articles = work()
    used = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    return {"pages": pages, "articles": articles, **used, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def portal_of(spec: Spec) -> Any:
    from scrapers.registry import Portal

    return Portal.model_validate(
        {
            "id": "benchmark",
            "name": "Benchmark",
            "areas": [{"name": "Tỉnh Mẫu"}],
            "hosts": [{"host": spec["host"], "connect_to": spec["address"]}],
            "maintainers": [{"name": "A", "email": "a@b.vn"}],
            "platform": spec["platform"],
            "listings": [{"url": f"http://{spec['host']}/tin"}],
            "http": {"rate_per_min": 60000, "retries": 0},
            "normal": {"max": {"days_since_newest": 100000, "duplicate_share": 1}},
        }
    )


def fetch_ours(spec: Spec) -> dict[str, Any]:
    from scrapers.archive import ArchiveWriter, Note  # noqa: F401 - the archive's modules are loaded for both
    from scrapers.fetch import Fetcher
    from scrapers.page import NextPage

    fetcher = Fetcher(portal_of(spec), user_agent="muctieu-benchmark/1", allow_private_hosts=True)

    def work() -> tuple[int, int]:
        got = [fetcher.fetch(NextPage(f"http://{spec['host']}{path}")).ok for path in spec["paths"]]
        assert all(got)
        return len(got), 0

    return timed(work)


def scrape_ours(spec: Spec) -> dict[str, Any]:
    """A whole run: robots.txt, listing, articles, archive, Parquet, state."""
    import pandas  # noqa: F401 - pyarrow loads it at the first table: 0.5 s that no page is to blame for

    from muctieu.lake import Lake
    from scrapers.run import ScrapeOptions, scrape_portal

    lake = Lake(spec["lake"])

    def work() -> tuple[int, int]:
        run = scrape_portal(portal_of(spec), lake, ScrapeOptions(user_agent="b/1", allow_private_hosts=True), now=lambda: datetime.now(UTC))
        assert run.outcome == "ok", run.message
        return run.fetched, run.new_articles

    return timed(work)


def replay_ours(spec: Spec) -> dict[str, Any]:
    """The archive that `scrape_ours` wrote, read again."""
    import pandas  # noqa: F401 - as above

    from muctieu.lake import Lake
    from scrapers.replay import replay_portal

    def work() -> tuple[int, int]:
        result = replay_portal(portal_of(spec), Lake(spec["lake"]), now=lambda: datetime.now(UTC))
        assert result.changes == [] or result.changes == (), result.changes
        return result.pages, result.same

    return timed(work)


def parse_ours(spec: Spec) -> dict[str, Any]:
    """Decode and parse, from the bytes of the page."""
    from scrapers.page import Page
    from scrapers.platforms import platform
    from scrapers.registry import load_portals

    shipped = load_portals([Path(spec["portals"])], {}) if spec.get("portals") else {}
    known = {each["portal"]: shipped.get(each["portal"]) or portal_of(spec) for each in spec["files"]}
    at = datetime.now(UTC)

    def work() -> tuple[int, int]:
        found = 0
        for each in spec["files"]:
            portal = known[each["portal"]]
            page = Page(each["url"], each["url"], Path(each["file"]).read_bytes(), {}, at)
            found += bool(platform(portal.platform).parse(page, portal).body_text)
        return len(spec["files"]), found

    work()  # caches of selectors and formats
    return timed(work)


def parse_trafilatura(spec: Spec) -> dict[str, Any]:
    """Text, tables, title, date and author, which is what ours gives."""
    from trafilatura import bare_extraction

    def work() -> tuple[int, int]:
        found = 0
        for each in spec["files"]:
            document = bare_extraction(Path(each["file"]).read_bytes(), url=each["url"], with_metadata=True, include_tables=True)
            found += document is not None and bool(document.text)
        return len(spec["files"]), found

    work()
    return timed(work)


def _scrapy(spec: Spec, *, parse: bool) -> dict[str, Any]:
    import scrapy
    from scrapy.crawler import CrawlerProcess

    counts = {"pages": 0, "articles": 0}
    begun: dict[str, float] = {}
    base = f"http://{spec['address']}"

    class Portal(scrapy.Spider):
        name = "portal"

        async def start(self) -> Any:
            begun.update(wall=time.perf_counter(), cpu=time.process_time())
            if parse:
                yield scrapy.Request(f"{base}/tin", callback=self.listing)
            else:
                for path in spec["paths"]:
                    yield scrapy.Request(base + path, callback=self.count)

        def count(self, response: Any) -> Any:
            counts["pages"] += len(response.body) > 0
            return ()

        def listing(self, response: Any) -> Any:
            for link in response.css(".featured h3 a::attr(href)"):
                yield response.follow(link.get(), callback=self.article)

        def article(self, response: Any) -> Any:
            counts["pages"] += 1
            counts["articles"] += 1
            yield {
                "url": response.url,
                "title": response.css("h1.title::text").get(),
                "date": response.css(".row .h5::text").get(),
                "body": "\n".join(response.css("#news-bodyhtml p::text").getall()),
            }

    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "LOG_ENABLED": False,
            "ROBOTSTXT_OBEY": True,
            "DOWNLOAD_DELAY": 0,
            "AUTOTHROTTLE_ENABLED": False,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
            "TELNETCONSOLE_ENABLED": False,
            "CLOSESPIDER_TIMEOUT": 300,
            **({"FEEDS": {f"{folder}/items.jsonl": {"format": "jsonlines"}}} if parse else {}),
        }
        process = CrawlerProcess(settings)
        process.crawl(Portal)
        process.start()
        size = Path(f"{folder}/items.jsonl").stat().st_size if parse else 1
    assert size > 0
    assert counts["pages"] == len(spec["paths"]), counts
    used = {"wall_s": time.perf_counter() - begun["wall"], "cpu_s": time.process_time() - begun["cpu"]}
    return {**counts, **used, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


SYSTEMS: dict[str, Callable[[Spec], dict[str, Any]]] = {
    "fetch_ours": fetch_ours,
    "fetch_scrapy": lambda spec: _scrapy(spec, parse=False),
    "scrape_ours": scrape_ours,
    "scrape_scrapy": lambda spec: _scrapy(spec, parse=True),
    "replay_ours": replay_ours,
    "parse_ours": parse_ours,
    "parse_trafilatura": parse_trafilatura,
}

if __name__ == "__main__":
    print(json.dumps(SYSTEMS[sys.argv[1]](json.loads(Path(sys.argv[2]).read_text("utf-8")))))
