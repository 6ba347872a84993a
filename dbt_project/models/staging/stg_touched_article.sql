with
source as (select * from {{ source('ops', 'touched_article') }})

select article_id
from source
