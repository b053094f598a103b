-- Columns that hold one word of a list: the CHECK allows the words that the library knows, and no others.
\set ECHO none
\set subject enumerated
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all

-- Words of each column by the library and by its CHECK.
create function words_of_check(table_name text, column_name text) returns text[] language sql
as $$
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([^'']*)''::text', 'g') m order by 1)
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
   where c.conrelid = table_name::regclass and c.contype = 'c' and a.attname = column_name
$$;
select table_name, column_name, count(*) as words,
       array_agg(word order by word collate "C") = (select array_agg(w order by w collate "C") from unnest(words_of_check(table_name, column_name)) w) as same
  from calcom_internal.enumerated() group by 1, 2 order by 1, 2;

-- No column with such a CHECK is missing in the library's list.
select a.attrelid::regclass as table_name, a.attname as column_name
  from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
 where c.contype = 'c' and pg_get_constraintdef(c.oid) ~ '= ANY \(ARRAY\[''' and c.connamespace = (select x.extnamespace from pg_extension x where x.extname = 'calcom')
   and not exists (select from calcom_internal.enumerated() e where e.table_name = a.attrelid::regclass::text and e.column_name = a.attname)
 order by 1, 2;

-- No type of the extension is in a table, so that DROP EXTENSION takes no column along.
select a.attrelid::regclass, a.attname from pg_attribute a join pg_depend d on d.objid = a.atttypid and d.classid = 'pg_type'::regclass
  and d.deptype = 'e' join pg_class c on c.oid = a.attrelid and c.relkind = 'r';
