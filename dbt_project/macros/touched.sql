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
    a full build and a unit test need no list of what is touched.
    `of` names the table when it is a large one: its rows are found in the narrow column first and read by their numbers, for DuckDB
    reads every column of a table before a semi join drops the rows (170 against 20 ms a million and a half rows; the profile lets it
    push that many numbers into the scan). `row`: the column with the row number, where it is a view. -#}
{% macro only_touched(column, word='where', reach=['own'], of=none, row='rowid') -%}
    {%- if not execute -%}
        {%- do touched(column, reach) -%}
    {%- elif is_incremental() and of is not none -%}
        {{ word }} {{ row }} in (select {{ row }} from {{ of }} where {{ column }} in ({{ touched(column, reach) }}))
    {%- elif is_incremental() -%}
        {{ word }} {{ column }} in ({{ touched(column, reach) }})
    {%- endif -%}
{%- endmacro %}

{#- The same for the rows that an earlier CTE asks for -#}
{% macro only_of(column, cte, of, row='rowid') -%}
    {%- if execute and is_incremental() -%}
        where {{ row }} in (select {{ row }} from {{ of }} where {{ column }} in (select {{ column }} from {{ cte }}))
    {%- endif -%}
{%- endmacro %}

{#- Whether this build keeps aside what each model makes anew (warehouse/build.py: a complete incremental build with the code of the last one) -#}
{% macro with_copies() -%}
    {{ return(execute and env_var('MUCTIEU_COPIES', '') == 'yes' and (model.config.materialized == 'table' or is_incremental())) }}
{%- endmacro %}

{#- The touched rows of an incremental model: the copy of what this build made anew, or `gathered`, the name of a model that has gathered
    them; when there are no copies the model itself, of which only the touched rows are read. In a full build all of it. -#}
{% macro of_touched(relation, column, gathered=none, reach=['own']) -%}
    {%- if not execute -%}
        {%- do touched(column, reach) -%}
        {%- do ref(gathered) if gathered is not none -%}
        {{ relation }}
    {%- elif with_copies() -%}
        {{ ref(gathered) if gathered is not none else copy_of(relation.identifier) }}
    {%- elif model.config.materialized == 'incremental' and is_incremental() -%}
        (select * from {{ relation }} {{ only_touched(column, reach=reach, of=relation) }})
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{#- "where …" for a few rows of a large table, which are found in narrow columns and read by number -#}
{% macro few_rows(of, condition) -%}
    where {% if with_copies() -%}
        rowid in (select rowid from {{ of }} where {{ condition }})
    {%- else -%}
        {{ condition }}
    {%- endif -%}
{%- endmacro %}

{% macro copy_of(name) -%}
    touched.{{ adapter.quote(name) }}
{%- endmacro %}

{#- The strategy of the incremental models: what they made anew is appended, for its pre-hook took the old rows away, and is kept aside for
    the models and tests after it, which would look for it in the whole table. -#}
{% macro get_incremental_remake_sql(arguments) -%}
    {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) -%}
    {%- if with_copies() %}
    create or replace table {{ copy_of(arguments['target_relation'].identifier) }} as select {{ columns }} from {{ arguments['temp_relation'] }};
    {%- endif %}
    insert into {{ arguments['target_relation'] }} ({{ columns }}) select {{ columns }} from {{ arguments['temp_relation'] }}
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

{#- As `only_touched` -#}
{% macro only_touched_subjects(of=none) -%}
    {%- if not execute -%}
        {%- do ref('int_touched_series') -%}
    {%- elif is_incremental() -%}
        {%- set condition -%}
            {{ progress_subject() }} in (
                select (indicator_code, area_key, area_name)
                from {{ ref('int_touched_series') }}
                where reach = 'own'
            )
        {%- endset -%}
        {%- if of is none -%}
            where {{ condition }}
        {%- else -%}
            where rowid in (
                select rowid
                from {{ of }}
                -- one narrow column before three of them make a key
                where area_key in (select area_key from {{ ref('int_touched_series') }} where reach = 'own') and {{ condition }}
            )
        {%- endif -%}
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
    {{ only_touched('story_id', of=this) }}
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
    {%- set copied = restricted and env_var('MUCTIEU_COPIES', '') == 'yes' and tested.config.materialized == 'incremental' -%}
    {%- set conditions = [config.get('where')] if config.get('where') else [] -%}
    {%- if restricted and not copied and column == 'subject' -%}
        {%- do conditions.append(
            progress_subject() ~ " in (select (indicator_code, area_key, area_name) from intermediate.int_touched_series where reach = 'own')"
        ) -%}
    {%- elif restricted and not copied -%}
        {%- set lists = {
            'article_id': 'ops.touched_article',
            'story_id': 'ops.touched_story',
            'series_key': 'intermediate.int_touched_series',
            'document_key': 'intermediate.int_touched_document',
        } -%}
        {%- set row = 'rowid' if tested.config.materialized == 'incremental' else 'raw_row' -%}
        {%- do conditions.append(
            row ~ ' in (select ' ~ row ~ ' from ' ~ relation ~ ' where ' ~ column ~ ' in (select ' ~ column ~ ' from ' ~ lists[column] ~ '))'
        ) -%}
    {%- endif -%}
    {%- set rows = copy_of(relation.identifier) if copied else relation -%}
    {%- if conditions or copied -%}
        {%- do return('(select * from ' ~ rows ~ (' where ' ~ conditions | join(' and ') if conditions else '') ~ ')') -%}
    {%- endif -%}
    {%- do return(relation) -%}
{%- endmacro %}
