"""Two SharePoint families: the 2010 portals of Đắk Nông (web parts by Lạc Việt) and the "qnp" portals of Quảng Ninh.

Đắk Nông was seen on saved pages of two districts: the title of the document is the site's, the article sits in `#tableforprint`, and
one portal has three date formats: "thứ hai, 08 07 2019 14:44" in the article, "(08.07.2019 14:44)" in listings, "(08/07/2019)" in
related lists. Organisation charts have the markup of articles; only their section tells them apart. Of Quảng Ninh only descriptions
and text are at hand (`og:title`, `.ms-rtestate-field`, "dd/mm/yyyy hh:mm SA/CH"), so its classes around them are to be overridden by
the portal's YAML once a page is saved.
"""

from __future__ import annotations

from scrapers.platforms.base import COMMON_DROP, Options, Platform, Selectors

DAKNONG = Platform(
    name="sharepoint_daknong",
    select=Selectors(
        article=("#tableforprint",),
        title=("#tableforprint p.Title",),
        date=("tr.ms-news-header td.Time", "td.Time"),
        lead=("#tableforprint div[class^=ExternalClass] > div > .asset-content > .sapo-wrapper", "#tableforprint .sapo-wrapper"),
        body=("#tableforprint .journal-content-article", "#tableforprint div[class^=ExternalClass]"),
        section=("td.FolderTitle",),
        drop=(*COMMON_DROP, "#part2", ".tbtinkhac", "td.Other", ".ShowDate"),
        evidence=("td.Time", "p.Title", ".tbtinkhac", "p.OtherTitle"),
        static=("#s4-workspace1 .ms-WPBody", "#s4-workspace .ms-WPBody"),
        item=("td.TitleFront",),
        item_date=(".ShowDate",),
        next=("nav.pagination a.btn:-soup-contains('Trang sau')", ".ms-paging a[title='Next']"),
    ),
    formats=("%A, %d %m %Y %H:%M", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y"),
    options=Options(static_sections=("Sơ đồ tổ chức", "Cơ cấu tổ chức", "Giới thiệu", "Giới thiệu chung", "Chức năng nhiệm vụ", "Liên hệ")),
)

QNP = Platform(
    name="sharepoint_qnp",
    select=Selectors(
        article=(".qnp-detail", ".ms-rtestate-field"),
        title=("meta[property='og:title']@content",),
        date=(".qnp-date", ".qnp-detail .date", ".ngaydang"),
        body=(".ms-rtestate-field",),
        author=(".qnp-author",),
        section=(".qnp-breadcrumb a", ".qnp-breadcrumb"),
        files=(".qnp-files", ".attachments"),
        drop=(*COMMON_DROP, ".qnp-foot", ".qnp-related"),
        evidence=(".qnp-date", ".qnp-foot", ".qnp-related", "meta[property='og:type'][content='article']"),
        static=("#DeltaPlaceHolderMain .qnp-intro", "#DeltaPlaceHolderMain"),
        item=(".search-result li", ".qnp-list > ul > li", "ul.list-news > li"),
        item_link=("h3 a[href]", ".box-content a[href]"),
        item_date=(".qnp-time", ".time", ".date"),
        item_summary=(".qnp-sapo", ".card-desc"),
        next=("a[rel=next]", ".qnp-paging a.next", ".pagination a:-soup-contains('Trang sau')"),
    ),
    formats=("%d/%m/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M %p", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y"),
    options=Options(article_url=r"/ChiTietTinTuc\.aspx\?(?:.*&)?nid=\d+", static_url=r"/ChiTietBVGioiThieu\.aspx"),
)
