-- Whose rows a transaction may touch. `app.sites` is a comma-separated list of site ids, '*' for the system,
-- empty for nothing: a query that forgot to name its site sees an empty database.

create or replace function app_sites() returns uuid[] language sql stable parallel safe as $$
    select string_to_array(nullif(nullif(current_setting('app.sites', true), ''), '*'), ',')::uuid[]
$$;

create or replace function app_is_system() returns boolean language sql stable parallel safe as $$
    select coalesce(current_setting('app.sites', true), '') = '*'
$$;

do $$
begin
    if not exists (select from pg_roles where rolname = 'asisttr_app') then
        create role asisttr_app nologin nosuperuser nobypassrls;
    end if;
exception when duplicate_object or unique_violation then
    null; -- another database of this cluster is being set up at the same moment
end $$;

do $$
begin
    if not pg_has_role(current_user, 'asisttr_app', 'member') then
        execute format('grant asisttr_app to %I', current_user);
    end if;
exception when unique_violation then
    null;
end $$;
