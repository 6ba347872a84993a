-- Every check of every build: what was looked at, how much of it was wrong, and how bad that is
with
results as (select * from {{ source('ops', 'check_result') }}),

newest as (
    select
        layer,
        arg_max(build_id, checked_at) as build_id
    from results
    group by layer
)

select
    cast({{ local_time('results.checked_at') }} as date) as checked_on,
    {{ label('results.layer', 'layer', 'vi') }} as layer_vi,
    {{ label('results.layer', 'layer', 'en') }} as layer_en,
    {{ label('results.suite', 'suite', 'vi') }} as suite_vi,
    {{ label('results.suite', 'suite', 'en') }} as suite_en,
    results.message_vi as says_vi,
    results.message_en as says_en,
    {{ label('results.severity', 'severity', 'vi') }} as severity_vi,
    {{ label('results.severity', 'severity', 'en') }} as severity_en,
    case when results.success then 'Đạt' else 'Không đạt' end as result_vi,
    case when results.success then 'Passed' else 'Failed' end as result_en,
    results.element_count as checked_count,
    results.unexpected_count as wrong_count,
    round(100.0 * results.unexpected_count / nullif(results.element_count, 0), 2) as wrong_pct,
    results.observed,
    results.success as is_passed,
    coalesce(results.build_id = newest.build_id, false) as is_newest,
    {{ local_time('results.checked_at') }} as checked_at,
    results.suite,
    results.check_key as check_name,
    results.layer,
    results.severity,
    results.build_id
from results
left join newest on results.layer = newest.layer
