{#- Foreign keys of a table: each is null or found in the table it points to. `to` maps a column to [relation, key]. -#}
{% test resolves(model, to) %}
    {%- for column, target in to.items() %}
    select
        '{{ column }}' as column_name,
        '{{ target[0].identifier }}.{{ target[1] }}' as points_to,
        cast(child.{{ column }} as varchar) as found_value,
        count(*) as row_count
    from {{ model }} as child
    anti join {{ target[0] }} as parent on child.{{ column }} = parent.{{ target[1] }}
    where child.{{ column }} is not null
    group by child.{{ column }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endtest %}
