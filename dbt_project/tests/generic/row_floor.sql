{#- A table must hold at least as many rows as the seed row_floor says: every other test is green on an empty table.
    A floor that applies `when_loaded` counts only once there are claims at all, so that a new installation can build. -#}
{% test row_floor(model) %}
    {{ config(severity='error', meta={'whole': true}) }}
    with
    counted as (select count(*) as row_count from {{ model }}),

    loaded as (select count(*) > 0 as has_claims from {{ ref('int_claim') }}),

    floors as (
        select
            row_floor,
            applies
        from {{ ref('row_floor') }}
        where model_name = '{{ model.identifier }}'
    )

    select
        '{{ model.identifier }}' as model_name,
        counted.row_count,
        floors.row_floor
    from counted
    cross join loaded
    left join floors on true
    where
        floors.row_floor is null
        or (counted.row_count < floors.row_floor and (floors.applies = 'always' or loaded.has_claims))
{% endtest %}
