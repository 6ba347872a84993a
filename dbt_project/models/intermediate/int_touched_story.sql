-- What an incremental build makes anew; empty in a full refresh
with
touched as (select * from {{ ref('stg_touched_story') }})

select story_id
from touched
