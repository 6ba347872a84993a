{#- Columns that may hold these values or null. One query a table and not one a column: each test costs dbt more than DuckDB needs for all. -#}
{% test accepted(model, columns) %}
    {%- for column, values in columns.items() %}
    select
        '{{ column }}' as column_name,
        cast({{ column }} as varchar) as found_value,
        count(*) as row_count
    from {{ model }}
    where {{ column }} not in ({% for value in values %}'{{ value }}'{{ ', ' if not loop.last }}{% endfor %})
    group by {{ column }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endtest %}
