-- Every version of a unit with every version that it became, itself included: keep the rows whose validity holds a day,
-- and facts stand under the units of that day.
with recursive
areas as (select * from {{ ref('int_area') }}),

links as (select * from {{ ref('int_area_succession') }}),

lineage as (
    select
        area_key,
        area_key as successor_area_key,
        0 as depth,
        1.0 as share
    from areas
    union all
    select
        lineage.area_key,
        links.new_area_key as successor_area_key,
        lineage.depth + 1 as depth,
        lineage.share * links.share as share
    from lineage
    inner join links on lineage.successor_area_key = links.old_area_key
    where lineage.depth < 10
)

select
    lineage.area_key,
    lineage.successor_area_key,
    min(lineage.depth) as depth,
    -- a unit that reaches the same successor on two ways went there with an unknown share
    case when count(*) = 1 then any_value(lineage.share) end as share,
    any_value(successor.valid_from) as valid_from,
    any_value(successor.valid_to) as valid_to
from lineage
inner join areas as successor on lineage.successor_area_key = successor.area_key
group by lineage.area_key, lineage.successor_area_key
