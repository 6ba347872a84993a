-- National figures as they were read against those that were published nationally
with
checks as (select * from {{ ref('fct_reference_check') }}),

indicators as (select * from {{ ref('dim_indicator') }}),

units as (select * from {{ ref('dim_unit') }}),

claims as (select * from {{ ref('fct_claim') }}),

articles as (select * from {{ ref('dim_article') }})

select
    indicators.name_vi as indicator_vi,
    indicators.name_en as indicator_en,
    checks.as_of,
    checks.claimed_value,
    checks.reference_value,
    checks.difference,
    checks.tolerance,
    units.unit_name_vi as unit_vi,
    units.unit_name_en as unit_en,
    checks.agrees,
    case when checks.agrees then 'Khớp với số liệu công bố' else 'Lệch so với số liệu công bố' end as note_vi,
    case when checks.agrees then 'Agrees with the published figure' else 'Differs from the published figure' end as note_en,
    claims.sentence,
    articles.canonical_url as url,
    checks.source_url,
    checks.indicator_code,
    checks.claim_id,
    checks.check_key
from checks
inner join indicators on checks.indicator_key = indicators.indicator_key
inner join claims on checks.claim_id = claims.claim_id
inner join articles on claims.version_id = articles.version_id
left join units on checks.unit_code = units.unit_code
