"""What the rules of a trace are called in Vietnamese, for people who read an explanation and no code. Pure; a tool, no part of reading."""

from __future__ import annotations

import re

_RULES = {
    "as_of.before": "mốc thời gian đứng trước con số trong câu",
    "as_of.after": "mốc thời gian đứng sau con số trong câu",
    "as_of.with_number": "mốc thời gian đi liền con số",
    "as_of.compared": "mốc của con số được đem so sánh",
    "as_of.start_of_pair": "mức đầu của từ … đến …: cuối kỳ liền trước",
    "as_of.starting_point": "mức xuất phát: cuối kỳ liền trước",
    "as_of.sentence_before": "mốc thời gian của câu trước",
    "as_of.head": "mốc thời gian ở đầu danh sách",
    "as_of.section": "mốc thời gian ở phần trước của bài",
    "as_of.title": "mốc thời gian ở tiêu đề",
    "as_of.lead": "giai đoạn của chương trình nêu ở đầu bài",
    "as_of.span_of_years": "quãng năm nêu ở chỗ khác trong bài",
    "as_of.years_later": "tính từ năm nêu trước, cộng số năm",
    "as_of.day_told": "ngày công bố nêu trong câu",
    "as_of.published": "không nêu mốc nào: lấy ngày đăng bài",
    "as_of.target_without_time": "mục tiêu không nêu thời hạn",
    "area.named": "địa danh nêu trong câu",
    "area.attached": "địa danh gắn với danh từ được đếm",
    "area.each": "con số chung cho từng địa danh trong danh sách",
    "area.respective": "địa danh cùng thứ tự trong danh sách",
    "area.joint": "nhiều địa danh cộng lại: lấy địa bàn của cổng",
    "area.whole": "toàn tỉnh, toàn huyện, cả nước …",
    "area.type_word": "từ chỉ cấp (tỉnh, huyện, xã) đang được nói tới",
    "area.here": "ở đây, nơi này: địa danh vừa nêu",
    "area.speaker": "cơ quan phát biểu thuộc địa bàn này",
    "area.paragraph": "địa danh nêu ở câu trước trong đoạn",
    "area.heading": "địa danh ở đầu mục",
    "area.title": "địa bàn mà tiêu đề nói tới",
    "area.portal": "không nêu nơi nào: địa bàn của cổng",
    "area.portal_above": "cấp trên của địa bàn của cổng",
    "area.abroad": "ngoài nước",
    "area.unknown": "không rõ địa bàn",
    "digits": "viết bằng chữ số",
    "digits/": "viết dạng N/M",
    "digits-": "viết dạng khoảng hai đầu",
    "words": "viết bằng chữ",
    "words/": "viết bằng chữ, dạng N trong số M",
    "words-": "viết bằng chữ, dạng khoảng",
    "half": "phần của tổng số (một nửa, hai phần ba …)",
    "level": "từ chỉ mức (đạt, còn, có, là …)",
    "down: số lượng": "từ chỉ giảm, tính theo số lượng",
    "down: điểm phần trăm": "từ chỉ giảm, tính theo điểm phần trăm",
    "down: phần trăm của số lượng": "từ chỉ giảm, tính theo phần trăm của số lượng",
    "up: số lượng": "từ chỉ tăng, tính theo số lượng",
    "up: điểm phần trăm": "từ chỉ tăng, tính theo điểm phần trăm",
    "up: phần trăm của số lượng": "từ chỉ tăng, tính theo phần trăm của số lượng",
    "increment: số lượng": "từ chỉ phần thêm (thêm, mới …)",
    "từ chỉ target": "từ chỉ mục tiêu",
    "từ chỉ achieved": "từ chỉ kết quả",
    "mức": "mức, không có từ chỉ thay đổi",
}
_PHRASE_RE = re.compile(r"(?P<code>[a-z_]+(?:\.[a-z0-9_]+)+)/(?P<row>\d+)(?:@(?P<tier>\w+))?")
_TIERS = {
    "near": "ngay cạnh con số",
    "far": "ở vế khác của câu",
    "wide": "ở phần đầu câu",
    "outer": "ở ngoài dấu ngoặc",
    "section": "ở đầu danh sách",
    "topic": "ở tiêu đề hoặc câu trước",
}
_FORMS = {"zero": "từ chỉ không còn gì", "all": "từ chỉ toàn bộ"}
_HANDED_ON = ("như số trước: ", "như số sau: ", "phần của số trước: ", "như số được so: ")


def in_words(rule: str) -> str:
    """A rule in words; one that is written in words already is left as it is.

    >>> in_words("như số trước: poverty.rate.poor/3@far")
    'như số trước: cụm từ thứ 3 của chỉ tiêu này, ở vế khác của câu'
    """
    for lead in _HANDED_ON:
        if rule.startswith(lead):
            return lead + in_words(rule.removeprefix(lead))
    if rule in _RULES:
        return _RULES[rule]
    if rule.endswith(".unknown") and rule.startswith("as_of."):
        return "thời điểm có nêu nhưng không rõ ngày nào"
    if (phrase := _PHRASE_RE.fullmatch(rule)) is not None:
        where = _TIERS.get(phrase["tier"] or "", "")
        return f"cụm từ thứ {phrase['row']} của chỉ tiêu này" + (f", {where}" if where else "")
    form, _, word = rule.partition(":")
    if form in _FORMS and word:
        return f"{_FORMS[form]} ({word.strip()})"
    return rule
