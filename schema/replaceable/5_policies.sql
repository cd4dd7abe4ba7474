-- The second wall: every table that names a site shows only the sites of its transaction, to its owner as well.
do $$
declare
    t record;
    site_column text;
begin
    for t in
        select c.relname as name,
               exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'site_id'
                       and not a.attisdropped) as has_site
        from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> '__diesel_schema_migrations'
    loop
        continue when not t.has_site and t.name <> 'sites';
        site_column := case when t.name = 'sites' then 'id' else 'site_id' end;
        execute format('alter table %I enable row level security', t.name);
        execute format('alter table %I force row level security', t.name);
        execute format('drop policy if exists site_wall on %I', t.name);
        execute format('create policy site_wall on %I using ((select app_is_system()) or %I = any((select app_sites())::uuid[]))',
                       t.name, site_column);
    end loop;
end $$;

grant usage on schema public to asisttr_app;
grant select, insert, update, delete on all tables in schema public to asisttr_app;
revoke all on table __diesel_schema_migrations from asisttr_app;
grant execute on all functions in schema public to asisttr_app;
