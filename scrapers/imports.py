"""Articles that come as files: saved pages of a portal, and plain texts. They enter the lake as a run like any other."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from muctieu.lake import Lake
from muctieu.processes import die_with_parent
from muctieu.records import Article, Capture, Rejected, Run, stable_id
from muctieu.settings import TIMEZONE
from scrapers.archive import LIMIT, ArchiveError, ArchiveWriter, ForeignResponse, Note, foreign_responses, pack, portal_lock
from scrapers.coding import CodingError, TooLargeError, decode_body
from scrapers.dates import DateRules, read_date, split_title_date
from scrapers.fetch import Exchange
from scrapers.harvest import Harvest, Item, new_run_id, remember, run_row, write_run
from scrapers.identity import article_id, story_id, version_id
from scrapers.page import ListedLink, NextPage, Page, PageOutcome, ParsedPage
from scrapers.platforms import platform
from scrapers.reading import Reading
from scrapers.registry import Portal
from scrapers.run import take_up
from scrapers.state import PortalState, run_files, write_state

IMPORT_PORTAL = "import"
_PAGES = (".html", ".htm", ".xhtml", ".shtml", ".aspx", ".mht")
_MANIFEST = "manifest.jsonl"


# --- saved pages -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImportedPage:
    """What was read from one saved page."""

    file: str  # relative to the folder
    outcome: PageOutcome
    title: str | None
    published: datetime | None  # aware; None when unknown or not to be believed
    author: str | None
    body_text: str
    url: str
    rule: str | None  # why it did not become an article row, else None
    evidence: str | None

    def as_json(self) -> dict[str, Any]:
        """The line that `import-html --jsonl` prints. `published` is local time; without a time of day it is the day alone."""
        return {
            "file": self.file,
            "outcome": str(self.outcome),
            "title": self.title,
            "published": _local_iso(self.published),
            "author": self.author,
            "body_text": self.body_text,
            "url": self.url,
            "rule": self.rule,
            "evidence": self.evidence,
        }


def import_html(
    folder: Path,
    portal: Portal,
    *,
    lake: Lake | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[ImportedPage]:
    """Read every saved page under a folder; with a lake, archive and write them too (twice gives nothing new).

    The address of a page comes from `manifest.jsonl` in the folder or above it ({"file", "url"} a line), else from what the page
    says of itself, else it is made of the file name. Raises `FileNotFoundError` when there is no page.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in _PAGES)
    if not files:
        raise FileNotFoundError(f"{folder}: không có trang nào đã lưu ({', '.join(_PAGES)})")
    if lake is None:
        yield from _read_saved(folder, files, portal, _new_harvest(portal, PortalState(), now()), PortalState(), now, None)
        return
    family = platform(portal.platform)
    with portal_lock(lake, portal.id) as spool:
        state = take_up(portal, family, lake, now)
        harvest = _new_harvest(portal, state, now())
        archive = ArchiveWriter(lake, portal.id, harvest.run_id, spool)
        yield from _read_saved(folder, files, portal, harvest, state, now, archive)
        _write_import(portal, lake, harvest, state, archive, now)


def _new_harvest(portal: Portal, state: PortalState, at: datetime) -> Harvest:
    return Harvest(portal, platform(portal.platform), new_run_id(portal.id, at.astimezone(UTC), state.run_id, secrets.token_hex(2)))


def _read_saved(
    folder: Path,
    files: list[Path],
    portal: Portal,
    harvest: Harvest,
    state: PortalState,
    now: Callable[[], datetime],
    archive: ArchiveWriter | None,
) -> Iterator[ImportedPage]:
    addresses = _manifest(folder)
    names = []
    at = now().astimezone(UTC)
    for file in files:
        body = file.read_bytes()
        name = file.relative_to(folder).as_posix()
        url = addresses.get(file.resolve()) or _own_address(body, portal) or f"{portal.scheme}://{portal.hosts[0].host}/{name}"
        page = Page(url, url, body, {"content-type": "text/html"}, at, 200, portal.text.legacy)
        # the identity of a saved page is its content, so importing a folder again repeats no row
        capture_id = stable_id(portal.id, url, hashlib.sha256(body).hexdigest())
        place = _archive(archive, page, capture_id, name) if archive else None
        capture = _imported_capture(portal.id, harvest.run_id, capture_id, page, place)
        harvest.captures.append(capture)
        harvest.add(capture, page, None, "unknown")
        names.append(name)
    settled = harvest.settle(state)
    for name, item in zip(names, harvest.items, strict=True):
        yield _imported(name, item.page.url, item.parsed, settled.readings[item.key])


def _imported(name: str, url: str, parsed: ParsedPage | Reading, reading: Reading) -> ImportedPage:
    if isinstance(parsed, Reading):
        return ImportedPage(name, parsed.outcome, None, None, None, "", url, parsed.rule, parsed.evidence)
    believed = reading.rule not in ("bulk_date", "future_date")
    return ImportedPage(
        file=name,
        outcome=parsed.outcome,
        title=parsed.title,
        published=parsed.published_at if believed else None,
        author=parsed.author,
        body_text=parsed.body_text,
        url=url,
        rule=reading.rule,
        evidence=reading.evidence,
    )


def _write_import(
    portal: Portal, lake: Lake, harvest: Harvest, state: PortalState, archive: ArchiveWriter, now: Callable[[], datetime]
) -> None:
    settled = harvest.settle(state)
    if not settled.articles and all(item.key in state.urls for item in harvest.items):
        archive.discard()  # the same pages as before: nothing is archived twice
        return
    archive.finish()
    started = min(c.fetched_at for c in harvest.captures)
    message = f"Nhập {len(harvest.items)} trang đã lưu."
    run = run_row(harvest.run_id, portal, started, now(), "ok", message, harvest.captures, settled, requests=0)
    write_run(lake, run, harvest.captures, settled.articles, settled.rejected)
    remember(state, portal, run, harvest, settled)
    write_state(lake, portal.id, state)


def _archive(archive: ArchiveWriter, page: Page, capture_id: str, name: str) -> tuple[str, int] | None:
    headers = (
        ("Content-Type", "text/html"),
        ("Content-Length", str(len(page.body))),
        ("X-Muctieu-Imported-From", name.encode("unicode_escape").decode()),
    )
    exchange = Exchange(page.url, "GET", (), b"", 200, "OK", headers, page.body, page.fetched_at)
    return archive.write([exchange], Note(capture_id, "imported", "ok", NextPage(page.url), page.url, page.fetched_at, 0.0))


def _imported_capture(portal_id: str, run_id: str, capture_id: str, page: Page, place: tuple[str, int] | None) -> Capture:
    return Capture(
        capture_id=capture_id,
        portal_id=portal_id,
        run_id=run_id,
        role="imported",
        url=page.url,
        final_url=page.url,
        outcome="ok",
        status=page.status,
        error=None,
        fetched_at=page.fetched_at,
        elapsed_s=0.0,
        content_type=page.headers.get("content-type"),
        size=len(page.body),
        body_sha256=hashlib.sha256(page.body).hexdigest(),
        etag=None,
        last_modified=None,
        warc_path=place[0] if place else None,
        warc_offset=place[1] if place else None,
    )


def _manifest(folder: Path) -> dict[Path, str]:
    """Addresses by file, from a manifest in the folder or the one above it."""
    addresses: dict[Path, str] = {}
    for base in (folder.parent, folder):
        manifest = base / _MANIFEST
        if not manifest.is_file():
            continue
        for number, line in enumerate(manifest.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                addresses[(base / row["file"]).resolve()] = row["url"]
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{manifest}, dòng {number}: cần một đối tượng JSON có `file` và `url`: {error}") from error
    return addresses


_DECLARED = re.compile(
    rb"<!-- saved from url=\(\d+\)(\S+) -->|<link[^>]+rel=[\"']canonical[\"'][^>]*href=[\"']([^\"']+)"
    rb"|<meta[^>]+property=[\"']og:url[\"'][^>]*content=[\"']([^\"']+)|Mirrored from (\S+) by HTTrack",
    re.IGNORECASE,
)


def _own_address(body: bytes, portal: Portal) -> str | None:
    """What a saved page says of its address (browsers, HTTrack, canonical and og:url), when that is on this portal."""
    for match in _DECLARED.finditer(body[:65536]):
        found = next(g for g in match.groups() if g).decode("utf-8", "replace")
        url = found if "://" in found else f"{portal.scheme}://{found.lstrip('/')}"
        if portal.owns(url):
            return url
    return None


def _local_iso(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    local = moment.astimezone(TIMEZONE)
    return local.date().isoformat() if local.time() == time(0) else local.strftime("%Y-%m-%dT%H:%M")


# --- plain texts -----------------------------------------------------------------------------------------------------------------

# how portals write the line under a title; only for texts that come without a date
_TEXT_DATES = DateRules(
    ("%A, ngày %d/%m/%Y | %I:%M %p", "%A, ngày %d/%m/%Y", "%H:%M %d/%m/%Y", "%d/%m/%Y | %I:%M %p", "%d/%m/%Y %H:%M", "%d/%m/%Y",
     "ngày %d tháng %m năm %Y", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%d.%m.%Y", "iso")
)  # fmt: skip
_DATE_LINE = re.compile(
    r"[^A-Za-zÀ-ỹ]*(?:(?:thứ|ngày|chủ|nhật|hai|ba|tư|năm|sáu|bảy|cập|đăng|lúc|tháng|am|pm|gmt|sa|ch|giờ)\W*|[\d/:.,|()+ \-–])+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TextImport:
    """What became of the lines."""

    new_articles: int
    known: int
    rejected: int
    problems: tuple[str, ...] = ()  # one a line that was rejected: number, document, reason


@dataclass(slots=True)
class _Texts:
    """Rows of one portal id while lines are read."""

    run_id: str
    versions: dict[str, str]
    captures: list[Capture] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    known: int = 0


class LineError(Exception):
    """A line that is no document; the message says what it lacks."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule, self.reason = rule, reason


def import_text(lines: Iterable[str], lake: Lake, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> TextImport:
    """Documents as JSON lines {"doc", "published"?, "portal_area", "title"?, "text", "url"?, "portal_id"?} into article rows.

    Without a title the first line of the text is the title; without a date the text's own date line is read. A line that cannot
    be used is reported and kept as a rejected row; the others go in. The same lines again give nothing new.
    """
    at = now().astimezone(UTC)
    texts: dict[str, _Texts] = {}
    problems = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        portal_id, name = IMPORT_PORTAL, f"line {number}"
        try:
            document = _document(line)
            portal_id, name = str(document.get("portal_id") or IMPORT_PORTAL), str(document["doc"])
            group = texts.get(portal_id) or texts.setdefault(portal_id, _texts(lake, portal_id, at))
            _take_text(document, portal_id, group, at)
        except LineError as error:
            group = texts.get(portal_id) or texts.setdefault(portal_id, _texts(lake, portal_id, at))
            group.rejected.append(_rejected_line(portal_id, group.run_id, name, line, error, at))
            problems.append(f"dòng {number} ({name}): {error.reason}")
    for portal_id, group in texts.items():
        _write_texts(lake, portal_id, group, at, now())
    return TextImport(
        new_articles=sum(len(g.articles) for g in texts.values()),
        known=sum(g.known for g in texts.values()),
        rejected=len(problems),
        problems=tuple(problems),
    )


def _texts(lake: Lake, portal_id: str, at: datetime) -> _Texts:
    ended = run_files(lake, portal_id)
    versions: dict[str, str] = {}
    for path in lake.list(f"articles/portal={portal_id}", ".parquet"):
        table = lake.read_table(path, Article, ["article_id", "version_id"])
        versions.update(zip(table["article_id"].to_pylist(), table["version_id"].to_pylist(), strict=True))
    return _Texts(new_run_id(portal_id, at, ended[-1] if ended else None, secrets.token_hex(2)), versions)


def _document(line: str) -> dict[str, Any]:
    try:
        document = json.loads(line)
    except ValueError as error:
        raise LineError("not_json", f"không phải JSON: {error}") from error
    if not isinstance(document, dict):
        raise LineError("not_json", "phải là một đối tượng JSON")
    for key in ("doc", "text", "portal_area"):
        if not isinstance(document.get(key), str) or not document[key].strip():
            raise LineError("missing_key", f"thiếu {key!r}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,40}", str(document.get("portal_id") or IMPORT_PORTAL)):
        raise LineError("bad_portal_id", f"portal_id {document['portal_id']!r} chỉ được gồm chữ thường, số và dấu gạch nối")
    return document


def _take_text(document: dict[str, Any], portal_id: str, group: _Texts, at: datetime) -> None:
    title, body, words = split_text(document["text"], document.get("title"))
    if not title or not body:
        raise LineError("empty_body", "văn bản không có nội dung sau tiêu đề")
    published, raw = _published_of(document.get("published"), words, at)
    url = str(document.get("url") or f"urn:muctieu:{portal_id}:{document['doc']}")
    identity = article_id(url)
    version = version_id(identity, title, body, published)
    if group.versions.get(identity) == version:
        group.known += 1
        return
    group.versions[identity] = version
    data = document["text"].encode()
    capture_id = stable_id(portal_id, url, hashlib.sha256(data).hexdigest())
    page = Page(url, url, data, {"content-type": "text/plain; charset=utf-8"}, at)
    group.captures.append(_imported_capture(portal_id, group.run_id, capture_id, page, None))
    group.articles.append(
        Article(
            version_id=version,
            article_id=identity,
            story_id=story_id(title, body),
            portal_id=portal_id,
            run_id=group.run_id,
            capture_id=capture_id,
            canonical_url=url,
            url=url,
            title=title,
            summary=None,
            body_text=body,
            author=document.get("author"),
            section=None,
            published_at=published,
            published_raw=raw,
            published_basis="page" if published else "unknown",
            portal_area=unicodedata.normalize("NFC", document["portal_area"]).strip(),
            attachments=[],
            fetched_at=at,
            parser="text/1",
        )
    )


def split_text(text: str, title: str | None) -> tuple[str, str, str | None]:
    """(title, body, words of the date) of a plain text. The title may stand in the text once more; the date line is not body.

    >>> split_text("Giảm nghèo (09:11 14/07/2020)\\n\\nNăm 2020 giảm 1%.", None)
    ('Giảm nghèo', 'Năm 2020 giảm 1%.', '09:11 14/07/2020')
    """
    lines = [line.strip() for line in unicodedata.normalize("NFC", text).splitlines()]
    lines = [line for line in lines if line]
    first = title.strip() if title and title.strip() else (lines[0] if lines else "")
    heading, words = split_title_date(unicodedata.normalize("NFC", first), None)
    while lines and _same_line(split_title_date(lines[0], None)[0], heading):
        words = words or split_title_date(lines[0], None)[1]
        lines.pop(0)
    if lines and len(lines[0]) < 80 and _DATE_LINE.fullmatch(lines[0]) and re.search(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|năm \d{4}", lines[0]):
        words = words or lines[0]
        lines.pop(0)
    while lines and _same_line(lines[0], heading):
        lines.pop(0)
    return heading, "\n".join(lines), words


def _same_line(one: str, other: str) -> bool:
    return re.sub(r"\W+", " ", one).casefold().strip() == re.sub(r"\W+", " ", other).casefold().strip()


def _published_of(given: object, words: str | None, at: datetime) -> tuple[datetime | None, str | None]:
    """The date that was given, else the one that the text itself shows."""
    if given:
        try:
            moment = datetime.fromisoformat(str(given))
        except ValueError as error:
            raise LineError("unreadable_date", f"published {given!r} không phải ngày ISO (YYYY-MM-DD hoặc kèm giờ)") from error
        aware = moment if moment.tzinfo else moment.replace(tzinfo=TIMEZONE)
        if aware.astimezone(UTC).date() > date.fromordinal(at.date().toordinal() + 1):
            raise LineError("future_date", f"ngày đăng {given!r} ở tương lai")
        return aware.astimezone(UTC), str(given)
    found = read_date(words, _TEXT_DATES, at)
    return (found.at.astimezone(UTC) if found.at else None), words


def _rejected_line(portal_id: str, run_id: str, name: str, line: str, error: LineError, at: datetime) -> Rejected:
    source = stable_id(portal_id, name, line)
    return Rejected(
        rejected_id=stable_id("capture", source, error.rule),
        run_id=run_id,
        portal_id=portal_id,
        layer="capture",
        source_id=source,
        rule=error.rule,
        reason=error.reason[:1].upper() + error.reason[1:],
        evidence=line[:500],
        url=None,
        rejected_at=at,
    )


def _write_texts(lake: Lake, portal_id: str, group: _Texts, started: datetime, ended: datetime) -> None:
    if not group.articles and not group.rejected:
        return
    run = Run(
        run_id=group.run_id,
        portal_id=portal_id,
        started_at=started,
        ended_at=max(ended, started),
        outcome="ok",
        listings=0,
        links=0,
        requests=0,
        fetched=len(group.captures),
        not_modified=0,
        failed=0,
        new_articles=len(group.articles),
        new_versions=0,
        rejected=len(group.rejected),
        message=f"Nhập {len(group.articles)} văn bản.",
    )
    write_run(lake, run, group.captures, group.articles, group.rejected)


# --- WARC files made by others ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WarcImport:
    """What became of the records of some WARC files."""

    files: int
    responses: int  # HTTP responses of the portal's hosts
    skipped: int  # responses that are no pages of the portal: other hosts, other statuses, images
    unreadable: tuple[str, ...]  # records that could not be read, with the reason
    new_articles: int
    new_versions: int
    rejected: int
    run_id: str | None


def import_warc(
    files: Iterable[Path],
    portal: Portal,
    lake: Lake,
    *,
    workers: int = 1,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    on_progress: Callable[[int], None] = lambda pages: None,  # noqa: ARG005
) -> WarcImport:
    """Take the portal's pages out of WARC files that others made (wget, Heritrix, browsers), plain or gzipped, revisits resolved.

    Pages keep the time at which they were fetched. The same file again gives nothing new. `workers` processes parse and compress;
    their results come in the order of the files, so what is written does not depend on how many there are. Killed, the next run of
    the portal takes up what was archived, and the same command brings the rest. A file among several that is no WARC file at all is
    in `unreadable`; raises `ArchiveError` where it is the only one, and `FileNotFoundError`.
    """
    family = platform(portal.platform)
    with portal_lock(lake, portal.id) as spool:
        state = take_up(portal, family, lake, now)
        harvest = _new_harvest(portal, state, now())
        archive = ArchiveWriter(lake, portal.id, harvest.run_id, spool)
        counts = _WarcCounts()
        for taken in _taken(_responses(list(files), counts), portal, harvest.run_id, workers):
            if _keep(taken, harvest, archive, counts):
                on_progress(len(harvest.items))
        known = [item for item in harvest.items if item.key in state.urls]
        settled = harvest.settle(state)
        if not harvest.items or (len(known) == len(harvest.items) and not settled.articles):
            archive.discard()
            return WarcImport(counts.files, counts.responses, counts.skipped, tuple(counts.unreadable), 0, 0, 0, None)
        archive.finish()
        message = f"Nhập {len(harvest.items)} trang từ {counts.files} tệp WARC."
        run = run_row(harvest.run_id, portal, now(), now(), "ok", message, harvest.captures, settled, requests=0)
        write_run(lake, run, harvest.captures, settled.articles, settled.rejected)
        remember(state, portal, run, harvest, settled)
        write_state(lake, portal.id, state)
    return WarcImport(
        counts.files,
        counts.responses,
        counts.skipped,
        tuple(counts.unreadable),
        settled.new_articles,
        settled.new_versions,
        len(settled.rejected),
        run.run_id,
    )


@dataclass(slots=True)
class _WarcCounts:
    files: int = 0
    responses: int = 0
    skipped: int = 0
    unreadable: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What one response became: a page with its archive records, or a reason why not."""

    url: str
    foreign: bool = False  # of another host
    fault: str | None = None  # its body cannot be decoded
    item: Item | None = None
    capture: Capture | None = None
    hints: dict[str, ListedLink] = field(default_factory=dict)
    records: bytes = b""  # as `scrapers.archive.pack` makes them


_BATCH = 32  # responses that go to a process at a time: some MB, so that starting and pickling cost little beside parsing


def _responses(files: list[Path], counts: _WarcCounts) -> Iterator[ForeignResponse]:
    for file in files:
        counts.files += 1
        try:
            yield from foreign_responses(file, counts.unreadable)
        except ArchiveError as error:
            if len(files) == 1:
                raise
            counts.unreadable.append(str(error))  # one bad file in a folder of hundreds must not cost the others


def _taken(responses: Iterator[ForeignResponse], portal: Portal, run_id: str, workers: int) -> Iterator[_Taken]:
    """What becomes of each response, in their order."""
    take = partial(_take_record, portal, run_id)
    if workers <= 1:
        yield from map(take, responses)
        return
    # spawned, because a progress bar has threads and a fork may copy a lock that one of them holds; and none may outlive a killed parent
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=die_with_parent) as pool:
        waiting: deque[Future[list[_Taken]]] = deque()
        while batch := list(islice(responses, _BATCH)):
            waiting.append(pool.submit(_take_all, portal, run_id, batch))
            if len(waiting) > 2 * workers:  # bodies are held in memory: an archive of a whole portal must not be
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _take_all(portal: Portal, run_id: str, batch: list[ForeignResponse]) -> list[_Taken]:
    return [_take_record(portal, run_id, record) for record in batch]


def _take_record(portal: Portal, run_id: str, record: ForeignResponse) -> _Taken:
    """Parse and pack one response if it is a page of the portal. Pure, so that any process can do it."""
    if not portal.owns(record.url):
        return _Taken(record.url, foreign=True)
    kind = record.headers_by_name.get("content-type", "text/html").lower()
    if record.status != 200 or not re.search(r"html|xml", kind):
        return _Taken(record.url)
    try:
        body = decode_body(record.payload, record.headers_by_name.get("content-encoding"), LIMIT)
    except (CodingError, TooLargeError) as error:
        return _Taken(record.url, fault=str(error))
    if not body:
        return _Taken(record.url)
    page = Page(record.url, record.url, body, record.headers_by_name, record.at, record.status, portal.text.legacy)
    capture_id = stable_id(portal.id, record.url, record.at.isoformat(), hashlib.sha256(body).hexdigest())
    exchange = Exchange(record.url, "GET", (), b"", record.status, record.reason, record.headers, record.payload, record.at)
    note = Note(capture_id, "imported", "ok", NextPage(record.url), record.url, record.at, 0.0)
    capture = _imported_capture(portal.id, run_id, capture_id, page, None)
    harvest = Harvest(portal, platform(portal.platform), run_id)
    harvest.add(capture, page, None, "unknown")
    return _Taken(record.url, item=harvest.items[0], capture=capture, hints=harvest.hints, records=pack(exchange, note))


def _keep(taken: _Taken, harvest: Harvest, archive: ArchiveWriter, counts: _WarcCounts) -> bool:
    """Count one response, and archive it if it is a page."""
    if taken.foreign:
        counts.skipped += 1
        return False
    counts.responses += 1
    if taken.fault is not None:
        counts.unreadable.append(f"{taken.url}: {taken.fault}")
        return False
    if taken.item is None or taken.capture is None:
        counts.skipped += 1
        return False
    path, offset = archive.write_packed(taken.records)
    harvest.captures.append(replace(taken.capture, warc_path=path, warc_offset=offset))
    harvest.items.append(taken.item)
    harvest.hints |= taken.hints
    return True


def warc_files(paths: Iterable[Path]) -> list[Path]:
    """The WARC files among some paths: files as they are named, folders with everything under them, in the order of their names.

    Raises `FileNotFoundError` for a folder without any.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(file for file in path.rglob("*") if file.is_file() and file.name.lower().endswith((".warc", ".warc.gz")))
        if not inside:
            raise FileNotFoundError(f"{path}: không có tệp .warc hay .warc.gz nào")
        found += inside
    return list(dict.fromkeys(found))
