-- Calendar periods from 1996 to 2045 in which portals report, and the five-year plans.
with
years as (select cast(range as integer) as year_number from range(1996, 2046)),

spans as (
    select
        year_number,
        'year' as period_type,
        cast(year_number as varchar) as period_code,
        1 as first_month,
        12 as month_count,
        'Năm ' || year_number as label_vi,
        cast(year_number as varchar) as label_en
    from years
    union all
    select
        year_number,
        'half' as period_type,
        year_number || '-H' || half.range as period_code,
        (half.range - 1) * 6 + 1 as first_month,
        6 as month_count,
        '6 tháng ' || case half.range when 1 then 'đầu' else 'cuối' end || ' năm ' || year_number as label_vi,
        'H' || half.range || ' ' || year_number as label_en
    from years
    cross join range(1, 3) as half
    union all
    select
        year_number,
        'nine_months' as period_type,
        year_number || '-9M' as period_code,
        1 as first_month,
        9 as month_count,
        '9 tháng đầu năm ' || year_number as label_vi,
        'First nine months of ' || year_number as label_en
    from years
    union all
    select
        year_number,
        'quarter' as period_type,
        year_number || '-Q' || quarter.range as period_code,
        (quarter.range - 1) * 3 + 1 as first_month,
        3 as month_count,
        'Quý ' || quarter.range || ' năm ' || year_number as label_vi,
        'Q' || quarter.range || ' ' || year_number as label_en
    from years
    cross join range(1, 5) as quarter
    union all
    select
        year_number,
        'month' as period_type,
        year_number || '-' || lpad(cast(month.range as varchar), 2, '0') as period_code,
        month.range as first_month,
        1 as month_count,
        'Tháng ' || month.range || ' năm ' || year_number as label_vi,
        year_number || '-' || lpad(cast(month.range as varchar), 2, '0') as label_en
    from years
    cross join range(1, 13) as month
    union all
    select
        year_number,
        'plan' as period_type,
        year_number || '-' || (year_number + 4) as period_code,
        1 as first_month,
        60 as month_count,
        'Giai đoạn ' || year_number || '-' || (year_number + 4) as label_vi,
        'Plan ' || year_number || '-' || (year_number + 4) as label_en
    from years
    where year_number % 5 = 1
),

periods as (
    select
        period_code,
        period_type,
        year_number,
        make_date(year_number, first_month, 1) as starts_on,
        cast(make_date(year_number, first_month, 1) + to_months(cast(month_count as integer)) - interval 1 day as date) as ends_on,
        label_vi,
        label_en
    from spans
    union all by name
    select
        'unknown' as period_code,
        'unknown' as period_type,
        date '1900-01-01' as starts_on,
        date '9999-12-31' as ends_on,
        'Không rõ thời điểm' as label_vi,
        'Period not known' as label_en
)

select
    {{ key(['period_code']) }} as period_key,
    *
from periods
