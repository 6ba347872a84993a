"""Liferay 6.2 asset publisher, as the departments of Hanoi run it, and the "vportal" of the Hanoi portal (about 2013 to 2023).

Seen on saved pages of sotttt.hanoi.gov.vn: the date block is "Ngày đăng 25/11/2011 | 12:00 AM | View count: 1070" with or without its
labels, "12:00 AM" on everything that was migrated; the line with the CMS account is `p.view-content-author`; a moved page is the
"Status" portlet with HTTP 200; the pager says how many articles exist. The vportal markup follows the public template of the portlet
`vcmsviewcontent`; no page of hanoi.gov.vn of that time has been saved.
"""

from __future__ import annotations

from scrapers.platforms.base import COMMON_DROP, Options, Platform, Selectors

_PAGER_NEXT = ("ul.lfr-pagination-buttons > li:nth-of-type(3):not(.disabled) > a[href]", "a.next[href]")

LIFERAY6 = Platform(
    name="liferay6",
    select=Selectors(
        article=(".asset-full-content",),
        title=(".asset-full-content-title",),
        date=(".assetPublishDate",),
        lead=(".asset-full-content .asset-content > .sapo-wrapper", ".asset-full-content .sapo-wrapper"),
        body=(".asset-full-content .journal-content-article", ".asset-full-content .asset-content"),
        section=(".dd_chuyenmuc .tintuc",),
        drop=(*COMMON_DROP, ".asset-control-detail", ".related_asset"),
        # .assetPublishDate is on listings too
        evidence=(".asset-full-content-title", ".asset-control-detail", ".related_asset", ".view-content-author"),
        not_found=("#portlet_status .lfr-url-error", "code.lfr-url-error"),
        static=("#main-content .portlet-journal-content", "#main-content .portlet-boundary"),
        item=(".portlet-asset-publisher .asset-abstract", ".portlet-asset-publisher tbody.table-data > tr"),
        item_link=("h3.asset-title a[href]", "td.table-cell:first-child a[href]"),
        item_date=(".assetPublishDate",),
        item_summary=(".asset-summary",),
        empty=(".portlet-asset-publisher .portlet-msg-info", ".portlet-asset-publisher .alert-info"),
        next=_PAGER_NEXT,
        total=(".search-results",),
    ),
    formats=("%d/%m/%Y | %I:%M %p", "%d/%m/%Y %H:%M", "%d/%m/%Y"),
    options=Options(article_url=r"/-/view_content/\d+"),
)

VPORTAL = Platform(
    name="liferay6_vportal",
    select=Selectors(
        article=(".wd-view-content, .wd-print",),
        title=("h3.wd-tlh3-4",),
        date=("h3.wd-tlh3-4 .wd-date", ".wd-view-content > p.wd-date"),
        body=(".wd-view-content .wd-content", ".wd-print .wd-content"),
        author=(".wd-view-content p.wd-actor", ".wd-print p.wd-actor"),
        section=("h2.wd-tlh1-2",),
        files=("a.wd-download-pdf",),
        drop=(*COMMON_DROP, ".wd-tool", ".wd-other-news", ".wd-comment"),
        evidence=("h3.wd-tlh3-4", "ul.wd-other-news", ".wd-comment", "p.wd-actor"),
        not_found=("code.lfr-url-error",),
        static=("#main-content .journal-content-article",),
        item=(".wd-list-news .wd-item",),
        item_link=("h3.wd-tlh3-2 a[href]",),
        item_date=(".wd-date",),
        item_summary=(".wd-sapo",),
        empty=(".portlet-msg-info",),
        next=_PAGER_NEXT,
        total=(".search-results",),
    ),
    formats=("%H:%M %d/%m/%Y", "%d/%m/%Y | %I:%M %p", "%d/%m/%Y"),
    options=Options(article_url=r"/-/hn/\w+/\d+/\d+/|[?&](?:articleId|printArticleId)=\d+"),
)
