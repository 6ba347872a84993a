"""Liferay 7: the asset publisher of the product, and the "cmsview" portlet that Viettel built on it (Hòa Bình and others).

After the asset display pages of Liferay 7.4 a portal is free in its markup; what stays are the classes of the product
(`.journal-content-article`, `.asset-full-content`, `.metadata-publish-date`) and the `/w/<slug>` addresses (danang.gov.vn).
Known from descriptions and public scrapers; no page has been saved.
"""

from __future__ import annotations

from scrapers.platforms.base import COMMON_DROP, Options, Platform, Selectors

_NEXT = (
    "ul.pagination li:not(.disabled) a[href]:has(.sr-only:-soup-contains('Next'))",
    "ul.pagination li:not(.disabled) a[title='Trang tiếp theo']",
    "ul.lfr-pagination-buttons > li:nth-of-type(3):not(.disabled) > a[href]",
    "ul.pagination li.active + li a[href]",
    "a[rel=next]",
)

LIFERAY7 = Platform(
    name="liferay7",
    select=Selectors(
        article=(".asset-full-content", ".title-news ~ .journal-content-article", ".news-detail"),
        title=(
            ".title-news h1",
            ".asset-full-content .component-title",
            "h1.asset-title",
            "h3.asset-title",
            ".news-detail h1",
            "h1.title-detail",
        ),
        date=(".metadata-publish-date", ".date-publish", ".assetPublishDate", ".news-detail .date", "span.time", ".date_time"),
        lead=(".asset-full-content .sapo", ".news-detail .sapo", ".lead"),
        body=(".asset-full-content .journal-content-article", ".news-detail .journal-content-article", ".journal-content-article"),
        author=(".news-detail .author", ".metadata-author .metadata-value"),
        section=(".breadcrumb-item a", "ol.breadcrumb li a"),
        drop=(*COMMON_DROP, ".sapo", ".metadata-container", ".content-metadata-asset-addon-entries", ".asset-links", ".related_asset"),
        evidence=(".title-news", ".metadata-publish-date", ".asset-links"),
        not_found=("code.lfr-url-error", "#portlet_status"),
        static=("#main-content .portlet-journal-content", ".layout-content", "#main-content"),
        item=(".asset-abstract", ".list-news .item", ".news-item", "li.list-group-item:has(h3)"),
        item_link=("h3 a[href]", "h4 a[href]", ".asset-title a[href]", "a.title[href]", "a[href]:not(:has(img))"),
        item_date=(".metadata-publish-date", ".date", "time", ".time"),
        item_summary=(".asset-summary", ".sapo", ".summary"),
        empty=(".portlet-asset-publisher .alert-info", ".taglib-empty-result-message"),
        next=_NEXT,
        total=(".search-results", ".pagination-results"),
    ),
    formats=("%d/%m/%Y | %I:%M %p", "%d/%m/%Y %I:%M %p", "%d/%m/%Y | %H:%M", "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%d/%m/%Y", "iso"),
    options=Options(article_url=r"/-/view_content/\d+|/-/asset_publisher/.+/content/|/w/[a-z0-9-]{12,}"),
)

VIETTEL = Platform(
    name="liferay7_viettel",
    select=Selectors(
        article=("#contentDetail",),
        title=("h1#titleDetail", "#contentDetailTitleId"),
        date=(".date_time", "#createdDate"),
        lead=("#leadDetail", "#sapoDetailId"),
        body=("#contentDetail",),
        author=(".author",),
        section=(".breadcrumb a",),
        drop=(*COMMON_DROP, ".list_detail", ".source"),
        evidence=("#titleDetail", "#leadDetail", "#contentDetailTitleId", ".list_detail"),
        not_found=("code.lfr-url-error", "#portlet_status"),
        static=("#main-content", ".layout-content"),
        item=(".list_news li", ".ul_list_detail li", ".news_list .item"),
        item_link=("h3 a[href]", "h4 a[href]", "a[href]:not(:has(img))"),
        item_date=(".date_time", ".date"),
        item_summary=(".lead", ".sapo"),
        empty=(".taglib-empty-result-message",),
        next=_NEXT,
        total=(".search-results",),
    ),
    formats=("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%d/%m/%Y", "iso"),
    options=Options(article_url=r"/-/[a-z0-9-]{12,}(?:$|\?)"),
)
