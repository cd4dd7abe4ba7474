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
create or replace trigger business_hours_settings after insert or update or delete on business_hours
    for each row execute function site_settings_changed();
create or replace trigger holidays_settings after insert or update or delete on holidays
    for each row execute function site_settings_changed();
create or replace trigger holiday_hours_settings after insert or update or delete on holiday_hours
    for each row execute function site_settings_changed();
create or replace trigger sla_targets_settings after insert or update or delete on sla_targets
    for each row execute function site_settings_changed();

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
    if tg_op <> 'INSERT' and old.agent_id is not null and old.status_kind not in ('resolved', 'closed') then
        update users set open_tickets = open_tickets - 1 where id = old.agent_id;
    end if;
    if tg_op <> 'DELETE' and new.agent_id is not null and new.status_kind not in ('resolved', 'closed') then
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
          or (old.status_kind in ('resolved', 'closed')) is distinct from (new.status_kind in ('resolved', 'closed')))
    execute function ticket_holder_changed();
