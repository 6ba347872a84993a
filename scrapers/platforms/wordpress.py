"""WordPress: the classes that themes keep because the product writes them (`.entry-title`, `.entry-content`, `time.entry-date`)."""

from __future__ import annotations

from scrapers.platforms.base import COMMON_DROP, Options, Platform, Selectors

WORDPRESS = Platform(
    name="wordpress",
    select=Selectors(
        article=("body.single article.post", "body.single article.hentry", "body.single .entry-content", "body.single-post main"),
        title=("h1.entry-title", "body.single h1.post-title", "body.single header h1"),
        date=(
            "body.single header time.entry-date.published[datetime]@datetime",
            "body.single .entry-meta time.entry-date.published[datetime]@datetime",
            "body.single .entry-meta time.entry-date[datetime]@datetime",
            "meta[property='article:published_time']@content",
            "jsonld:datePublished",
            "body.single .entry-meta .entry-date",
        ),
        lead=("body.single .entry-summary",),
        body=("body.single .entry-content", "body.single .post-content"),
        author=("body.single .entry-content .post-author",),  # the account of the editor (.author.vcard) is no by-line
        section=("body.single .cat-links a", ".breadcrumb a", ".breadcrumbs a"),
        drop=(
            *COMMON_DROP,
            ".sharedaddy",
            ".jp-relatedposts",
            ".wp-caption-text",
            ".yarpp",
            ".post-tags",
            ".entry-footer",
            ".related-posts",
        ),
        evidence=("body.single .entry-footer", "body.single .post-navigation"),
        not_found=("body.error404",),
        static=("body.page .entry-content", "body.page", "body.home"),
        item=(
            "body.archive article",
            "body.category article",
            "body.search article",
            "body.blog article",
            "body.home article",
        ),
        item_link=(".entry-title a[href]", "h2 a[href], h3 a[href]"),
        item_date=("time.entry-date.published[datetime]@datetime", "time[datetime]@datetime", ".entry-date"),
        item_summary=(".entry-summary", ".entry-content"),
        empty=("body.archive .no-results", "section.no-results"),
        next=("a.next.page-numbers[href]", ".nav-previous a[href]", "a[rel=next]"),
    ),
    formats=("iso", "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%d/%m/%Y", "%d %B, %Y", "%B %d, %Y"),
    options=Options(),
)
