-- What the models ask of DuckDB and PostgreSQL 15 does not have, for the comparison of benchmarks/warehouse_postgres.py.
create function first_of(anyelement, anyelement) returns anyelement language sql immutable strict parallel safe as 'select $1';
create aggregate any_value(anyelement) (sfunc = first_of, stype = anyelement, parallel = safe);
create function quarter(timestamptz) returns int language sql immutable as $$ select extract(quarter from $1 at time zone 'UTC')::int $$;
create function dayofweek_iso(timestamptz) returns int language sql immutable as $$ select extract(isodow from $1 at time zone 'UTC')::int $$;
create function round(double precision, int) returns double precision language sql immutable as $$ select round($1::numeric, $2)::double precision $$;
create function to_months(int) returns interval language sql immutable as $$ select make_interval(months => $1) $$;
create function date_from_parts(int, int, int) returns date language sql immutable as $$ select make_date($1, $2, $3) $$;
create function regexp_extract(text, text, int) returns text language sql immutable as
    $$ select case when $3 = 0 then substring($1 from '(' || $2 || ')') else (regexp_match($1, $2))[$3] end $$;
create function array_distinct(anyarray) returns anyarray language sql immutable as $$ select array_agg(distinct e) from unnest($1) as t (e) $$;
