with
days as (
    select unnest(generate_series(date '1996-01-01', date '2045-12-31', interval 1 day)) as day_at
)

select
    cast(day_at as date) as date_day,
    cast(year(day_at) as integer) as year_number,
    cast(quarter(day_at) as integer) as quarter_number,
    cast(month(day_at) as integer) as month_number,
    cast(day(day_at) as integer) as day_of_month,
    cast(isodow(day_at) as integer) as weekday_number,
    strftime(day_at, '%d/%m/%Y') as label_vi,
    strftime(day_at, '%Y-%m') as month_code,
    year(day_at) || '-Q' || quarter(day_at) as quarter_code
from days
