{#- A surrogate key: hash of the natural key alone, never of a clock. Null and '' differ; the unit separator keeps ('a', 'bc') and ('ab', 'c') apart. -#}
{% macro key(columns) -%}
    md5(
        {%- for column in columns %}
        coalesce(cast({{ column }} as varchar), chr(30)) {%- if not loop.last %} || chr(31) || {%- endif %}
        {%- endfor %}
    )
{%- endmacro %}
