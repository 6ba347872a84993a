with
statements as (select * from {{ ref('int_statement') }} where kind = 'target')

select
    {{ fact_columns('target_key') }}
from statements
