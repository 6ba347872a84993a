"""The five demo portals: their addresses, sections and ways of paging, after shared knowledge of the real ones.

A site is pure: it turns a path into a `Target` (what is asked for) and an article into its path. Rendering is in `render.py`,
the network in `server.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import parse_qs, quote

from demo.content import Article, slugify

View = Literal["home", "listing", "article", "print", "feed", "sitemap_index", "sitemap", "fragment", "static"]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a portal: its key in front matter, its number in the CMS, its name on the page."""

    key: str
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """An article at one of its addresses."""

    article: Article
    id: int
    section: str
    published: datetime
    author: str | None
    path: str = ""

    @property
    def title(self) -> str:
        return self.article.title


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request decides which page is meant."""

    path: str
    query: str = ""
    body: bytes = b""

    @property
    def values(self) -> dict[str, list[str]]:
        """Parameters of the query."""
        return parse_qs(self.query)


@dataclass(frozen=True, slots=True)
class Target:
    """What a request asks for. `section` is None for the home page."""

    view: View
    section: str | None = None
    page: int = 1
    id: int | None = None


class Site:
    """One portal. Subclasses know the URL forms of their CMS."""

    id: str
    prefix: str
    name: str
    sections: tuple[Section, ...]
    page_size = 10
    overlap = 0  # how many items of the page before a listing page repeats
    endless = False  # a page beyond the last shows the last one again, with a link onwards
    validators: tuple[str, ...] = ()  # of ETag and Last-Modified, those that the CMS sends

    @property
    def folder(self) -> str:
        """Name of the folders with the articles and templates."""
        return self.id.removeprefix("demo-")

    @property
    def host(self) -> str:
        """Name under which the registry knows the portal; .test never exists in DNS (RFC 6761)."""
        return f"{self.folder}.demo.test"

    def section(self, key: str) -> Section:
        """The section of that key; StopIteration when front matter names another."""
        return next(s for s in self.sections if s.key == key)

    def _numbered(self, number: str) -> str | None:
        return next((s.key for s in self.sections if str(s.number) == number), None)

    def article_path(self, item: Item) -> str:
        raise NotImplementedError

    def listing_path(self, section: str, page: int = 1) -> str:
        raise NotImplementedError

    def target(self, request: Request) -> Target | None:
        """What the request asks for; None is a 404."""
        raise NotImplementedError

    def dead_paths(self) -> tuple[tuple[str, str], ...]:
        """Links of a listing that lead to a "not found" page with status 200: path and headline."""
        return ()

    def items(self, articles: Sequence[Article], section: str | None = None) -> list[Item]:
        """Articles of this portal at all their addresses, newest first."""
        found = [Item(a, a.id, a.section, a.published, a.author) for a in articles if a.portal == self.folder]
        for a in articles:
            found += [Item(a, c.id, c.section, c.published, c.author or a.author) for c in a.copies if c.portal == self.folder]
        placed = [Item(i.article, i.id, i.section, i.published, i.author, self.article_path(i)) for i in found]
        return sorted((i for i in placed if section in (None, i.section)), key=lambda i: (i.published, i.id), reverse=True)

    def page_of(self, items: Sequence[Item], page: int) -> tuple[list[Item], int, int]:
        """The items of one listing page, the number of the page shown and the number of pages."""
        step = self.page_size - self.overlap
        last = max(1, -(-max(0, len(items) - self.overlap) // step))
        if self.endless:
            page = min(page, last)
        start = (page - 1) * step
        return list(items[start : start + self.page_size]), page, last


class Hanoi(Site):
    """Liferay 6 "vportal" as it looked in 2020; paging by a portlet parameter, a session id in links, no validators."""

    id, prefix = "demo-hanoi", "/hanoi"
    name = "Cổng Thông tin điện tử Hà Nội (bản minh họa)"
    sections = (
        Section("tintuc_sukien", 7320, "Tin tức sự kiện"),
        Section("chidao_dieuhanh", 7321, "Chỉ đạo điều hành"),
    )
    token = "ZVOm7e3VDMRM"

    def article_path(self, item: Item) -> str:
        number = self.section(item.section).number
        return f"{self.prefix}/{item.section}/-/hn/{self.token}/{number}/{item.id}/{slugify(item.title)}.html"

    def listing_path(self, section: str, page: int = 1) -> str:
        base = f"{self.prefix}/{section}"
        return base if page == 1 else f"{base}?p_p_id=101_INSTANCE_{self.token}&p_p_lifecycle=0&_101_delta={self.page_size}&_101_cur={page}"

    def dead_paths(self) -> tuple[tuple[str, str], ...]:
        path = f"{self.prefix}/tintuc_sukien/-/hn/{self.token}/7320/2799999/thong-bao-lich-tiep-cong-dan-quy-iv.html"
        return ((path, "Thông báo lịch tiếp công dân quý IV"),)

    def target(self, request: Request) -> Target | None:
        path = request.path.split(";", 1)[0]
        if found := re.fullmatch(rf"{self.prefix}/(\w+)/-/hn/{self.token}/\d+/(\d+)/[\w-]+\.html", path):
            return Target("article", found[1], id=int(found[2]))
        if found := re.fullmatch(rf"{self.prefix}/print_article\.jsp", path):
            ids = request.values.get("printArticleId", [""])
            return Target("print", id=int(ids[0])) if ids[0].isdigit() else None
        for section in self.sections:
            if path.rstrip("/") == f"{self.prefix}/{section.key}":
                return Target("listing", section.key, _number(request.values.get("_101_cur")))
        if path == f"{self.prefix}/gioi-thieu":
            return Target("static")
        return Target("home") if path.rstrip("/") == self.prefix else None


class BinhLieu(Site):
    """SharePoint of Quảng Ninh: ChiTietTinTuc.aspx?nid=, listings by Cat, an RSS list feed, ETag."""

    id, prefix = "demo-binhlieu", "/donvi/huyenbinhlieu"
    name = "Cổng thông tin điện tử huyện Bình Liêu (bản minh họa)"
    sections = (Section("tin-tuc-su-kien", 82, "Tin tức sự kiện"), Section("nong-thon-moi", 91, "Xây dựng nông thôn mới - Giảm nghèo"))
    page_size = 7
    validators = ("ETag",)

    def article_path(self, item: Item) -> str:
        return f"{self.prefix}/Trang/ChiTietTinTuc.aspx?nid={item.id}"

    def listing_path(self, section: str, page: int = 1) -> str:
        base = f"{self.prefix}/Trang/Tin-tuc-su-kien.aspx?Cat={self.section(section).number}"
        return base if page == 1 else f"{base}&Page={page}"

    def target(self, request: Request) -> Target | None:
        values = request.values
        name = request.path.removeprefix(self.prefix)
        if name == "/Trang/ChiTietTinTuc.aspx":
            return Target("article", id=_number(values.get("nid"), 0))
        if name == "/Trang/Tin-tuc-su-kien.aspx":
            section = self._numbered(values.get("Cat", ["82"])[0])
            return Target("listing", section, _number(values.get("Page"))) if section else None
        if name == "/_layouts/15/listfeed.aspx":
            return Target("feed")
        if name == "/Trang/ChiTietBVGioiThieu.aspx":
            return Target("static")
        return Target("home") if name in ("", "/", "/Trang/default.aspx") else None


class SonLa(Site):
    """VNPT .NET: /sid/pageid/catid/id/slug, further listing pages by POST with JSON, Last-Modified; neighbouring pages overlap."""

    id, prefix = "demo-sonla", "/thanhphosonla"
    name = "Cổng thông tin điện tử thành phố Sơn La (bản minh họa)"
    sections = (
        Section("tin-kinh-te-xa-hoi", 4021, "Tin kinh tế - xã hội"),
        Section("chuong-trinh-mtqg", 4035, "Chương trình mục tiêu quốc gia"),
    )
    page_size = 6
    overlap = 1
    validators = ("Last-Modified",)
    load_path = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"

    def article_path(self, item: Item) -> str:
        return f"{self.prefix}/1307/32184/{self.section(item.section).number}/{item.id}/{slugify(item.title)}"

    def listing_path(self, section: str, page: int = 1) -> str:
        base = f"{self.prefix}/1307/32184/{self.section(section).number}"
        return base if page == 1 else f"{base}?page={page}"

    def target(self, request: Request) -> Target | None:
        path = request.path
        if path == self.prefix + self.load_path:
            try:
                asked = json.loads(request.body or b"{}")
                section = self._numbered(str(asked.get("article_category_id")))
                return Target("fragment", section, int(asked.get("page", 1))) if section else None
            except (ValueError, AttributeError):
                return None
        if found := re.fullmatch(rf"{self.prefix}/1307/32184/(\d+)(?:/(\d+)/[\w-]+)?", path):
            section = self._numbered(found[1])
            if section is None:
                return None
            if found[2]:
                return Target("article", section, id=int(found[2]))
            return Target("listing", section, _number(request.values.get("page")))
        if path == f"{self.prefix}/lien-he":
            return Target("static")
        return Target("home") if path.rstrip("/") == self.prefix else None


class QuangNam(Site):
    """Older .NET CMS of Quảng Nam: CMSPages/BaiViet?IDBaiViet=, a header clock; a listing that never ends (the last page repeats)."""

    id, prefix = "demo-quangnam", "/quangnam"
    name = "Cổng thông tin điện tử tỉnh Quảng Nam (bản minh họa)"
    sections = (Section("tin-tuc", 12, "Tin tức - Sự kiện"), Section("chi-dao", 15, "Chỉ đạo - Điều hành"))
    page_size = 8
    endless = True

    def article_path(self, item: Item) -> str:
        return f"{self.prefix}/CMSPages/BaiViet/Default.aspx?IDBaiViet={item.id}"

    def listing_path(self, section: str, page: int = 1) -> str:
        base = f"{self.prefix}/CMSPages/ChuyenMuc/Default.aspx?IDChuyenMuc={self.section(section).number}"
        return base if page == 1 else f"{base}&Trang={page}"

    def target(self, request: Request) -> Target | None:
        values = request.values
        name = request.path.removeprefix(self.prefix)
        if name == "/CMSPages/BaiViet/Default.aspx":
            return Target("article", id=_number(values.get("IDBaiViet"), 0))
        if name == "/CMSPages/ChuyenMuc/Default.aspx":
            section = self._numbered(values.get("IDChuyenMuc", ["12"])[0])
            return Target("listing", section, _number(values.get("Trang"))) if section else None
        if name == "/CMSPages/GioiThieu/Default.aspx":
            return Target("static")
        return Target("home") if name in ("", "/") else None


class LamDong(Site):
    """NukeViet 4 of the province formed in July 2025: friendly URLs, /page-N/, RSS by section, a sitemap, both validators."""

    id, prefix = "demo-lamdong", "/lamdong"
    name = "Cổng thông tin điện tử tỉnh Lâm Đồng (bản minh họa)"
    sections = (
        Section("tin-trong-tinh", 3, "Tin trong tỉnh"),
        Section("chuong-trinh-muc-tieu-quoc-gia", 8, "Chương trình mục tiêu quốc gia"),
    )
    page_size = 6
    validators = ("ETag", "Last-Modified")

    def article_path(self, item: Item) -> str:
        return f"{self.prefix}/vi/news/{item.section}/{slugify(item.title)}-{item.id}.html"

    def listing_path(self, section: str, page: int = 1) -> str:
        return f"{self.prefix}/vi/news/{section}/" + (f"page-{page}/" if page > 1 else "")

    def target(self, request: Request) -> Target | None:
        name = request.path.removeprefix(self.prefix)
        keys = "|".join(s.key for s in self.sections)
        if found := re.fullmatch(rf"/vi/news/({keys})/[\w-]+-(\d+)\.html", name):
            return Target("article", found[1], id=int(found[2]))
        if found := re.fullmatch(rf"/vi/news/print/({keys})/(\d+)\.html", name):
            return Target("print", found[1], id=int(found[2]))
        if found := re.fullmatch(rf"/vi/news/({keys})/(?:page-(\d+)/?)?", name):
            return Target("listing", found[1], int(found[2] or 1))
        if found := re.fullmatch(rf"/vi/news/rss/(?:({keys})/)?", name):
            return Target("feed", found[1])
        if name == "/sitemapindex.xml":
            return Target("sitemap_index")
        if name == "/vi/news/sitemap.xml":
            return Target("sitemap")
        if name == "/vi/about/":
            return Target("static")
        return Target("home") if name in ("", "/", "/vi/") else None


SITES: tuple[Site, ...] = (Hanoi(), BinhLieu(), SonLa(), QuangNam(), LamDong())


def site_of(path: str) -> Site | None:
    """The portal whose prefix the path carries."""
    return next((s for s in SITES if path == s.prefix or path.startswith((s.prefix + "/", s.prefix + ";"))), None)


def _number(values: list[str] | None, default: int = 1) -> int:
    return int(values[0]) if values and values[0].isdigit() else default


def rfc822(moment: datetime) -> str:
    """A time as RSS writes it."""
    return moment.strftime("%a, %d %b %Y %H:%M:%S %z")


def http_date(moment: datetime) -> str:
    """A time as HTTP headers write it."""
    utc = moment - (moment.utcoffset() or timedelta())
    return utc.strftime("%a, %d %b %Y %H:%M:%S GMT")


def absolute(base: str, path: str) -> str:
    """The path under the address of the server, as feeds and sitemaps print it."""
    return base + quote(path, safe="/?&=;%#:_-.~")
