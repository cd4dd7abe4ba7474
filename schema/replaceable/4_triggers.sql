-- What callers cache of a site is good while its version stands; every change of it raises the version.
create or replace function site_settings_changed() returns trigger language plpgsql as $$
begin
    update sites set settings_version = settings_version + 1, updated_at = now()
    where id = coalesce(new.site_id, old.site_id);
    return null;
end $$;

create or replace trigger api_keys_settings after insert or update or delete on api_keys
    for each row execute function site_settings_changed();
create or replace trigger site_addresses_settings after insert or update or delete on site_addresses
    for each row execute function site_settings_changed();
-- Tables of which many rows change at once raise the version once a statement.
create or replace function site_settings_changed_together() returns trigger language plpgsql as $$
begin
    update sites set settings_version = settings_version + 1, updated_at = now()
    where id in (select site_id from changed);
    return null;
end $$;

do $$
declare
    t text;
begin
    foreach t in array array['business_hours', 'holidays', 'holiday_hours', 'sla_targets', 'sla_pause_statuses'] loop
        execute format('drop trigger if exists %I on %I', t || '_settings', t);
        execute format('create or replace trigger %I after insert on %I referencing new table as changed
            for each statement execute function site_settings_changed_together()', t || '_settings_insert', t);
        execute format('create or replace trigger %I after update on %I referencing new table as changed
            for each statement execute function site_settings_changed_together()', t || '_settings_update', t);
        execute format('create or replace trigger %I after delete on %I referencing old table as changed
            for each statement execute function site_settings_changed_together()', t || '_settings_delete', t);
    end loop;
end $$;

create or replace function site_row_changed() returns trigger language plpgsql as $$
begin
    new.settings_version := old.settings_version + 1;
    return new;
end $$;

create or replace trigger sites_settings before update on sites for each row
    when (old.settings_version = new.settings_version) execute function site_row_changed();

-- How many open tickets an agent holds, kept beside the agent: routing reads it for every ticket.
create or replace function ticket_holder_changed() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and old.agent_id is not null and old.status not in ('resolved', 'closed') then
        update users set open_tickets = open_tickets - 1 where id = old.agent_id;
    end if;
    if tg_op <> 'DELETE' and new.agent_id is not null and new.status not in ('resolved', 'closed') then
        update users set open_tickets = open_tickets + 1 where id = new.agent_id;
    end if;
    return null;
end $$;

create or replace trigger tickets_holder_insert after insert on tickets for each row
    when (new.agent_id is not null) execute function ticket_holder_changed();
create or replace trigger tickets_holder_delete after delete on tickets for each row
    when (old.agent_id is not null) execute function ticket_holder_changed();
create or replace trigger tickets_holder_update after update of agent_id, status on tickets for each row
    when (old.agent_id is distinct from new.agent_id
          or (old.status in ('resolved', 'closed')) is distinct from (new.status in ('resolved', 'closed')))
    execute function ticket_holder_changed();
