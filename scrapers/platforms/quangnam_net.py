"""The older .NET CMS of Quảng Nam (`/CMSPages/BaiViet/Default.aspx?IDBaiViet=`, to about 2021).

No page of it has been saved; what is known is its text ("Thứ 3, ngày 19/05/2020 | 07:23 AM (GMT +7)" in the header is the visitor's
clock, not the publication; the title is followed by "(14/06/2020)"; "Lượt xem:", "Tin đã đưa", "Xem theo ngày :") and its addresses.
The classes are guesses to be replaced in the portal's YAML; the clock is never read, because it is named in no selector.
"""

from __future__ import annotations

from scrapers.platforms.base import COMMON_DROP, Options, Platform, Selectors

QUANGNAM_NET = Platform(
    name="quangnam_net",
    select=Selectors(
        article=(".baiviet",),
        title=(".baiviet .tieude",),
        date=(".baiviet .ngaydang", ".baiviet .tieude .ngaydang"),
        lead=(".baiviet .tomtat",),
        body=(".baiviet .noidung",),
        author=(".baiviet .tacgia",),
        section=(".chuyenmuc",),
        files=(".baiviet .dinhkem",),
        drop=(*COMMON_DROP, ".luotxem", ".tindadua"),
        evidence=(".tindadua", ".luotxem", ".xemtheongay"),
        static=(".gioithieu", "#noidungchinh"),
        item=(".danhsach .tin",),
        item_link=("a.tieudetin[href]",),
        item_date=(".ngaydang",),
        item_summary=(".trichdan",),
        next=(".phantrang a.trangsau[href]",),
    ),
    formats=("%A, ngày %d/%m/%Y | %I:%M %p", "%d/%m/%Y | %I:%M %p", "%d/%m/%Y %H:%M", "%d/%m/%Y"),
    options=Options(article_url=r"IDBaiViet=\d+", title_date=True),
)
