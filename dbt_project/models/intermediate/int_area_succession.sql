-- Each link from the version of a unit that ended to the version of the unit that took over the next day. The codebook names the links
-- of mergers and divisions; a unit that only took another name or rank (Quảng Ninh, a city since September 2026) went on under its code.
with
links as (select * from {{ ref('stg_codebook__area_succession') }}),

areas as (select * from {{ ref('int_area') }}),

named as (
    select distinct
        old_area.area_key as old_area_key,
        new_area.area_key as new_area_key,
        links.old_code,
        links.new_code,
        links.succession_kind,
        links.is_main,
        links.valid_from,
        links.basis
    from links
    inner join areas as old_area
        on links.old_code = old_area.area_code and links.valid_from - 1 between old_area.valid_from and old_area.valid_to
    inner join areas as new_area
        on links.new_code = new_area.area_code and links.valid_from between new_area.valid_from and new_area.valid_to
    where old_area.area_key <> new_area.area_key
),

-- without these links a province would lose all its figures of before the day on which it was renamed
continued as (
    select
        old_area.area_key as old_area_key,
        new_area.area_key as new_area_key,
        old_area.area_code as old_code,
        new_area.area_code as new_code,
        case
            when new_area.area_key in (select others.new_area_key from named as others) then 'merged'
            else 'unchanged'
        end as succession_kind,
        true as is_main,
        new_area.valid_from,
        '' as basis
    from areas as old_area
    inner join areas as new_area
        on
            old_area.area_code = new_area.area_code
            and old_area.area_level = new_area.area_level
            and old_area.valid_to + 1 = new_area.valid_from
    anti join named on old_area.area_key = named.old_area_key
),

joined as (
    select * from named
    union all by name
    select * from continued
)

select
    *,
    count(*) over (partition by old_area_key) as successor_count,
    -- a unit that went into one other is there with all of it; how much of a divided one went where is not in the codebook,
    -- so it is not guessed
    case when count(*) over (partition by old_area_key) = 1 and succession_kind not in ('partly', 'divided') then 1.0 end as share
from joined
