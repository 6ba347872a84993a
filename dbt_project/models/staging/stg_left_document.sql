with
source as (select * from {{ source('ops', 'left_document') }})

select document_key
from source
