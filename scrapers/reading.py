"""From an archived page to an article row, or to a row that says in words why not. Pure: the same page gives the same rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from muctieu.records import Article, Capture, Rejected, stable_id
from muctieu.settings import TIMEZONE
from scrapers.decoding import UndecodableError
from scrapers.identity import article_id, canonical_url, is_runaway, story_id, version_id
from scrapers.page import ListedLink, Page, PageOutcome, ParsedPage
from scrapers.platforms import Platform
from scrapers.registry import Portal
from scrapers.selectors import SelectorError

FUTURE = timedelta(days=1)

# one sentence a rule, for the people who look through what was held back
REASONS = {
    "undecodable": "Không giải mã được chữ tiếng Việt của trang.",
    "markup_changed": "Cấu trúc trang không còn như bộ phân tích mong đợi; có thể cổng đã đổi giao diện.",
    "unknown_markup": "Trang không có dấu hiệu nào của một bài viết trên cổng này.",
    "parser_error": "Bộ phân tích gặp lỗi khi đọc trang này.",
    "not_html": "Địa chỉ trả về một tệp, không phải trang bài viết.",
    "not_found_page": "Trang báo không tìm thấy bài viết.",
    "listing_page": "Trang là danh sách tin, không phải một bài viết.",
    "static_page": "Trang là trang giới thiệu cố định, không phải bài viết.",
    "no_title": "Bài không có tiêu đề.",
    "empty_body": "Bài không có nội dung.",
    "attachment_only": "Bài chỉ có tệp đính kèm hoặc ảnh quét, không có nội dung chữ.",
    "short_body": "Nội dung bài quá ngắn để đọc được số liệu.",
    "no_date": "Bài không có ngày đăng.",
    "unreadable_date": "Không đọc được ngày đăng của bài.",
    "ambiguous_date": "Bài có nhiều ngày đăng khác nhau dưới cùng một nhãn.",
    "impossible_date": "Ngày đăng của bài không tồn tại trên lịch.",
    "weekday_mismatch": "Thứ trong tuần không khớp với ngày đăng của bài.",
    "future_date": "Ngày đăng của bài ở tương lai.",
    "too_old": "Ngày đăng của bài sớm hơn ngày Việt Nam có cổng thông tin điện tử.",
    "unreliable_date": "Ngày đăng nằm trong khoảng mà cổng ghi ngày sai (ngày dựng lại trang hoặc nhập hàng loạt).",
    "date_disagrees_with_id": "Ngày đăng trên trang không khớp với thời điểm ghi trong số bài.",
    "bulk_date": "Ngày đăng trùng nhau trên quá nhiều bài, là ngày do máy ghi chứ không phải ngày đăng.",
    "taken_down": "Cổng đã gỡ bài: nhiều ngày liền trả lời không tìm thấy. Số liệu đã trích vẫn được giữ.",
    "run_broken": "Lượt thu thập bị đánh giá là hỏng nên bài chưa được nhận; sẽ đọc lại sau khi sửa bộ phân tích.",
}  # fmt: skip
_DATE_PROBLEMS = (
    "no_date",
    "unreadable_date",
    "ambiguous_date",
    "impossible_date",
    "weekday_mismatch",
    "future_date",
    "too_old",
    "unreliable_date",
    "date_disagrees_with_id",
)
_NO_ARTICLE = {PageOutcome.NOT_FOUND: "not_found_page", PageOutcome.LISTING: "listing_page", PageOutcome.STATIC: "static_page"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one page. `rule` is None for an article, else a key of `REASONS`."""

    outcome: PageOutcome
    article: Article | None = None
    rule: str | None = None
    evidence: str | None = None
    has_title: bool = False
    has_date: bool = False
    has_body: bool = False
    date_found: datetime | None = None  # the page's own date, before it was judged

    @property
    def expected(self) -> bool:
        """Whether this was to be an article: what fill rates are a share of."""
        return self.outcome in (PageOutcome.ARTICLE, PageOutcome.BROKEN)


def _never(moment: datetime) -> bool:  # noqa: ARG001 - a function with a name, because readings travel between processes
    return False


@dataclass(frozen=True, slots=True)
class Context:
    """What a row needs besides the page."""

    portal: Portal
    platform: Platform
    run_id: str
    capture_id: str
    listed: ListedLink | None = None
    listed_basis: str = "unknown"
    is_bulk: Callable[[datetime], bool] = _never


def read_page(page: Page, context: Context) -> Reading:
    """Parse and judge one page."""
    parsed = parse(page, context)
    return parsed if isinstance(parsed, Reading) else judge(parsed, page, context)


def parse(page: Page, context: Context) -> ParsedPage | Reading:
    """What the platform reads out of a page, or the reading that says why it cannot. No page can end a run."""
    if fault := _not_html(page):
        return Reading(PageOutcome.STATIC, rule="not_html", evidence=fault)
    try:
        return context.platform.parse(page, context.portal)
    except SelectorError as error:
        return Reading(PageOutcome.BROKEN, rule="markup_changed", evidence=str(error))
    except UndecodableError as error:
        return Reading(PageOutcome.BROKEN, rule="undecodable", evidence=str(error))
    except Exception as error:
        return Reading(PageOutcome.BROKEN, rule="parser_error", evidence=f"{type(error).__name__}: {error}")


def judge(parsed: ParsedPage, page: Page, context: Context) -> Reading:
    """An article row if everything that a row needs is there and can be right."""
    if parsed.outcome in _NO_ARTICLE:
        return Reading(parsed.outcome, rule=_NO_ARTICLE[parsed.outcome], evidence=parsed.title)
    published, basis, problem = _published(parsed, page, context)
    reading = Reading(
        parsed.outcome,
        has_title=bool(parsed.title),
        has_date=published is not None,
        has_body=bool(parsed.body_text) or "attachment_only" in parsed.problems,
        date_found=parsed.published_at,
    )
    fault = _fault(parsed, context, problem)
    if fault is not None:
        rule, evidence = fault
        return replace(reading, rule=rule, evidence=evidence)
    assert published is not None and parsed.title is not None
    return replace(reading, article=_article(parsed, page, context, published, basis))


def _fault(parsed: ParsedPage, context: Context, date_problem: str | None) -> tuple[str, str | None] | None:
    """(rule, evidence) of the first thing that is missing, the gravest first."""
    if not parsed.title:
        return ("unknown_markup", ", ".join(parsed.problems)) if parsed.outcome is PageOutcome.BROKEN else ("no_title", None)
    if "unknown_markup" in parsed.problems:
        return "unknown_markup", parsed.title
    if not parsed.body_text:
        return ("attachment_only" if parsed.attachments or "attachment_only" in parsed.problems else "empty_body"), parsed.title
    if len(parsed.body_text) < context.portal.normal.body_chars_min:
        return ("attachment_only" if parsed.attachments else "short_body"), parsed.body_text
    if date_problem is not None:
        return date_problem, parsed.published_raw or parsed.title
    return None


def _published(parsed: ParsedPage, page: Page, context: Context) -> tuple[datetime | None, str, str | None]:
    """(moment, basis, problem): the page's own date, else what the listing said; a date that cannot be right is no date."""
    if parsed.published_at is not None:
        if parsed.published_at > page.fetched_at + FUTURE:
            return None, "unknown", "future_date"
        if not context.is_bulk(parsed.published_at):
            return parsed.published_at, parsed.published_basis, None
        problem = "bulk_date"
    else:
        problem = next((p for p in parsed.problems if p in _DATE_PROBLEMS), "no_date")
    listed = context.listed.published_at if context.listed else None
    # a listing may help where the page says nothing usable; where the page says nonsense, its portal is not to be believed twice
    if listed is not None and problem in ("no_date", "unreadable_date") and listed <= page.fetched_at + FUTURE:
        return listed, context.listed_basis, None
    return None, "unknown", problem


def _article(parsed: ParsedPage, page: Page, context: Context, published: datetime, basis: str) -> Article:
    portal = context.portal
    canonical = canonical_url(page.url, portal)
    if parsed.canonical_url and portal.identity.trust_canonical and _plausible(parsed.canonical_url):
        canonical = canonical_url(parsed.canonical_url, portal)
    title, body = _nfc(parsed.title or ""), _nfc(parsed.body_text)
    article = article_id(canonical)
    raw = parsed.published_raw
    if basis != parsed.published_basis and context.listed:
        raw = context.listed.published_raw or raw
    return Article(
        version_id=version_id(article, title, body, published),
        article_id=article,
        story_id=story_id(title, body),
        portal_id=portal.id,
        run_id=context.run_id,
        capture_id=context.capture_id,
        canonical_url=canonical,
        url=page.url,
        title=title,
        summary=_nfc(parsed.summary or (context.listed.summary if context.listed else None) or "") or None,
        body_text=body,
        author=parsed.author,
        section=parsed.section,
        published_at=published.astimezone(UTC),
        published_raw=raw,
        published_basis=basis,
        portal_area=portal.area_on(published.astimezone(TIMEZONE).date()),
        attachments=list(parsed.attachments),
        fetched_at=page.fetched_at,
        parser=context.platform.label,
    )


def rejection(reading: Reading, page: Page, context: Context) -> Rejected:
    """The row that says why a page became no article."""
    assert reading.rule is not None
    return Rejected(
        rejected_id=stable_id("capture", context.capture_id, reading.rule),
        run_id=context.run_id,
        portal_id=context.portal.id,
        layer="capture",
        source_id=context.capture_id,
        rule=reading.rule,
        reason=REASONS[reading.rule],
        evidence=(reading.evidence or "")[:500] or None,
        url=page.url,
        rejected_at=page.fetched_at,
    )


def taken_down(capture: Capture, version: str) -> Rejected:
    """The row that says that an article is no longer on its portal."""
    return Rejected(
        # by capture: an article may come back and be taken down again
        rejected_id=stable_id("article", version, "taken_down", capture.capture_id),
        run_id=capture.run_id,
        portal_id=capture.portal_id,
        layer="article",
        source_id=version,
        rule="taken_down",
        reason=REASONS["taken_down"],
        evidence=f"HTTP {capture.status}",
        url=capture.url,
        rejected_at=capture.fetched_at,
    )


def _plausible(declared: str) -> bool:
    """A declared canonical address that is the home page or has no end is a mistake of the template, not the article's name."""
    path = re.sub(r"^[a-z]+://[^/]+", "", declared)
    return path.strip("/") != "" and not is_runaway(declared)


def _not_html(page: Page) -> str | None:
    kind = page.headers.get("content-type", "").split(";")[0].strip().lower()
    if page.body[:5] == b"%PDF-" or page.body[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return kind or "binary"
    if kind and not re.search(r"html|xml|text/plain|json|octet-stream", kind):
        return kind
    return None


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
