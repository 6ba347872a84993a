with
phases as (select * from {{ ref('programme') }})

select
    {{ key(['phase_code']) }} as programme_key,
    phase_code,
    programme_code,
    umbrella_code,
    name_vi,
    name_en,
    phase_name_vi,
    phase_name_en,
    applies_from,
    applies_to,
    legal_from,
    legal_to,
    legal_basis,
    criteria_basis,
    source_url,
    is_verified
from phases
