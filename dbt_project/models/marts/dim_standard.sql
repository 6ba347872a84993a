with
standards as (select * from {{ ref('standard') }})

select
    {{ key(['standard_code']) }} as standard_key,
    standard_code,
    family as standard_family,
    scope,
    name_vi,
    name_en,
    legal_basis,
    applies_from,
    applies_to,
    criteria_count,
    subcriteria_count,
    note_vi,
    note_en,
    source_url,
    is_verified
from standards
