{#- Local time of Vietnam without a zone: what people read -#}
{% macro local_time(column) -%}
    ({{ column }} at time zone 'Asia/Ho_Chi_Minh')
{%- endmacro %}

{#- 12345.6 as Vietnamese writes it: 12.345,6; at most two decimals, none when there are none -#}
{% macro number_vi(column) -%}
    translate({{ number_en(column) }}, ',.', '.,')
{%- endmacro %}

{#- 12345.6 as English writes it: 12,345.6 -#}
{% macro number_en(column) -%}
    regexp_replace(format('{:,.2f}', {{ column }}), '\.?0+$', '')
{%- endmacro %}
