"""NukeViet 3 and 4: the free CMS of many communes and districts, and of some provinces.

Version 4 names itself in the generator tag and uses `h1.title[itemprop=headline]`, `.hometext` for the lead and `#news-bodyhtml`;
version 3 has `#news_detail` with an h1, `span.time` "Thứ hai - 09/04/2018 14:40" and `#hometext`. Listings page by /page-N/.
"""

from __future__ import annotations

from scrapers.platforms.base import COMMON_DROP, Options, Platform, Selectors

_FORMATS = ("%A - %d/%m/%Y %H:%M", "%A, %d/%m/%Y %H:%M", "%A, %d/%m/%Y, %H:%M", "%d/%m/%Y %H:%M", "%d-%m-%Y %H:%M", "%d/%m/%Y", "iso")

NUKEVIET4 = Platform(
    name="nukeviet4",
    select=Selectors(
        article=("#news-bodyhtml", "#print .bodytext"),
        title=("h1.title[itemprop=headline]", "#print h1.title", "h1.title"),
        date=(
            "div[itemtype*='schema.org/NewsArticle'] .row .h5",
            ".news_column .row > div > span.h5",
            "span.h5",
            "em.time",
            "jsonld:datePublished",
        ),
        lead=(".hometext[itemprop=description]", ".news_column .hometext", "#print .hometext"),
        body=("#news-bodyhtml", "#print .bodytext"),
        author=(".news_column p.h5.text-right",),
        section=("ol.breadcrumb li a", ".breadcrumbs a"),
        files=(".news-download", "a[href*='/download/']"),
        drop=(*COMMON_DROP, ".hometext", ".related", ".other-news", ".news_tags"),
        evidence=("h1.title[itemprop=headline]", "[itemtype*='schema.org/NewsArticle']", "a[href*='/news/print/']"),
        not_found=(".nv-fullbg .alert-danger",),
        static=(".page.panel h1.title", ".page", ".nv-fullbg"),
        item=(".news_column .panel > .featured", ".news_column .panel > .panel-body:has(h2, h3)", ".news_column .article"),
        item_link=("h3 a[href]", "h2 a[href]"),
        item_date=(".text-muted li:has(.fa-clock-o)", "time"),
        item_summary=(".hometext",),
        next=("ul.pagination a[rel=next]", "ul.pagination li.active + li a[href]"),
    ),
    formats=_FORMATS,
    options=Options(article_url=r"-\d+\.html$"),
)

NUKEVIET3 = Platform(
    name="nukeviet3",
    select=Selectors(
        article=("#news_detail",),
        title=("#news_detail h1",),
        date=("#news_detail span.time",),
        lead=("#news_detail #hometext",),
        body=("#news_detail .bodytext",),
        author=("#news_detail p.author", "#news_detail .author"),
        section=(".breadcrumb a", "#breadcrumb a"),
        drop=(*COMMON_DROP, "#hometext", ".action", ".other-news", ".keywords"),
        evidence=("#hometext", "a[href*='/print/']"),
        static=("#page", ".page-detail"),
        item=(".news_column .items", ".news-content"),
        item_link=("h3 a[href]", "h2 a[href]"),
        item_date=(".time",),
        item_summary=("p",),
        next=(".generate_page a:-soup-contains('Trang sau')", ".generate_page a:-soup-contains('Sau')"),
    ),
    formats=_FORMATS,
    options=Options(article_url=r"/news/[^/]+/[^/]+-\d+/?$"),
)
