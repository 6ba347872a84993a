-- The documents whose citations changed: those of the touched articles as they are now, and those that they cited before
with
citations as (select * from {{ ref('int_citation') }})

select document_key
from citations
where article_id in (select article_id from {{ ref('int_touched_article') }})
union
select document_key
from {{ ref('stg_left_document') }}
union
-- the row of no document, so that every build makes it and none makes two
select {{ key(["'none'"]) }} as document_key
