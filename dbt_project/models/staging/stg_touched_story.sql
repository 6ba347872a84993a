with
source as (select * from {{ source('ops', 'touched_story') }})

select story_id
from source
