{#- Incremental models rebuild whole groups of rows: the articles, stories, series or documents that something new touches. A model forgets
    its touched groups (pre-hook) and appends them anew, in one transaction. `warehouse/changes.py` says what is touched. -#}

{#- The touched values of a column. Each `ref` stands in a branch of its own: dbt takes every `ref` that it passes for a dependency. -#}
{% macro touched(column, reach=['own']) -%}
    {%- if column == 'article_id' -%}
        select article_id from {{ ref('int_touched_article') }}
    {%- elif column == 'story_id' -%}
        select story_id from {{ ref('int_touched_story') }}
    {%- elif column == 'series_key' -%}
        select series_key from {{ ref('int_touched_series') }} where reach in ('{{ reach | join("', '") }}')
    {%- elif column == 'document_key' -%}
        select document_key from {{ ref('int_touched_document') }}
    {%- else -%}
        {{ exceptions.raise_compiler_error('no list of touched values of ' ~ column) }}
    {%- endif -%}
{%- endmacro %}

{#- "where article_id in (touched)" in an incremental build, nothing in a full one. dbt takes the dependency when it parses; when it runs,
    a full build and a unit test need no list of what is touched. -#}
{% macro only_touched(column, word='where', reach=['own']) -%}
    {%- if not execute -%}
        {%- do touched(column, reach) -%}
    {%- elif is_incremental() -%}
        {{ word }} {{ column }} in ({{ touched(column, reach) }})
    {%- endif -%}
{%- endmacro %}

{#- The pre-hook of an incremental model -#}
{% macro forget(column, reach=['own']) -%}
    {%- if not execute -%}
        {%- do touched(column, reach) -%}
    {%- elif is_incremental() -%}
        delete from {{ this }} where {{ column }} in ({{ touched(column, reach) }})
    {%- endif -%}
{%- endmacro %}

{#- The row of fct_progress that is the headline is chosen among all series of an indicator and area -#}
{% macro progress_subject() -%}
    (indicator_code, area_key, case when area_code = 'unknown' then lower(area_name) else '' end)
{%- endmacro %}

{% macro only_touched_subjects() -%}
    {%- if not execute -%}
        {%- do ref('int_touched_series') -%}
    {%- elif is_incremental() -%}
        where
            {{ progress_subject() }} in (
                select (indicator_code, area_key, area_name)
                from {{ ref('int_touched_series') }}
                where reach = 'own'
            )
    {%- endif -%}
{%- endmacro %}

{% macro forget_subjects() -%}
    {%- set rows = only_touched_subjects() -%}
    {%- if execute and is_incremental() -%}
        delete from {{ this }} {{ rows }}
    {%- endif -%}
{%- endmacro %}

{#- Before int_statement forgets its touched stories: their series, which other models aggregate -#}
{% macro remember_series() -%}
    {%- if not execute -%}
        {%- do ref('int_touched_story') -%}
    {%- elif is_incremental() -%}
    insert into ops.left_series
    select distinct
        series_key,
        indicator_code,
        area_key,
        case when area_code = 'unknown' then lower(area_name) else '' end as area_name
    from {{ this }}
    where story_id in (select story_id from {{ ref('int_touched_story') }})
    {%- endif -%}
{%- endmacro %}

{#- Before int_citation forgets its touched articles: the documents that they cited -#}
{% macro remember_documents() -%}
    {%- if not execute -%}
        {%- do ref('int_touched_article') -%}
    {%- elif is_incremental() -%}
    insert into ops.left_document
    select distinct document_key
    from {{ this }}
    where article_id in (select article_id from {{ ref('int_touched_article') }})
    {%- endif -%}
{%- endmacro %}

{#- dbt's tests look at the touched rows alone in an incremental build (MUCTIEU_TESTS=touched, which warehouse/build.py sets), for the
    others were tested when they were made. A test that needs the whole table says `meta={'whole': true}`. -#}
{% macro default__get_where_subquery(relation) -%}
    {%- set tested = graph.nodes.get('model.muctieu.' ~ relation.identifier) if execute else none -%}
    {%- set column = tested.config.meta.get('touched_by') if tested else none -%}
    {%- set restricted = column and env_var('MUCTIEU_TESTS', 'whole') == 'touched' and not config.get('meta', {}).get('whole') -%}
    {%- set conditions = [config.get('where')] if config.get('where') else [] -%}
    {%- if restricted and column == 'subject' -%}
        {%- do conditions.append(
            progress_subject() ~ " in (select (indicator_code, area_key, area_name) from intermediate.int_touched_series where reach = 'own')"
        ) -%}
    {%- elif restricted -%}
        {%- set lists = {
            'article_id': 'ops.touched_article',
            'story_id': 'ops.touched_story',
            'series_key': 'intermediate.int_touched_series',
            'document_key': 'intermediate.int_touched_document',
        } -%}
        {%- do conditions.append(column ~ ' in (select ' ~ column ~ ' from ' ~ lists[column] ~ ')') -%}
    {%- endif -%}
    {%- if conditions -%}
        {%- do return('(select * from ' ~ relation ~ ' where ' ~ conditions | join(' and ') ~ ')') -%}
    {%- endif -%}
    {%- do return(relation) -%}
{%- endmacro %}
