{#- Words for the codes that people would otherwise read in the views of bi: code -> [Vietnamese, English].
    A test holds every code of the marts against these lists. -#}
{% macro labels() %}
    {{ return({
        'kind': {
            'target': ['Mục tiêu', 'Target'],
            'achievement': ['Kết quả', 'Result'],
        },
        'fate': {
            'counted': ['Được tính', 'Counted'],
            'repeat': ['Nhắc lại trong cùng bài', 'Repeated in the same article'],
            'copy': ['Đăng lại ở bài khác', 'Copied by another article'],
            'superseded': ['Bản cũ của bài đã sửa', 'Older version of an edited article'],
            'dropped': ['Bị loại do đính chính', 'Dropped by a correction'],
        },
        'measure': {
            'level': ['Mức', 'Level'],
            'change': ['Tăng/giảm', 'Change'],
            'relative_change': ['Tăng/giảm tương đối', 'Relative change'],
            'plan_share': ['So với kế hoạch', 'Share of the plan'],
        },
        'op': {
            'eq': ['Đúng bằng', 'Exactly'],
            'approx': ['Khoảng', 'About'],
            'ge': ['Ít nhất', 'At least'],
            'gt': ['Trên', 'More than'],
            'le': ['Không quá', 'At most'],
            'lt': ['Dưới', 'Less than'],
            'range': ['Từ … đến …', 'From … to …'],
        },
        'comparison': {
            'level_count': ['Số lượng cần đạt', 'Count to be reached'],
            'level_share': ['Tỷ lệ cần đạt', 'Share to be reached'],
            'change_count': ['Số lượng tăng/giảm', 'Change of a count'],
            'change_share': ['Điểm phần trăm tăng/giảm', 'Change of a share'],
            'relative_change': ['Phần trăm tăng/giảm', 'Relative change'],
            'plan_share': ['Phần trăm kế hoạch', 'Share of the plan'],
        },
        'target_origin': {
            'claim': ['Mục tiêu được nêu', 'Stated target'],
            'derived': ['Suy ra từ phần trăm kế hoạch', 'Derived from a share of the plan'],
            'plan_share': ['Chỉ biết phần trăm kế hoạch', 'Only the share of the plan is known'],
        },
        'authority': {
            'decision': ['Quyết định, nghị quyết', 'Decision or resolution'],
            'plan': ['Kế hoạch', 'Plan'],
            'directive': ['Văn bản chỉ đạo', 'Directive'],
            'report': ['Báo cáo', 'Report'],
            'speech': ['Phát biểu', 'Speech'],
            'news': ['Tin bài', 'News'],
        },
        'level': {
            'country': ['Cả nước', 'Country'],
            'region': ['Vùng', 'Region'],
            'province': ['Cấp tỉnh', 'Province'],
            'district': ['Cấp huyện', 'District'],
            'commune': ['Cấp xã', 'Commune'],
            'unknown': ['Chưa xác định', 'Not known'],
        },
        'direction': {
            'up': ['Càng cao càng tốt', 'Higher is better'],
            'down': ['Càng thấp càng tốt', 'Lower is better'],
            'none': ['Không đánh giá', 'Not judged'],
        },
        'conflict': {
            'value': ['Số liệu khác nhau', 'Figures differ'],
            'share': ['Tỷ lệ không khớp số lượng', 'Share does not fit the counts'],
            'part': ['Bộ phận lớn hơn tổng', 'Part larger than its whole'],
            'jump': ['Thay đổi bất thường', 'Sudden jump'],
        },
        'run': {
            'ok': ['Bình thường', 'Fine'],
            'degraded': ['Có trục trặc', 'Degraded'],
            'broken': ['Hỏng', 'Broken'],
            'blocked': ['Bị chặn', 'Blocked'],
            'unreachable': ['Không kết nối được', 'Unreachable'],
        },
        'planner': {
            'province': ['Kế hoạch tỉnh giao', 'Plan of the province'],
            'district': ['Kế hoạch huyện giao', 'Plan of the district'],
            'commune': ['Kế hoạch xã giao', 'Plan of the commune'],
            'central': ['Kế hoạch Trung ương giao', 'Plan of the central government'],
        },
        'portal_status': {
            'verified': ['Đã kiểm trên trang thật', 'Verified on the live site'],
            'unverified': ['Chưa kiểm trên trang thật', 'Not verified on the live site'],
            'demo': ['Cổng mẫu', 'Demo portal'],
            'archive_only': ['Chỉ đọc từ kho lưu trữ', 'Read from archives only'],
            'unregistered': ['Chưa khai báo', 'Not in the registry'],
        },
        'severity': {
            'error': ['Lỗi', 'Error'],
            'warning': ['Cảnh báo', 'Warning'],
            'info': ['Ghi nhận', 'Info'],
        },
        'layer': {
            'raw': ['Dữ liệu gốc', 'Raw data'],
            'marts': ['Kho', 'Marts'],
        },
        'suite': {
            'articles': ['Bài viết', 'Articles'],
            'batches': ['Lô bài của một cổng', 'What a portal brought at once'],
            'captures': ['Lần tải trang', 'Fetches'],
            'claims': ['Số liệu đọc được', 'Claims'],
            'contradictions': ['Số liệu mâu thuẫn', 'Contradictions'],
            'extractions': ['Trích xuất', 'Readings'],
            'facts': ['Giá trị hợp lý', 'Plausible values'],
            'mix': ['Cơ cấu chỉ tiêu', 'Mix of indicators'],
            'portals': ['Từng cổng so với trước', 'Each portal against its past'],
            'progress': ['Tiến độ', 'Progress'],
            'reference': ['So với số liệu tham chiếu', 'Against reference series'],
            'shrinking': ['Số liệu mất đi', 'Vanished figures'],
            'trends': ['Lượng bài và số liệu', 'Volume and yield'],
        },
        'alert_kind': {
            'source': ['Cổng thông tin', 'Portal'],
            'data': ['Dữ liệu', 'Data'],
            'build': ['Dựng kho', 'Build'],
            'publish': ['Công bố', 'Publishing'],
            'delivery': ['Gửi tin', 'Delivery'],
        },
        'alert_status': {
            'open': ['Đang mở', 'Open'],
            'acknowledged': ['Đã có người nhận', 'Acknowledged'],
            'resolved': ['Đã hết', 'Resolved'],
        },
        'decision': {
            'waiting': ['Chờ quyết định', 'Waiting'],
            'released': ['Đã thả', 'Released'],
            'rejected': ['Đã loại', 'Rejected'],
            'superseded': ['Đã có bản đọc mới', 'Superseded'],
        },
        'health': {
            'healthy': ['Bình thường', 'Healthy'],
            'degraded': ['Giảm chất lượng', 'Degraded'],
            'silent': ['Im lặng', 'Silent'],
            'broken': ['Không đọc được', 'Broken'],
            'blocked': ['Bị chặn', 'Blocked'],
            'unreachable': ['Không kết nối được', 'Unreachable'],
            'unknown': ['Chưa rõ', 'Unknown'],
        },
    }) }}
{% endmacro %}

{% macro label(column, kind, language) -%}
    case {{ column }}
        {%- for code, words in labels()[kind].items() %} when '{{ code }}' then '{{ words[0 if language == 'vi' else 1] }}'{% endfor %} end
{%- endmacro %}

{#- "giảm ít nhất 5 điểm phần trăm", "down at least 5 percentage points": a figure as people say it, from a relation with the columns of a
    fact; money from a billion on in billions -#}
{% macro said(relation, unit, language) -%}
    {%- set vi = language == 'vi' -%}
    {%- set number = number_vi if vi else number_en -%}
    {%- set in_billions = '(' ~ relation ~ ".unit_code = 'vnd' and abs(" ~ relation ~ '.value) >= 1e9)' -%}
    {%- set scale = ' / case when ' ~ in_billions ~ ' then 1e9 else 1 end' -%}
    {%- set signless = 'case when ' ~ relation ~ ".measure in ('change', 'relative_change') then abs(" -%}
    {%- set magnitude = '(' ~ signless ~ relation ~ '.value) else ' ~ relation ~ '.value end)' ~ scale -%}
    {%- set magnitude_high = '(' ~ signless ~ relation ~ '.value_high) else ' ~ relation ~ '.value_high end)' ~ scale -%}
    case
        when {{ relation }}.measure not in ('change', 'relative_change') then ''
        when {{ relation }}.value < 0 then '{{ 'giảm ' if vi else 'down ' }}'
        else '{{ 'tăng ' if vi else 'up ' }}'
    end
    || case {{ relation }}.op
        when 'ge' then '{{ 'ít nhất ' if vi else 'at least ' }}'
        when 'gt' then '{{ 'trên ' if vi else 'more than ' }}'
        when 'le' then '{{ 'không quá ' if vi else 'at most ' }}'
        when 'lt' then '{{ 'dưới ' if vi else 'less than ' }}'
        when 'approx' then '{{ 'khoảng ' if vi else 'about ' }}'
        else ''
    end
    || case
        when {{ relation }}.value_high is null then {{ number(magnitude) }}
        else
            {{ number('least(' ~ magnitude ~ ', ' ~ magnitude_high ~ ')') }} || '{{ ' đến ' if vi else ' to ' }}'
            || {{ number('greatest(' ~ magnitude ~ ', ' ~ magnitude_high ~ ')') }}
    end
    || coalesce('/' || {{ number(relation ~ '.denominator' ~ scale) }}, '')
    || case when {{ relation }}.unit_code = 'percent' then '' else ' ' end
    || case when {{ in_billions }} then '{{ 'tỷ đồng' if vi else 'billion VND' }}' else coalesce({{ unit }}, {{ relation }}.unit_code) end
    || case when {{ relation }}.measure = 'plan_share' then '{{ ' kế hoạch' if vi else ' of the plan' }}' else '' end
    || case when {{ relation }}.per_year then '{{ ' mỗi năm' if vi else ' a year' }}' else '' end
{%- endmacro %}

{#- The unit of a comparison of fct_progress, from the indicator's own unit -#}
{% macro comparison_unit(comparison, own_unit, language) -%}
    case {{ comparison }}
        when 'level_count' then {{ own_unit }}
        when 'change_count' then {{ own_unit }}
        when 'change_share' then '{{ 'điểm phần trăm' if language == 'vi' else 'percentage points' }}'
        else '%'
    end
{%- endmacro %}

{#- How the goals of a group of progress rows stand -#}
{% macro status_counts() -%}
    count(*) as target_count,
    count(*) filter (where status_code = 'met') as met_count,
    count(*) filter (where status_code = 'on_track') as on_track_count,
    count(*) filter (where status_code = 'in_progress') as in_progress_count,
    count(*) filter (where status_code = 'behind') as behind_count,
    count(*) filter (where status_code = 'missed') as missed_count,
    count(*) filter (where status_code = 'no_result') as no_result_count,
    count(*) filter (where status_code = 'not_judged') as not_judged_count,
    round(median(attainment_pct), 1) as median_attainment_pct
{%- endmacro %}
