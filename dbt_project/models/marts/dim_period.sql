with
periods as (select * from {{ ref('int_period') }})

select
    period_key,
    period_code,
    period_type,
    year_number,
    starts_on,
    ends_on,
    label_vi,
    label_en
from periods
