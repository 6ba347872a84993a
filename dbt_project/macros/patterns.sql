{#- Words that make a sentence a leader's words: they rank above the article's own and below any paper -#}
{% macro speech_pattern() -%}
    '(phát biểu|kết luận|nhấn mạnh|chỉ đạo tại|đề nghị|yêu cầu|cho biết|khẳng định)'
{%- endmacro %}

{#- A poverty standard of the province's own: "theo chuẩn nghèo của Thành phố", "chuẩn nghèo riêng của tỉnh" -#}
{% macro local_standard_pattern() -%}
    'chuẩn nghèo (đa chiều )?(riêng )?(mới )?của (thành phố|tỉnh|thủ đô|hà nội|tp)'
{%- endmacro %}
