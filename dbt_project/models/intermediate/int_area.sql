-- One row a unit and a span of time in which its territory, name and type were the same. The gazetteer closes a row when the name, the
-- type or the parent changes; here it is cut as well where a unit took in or gave off territory and kept everything else
-- (Đà Nẵng before and after Quảng Nam joined it), for the figures of the two are not figures of the same place.
-- Keys hash code and first day: codes are used again for other units.
with
areas as (
    select * from {{ ref('stg_codebook__area') }}
    union all by name
    select
        'unknown' as area_code,
        'unknown' as area_level,
        '' as type_vi,
        'Chưa xác định' as area_name,
        'Chưa xác định địa bàn' as full_name,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to
),

successions as (select * from {{ ref('stg_codebook__area_succession') }}),

-- the days on which a standing unit changed its territory; two plain joins, for an `or` in a join compares every row with every row
changes as (
    select
        new_code as area_code,
        valid_from as cut_on
    from successions
    where succession_kind in ('merged', 'partly', 'divided')
    union
    select
        old_code as area_code,
        valid_from as cut_on
    from successions
    where succession_kind in ('merged', 'partly', 'divided')
),

cuts as (
    select
        areas.area_code,
        areas.valid_from,
        changes.cut_on
    from areas
    inner join changes
        on
            areas.area_code = changes.area_code
            and areas.valid_from < changes.cut_on
            and areas.valid_to >= changes.cut_on
),

starts as (
    select
        area_code,
        valid_from,
        valid_from as span_from
    from areas
    union
    select
        area_code,
        valid_from,
        cut_on as span_from
    from cuts
),

spans as (
    select
        *,
        coalesce(lead(span_from) over (partition by area_code, valid_from order by span_from) - 1, date '9999-12-31') as span_to
    from starts
),

keyed as (
    select
        areas.* exclude (valid_from, valid_to),
        spans.span_from as valid_from,
        least(spans.span_to, areas.valid_to) as valid_to,
        {{ key(['areas.area_code', 'spans.span_from']) }} as area_key
    from areas
    inner join spans on areas.area_code = spans.area_code and areas.valid_from = spans.valid_from
),

-- the parent as it was when the unit ended, or as it is today
parents as (
    select
        keyed.area_key,
        parent.area_key as parent_area_key,
        parent.area_code as parent_code,
        parent.area_level as parent_level,
        parent.parent_code as grandparent_code,
        parent.full_name as parent_name
    from keyed
    inner join keyed as parent
        on
            keyed.parent_code = parent.area_code
            and keyed.valid_to between parent.valid_from and parent.valid_to
),

provinces as (
    select
        keyed.area_key,
        case
            when keyed.area_level = 'province' then keyed.area_code
            when parents.parent_level = 'province' then parents.parent_code
            else parents.grandparent_code
        end as province_code
    from keyed
    left join parents on keyed.area_key = parents.area_key
    where keyed.area_level in ('province', 'district', 'commune')
)

select
    keyed.area_key,
    keyed.area_code,
    keyed.area_level,
    keyed.type_vi,
    keyed.area_name,
    keyed.full_name,
    concat_ws(
        ', ',
        keyed.full_name,
        case when parents.parent_level = 'district' then parents.parent_name end,
        case when keyed.area_level in ('district', 'commune') then province.full_name end
    ) as path_name,
    keyed.parent_code,
    parents.parent_area_key,
    province.area_code as province_code,
    province.area_key as province_area_key,
    province.full_name as province_name,
    keyed.valid_from,
    keyed.valid_to,
    keyed.valid_to = date '9999-12-31' as is_current
from keyed
left join parents on keyed.area_key = parents.area_key
left join provinces on keyed.area_key = provinces.area_key
left join keyed as province
    on
        provinces.province_code = province.area_code
        and province.area_level = 'province'
        and keyed.valid_to between province.valid_from and province.valid_to
