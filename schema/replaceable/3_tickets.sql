-- `SUP-2026-000042`; beyond a million a year it grows longer.
create or replace function ticket_reference(p_year text, p_count bigint) returns text language sql immutable as $$
    select 'SUP-' || p_year || '-' || lpad(p_count::text, greatest(6, length(p_count::text)), '0')
$$;

-- Counts tickets of a site in one of its series and says what was counted before. The row comes with the first of them.
create or replace function ticket_count(p_site uuid, p_series text, p_tickets bigint) returns bigint language sql as $$
    insert into ticket_counters as c (site_id, series, last) values (p_site, p_series, p_tickets)
    on conflict (site_id, series) do update set last = c.last + excluded.last
    returning last - p_tickets
$$;

-- Creates tickets, many in one statement: their numbers and rows, or nothing. Columns come as arrays, and are read by
-- place: laid side by side with unnest each of them would cost as much as the insert of an index entry.
--
-- The tickets of one site and year are a group; p_groups says to which of them a ticket belongs, p_places where it
-- stands within. Groups come in the order of their sites, so that two batches never wait for each other in a ring; for
-- the same reason the counter for ever comes before that of the year. The transaction acts for p_sites from here on.
-- Raises AS001 when a site's settings have changed since the caller read them.
create or replace function create_tickets(p_sites text, p_group_sites uuid[], p_group_versions bigint[],
    p_group_years text[], p_group_sizes bigint[], p_groups int[], p_places int[],
    p_ids uuid[], p_subjects text[], p_messages text[], p_names text[],
    p_emails text[], p_phones text[], p_users uuid[], p_priorities text[], p_departments uuid[],
    p_categories uuid[], p_sources text[], p_custom jsonb[], p_submissions uuid[], p_dues timestamptz[],
    p_created timestamptz[])
returns table (id uuid, ticket_number bigint, reference text) language plpgsql as $$
#variable_conflict use_column
declare
    -- Assigned, not performed: PL/pgSQL computes an assignment without a statement.
    scope text := set_config('app.sites', p_sites, true);
    -- What was counted before each group.
    numbers bigint[];
    references_ bigint[];
    number_before bigint;
    reference_before bigint;
begin
    for g in 1 .. cardinality(p_group_sites) loop
        -- Nearly always both rows are there, and an update costs half of an insert that finds a conflict.
        update ticket_counters c set last = c.last + p_group_sizes[g]
        where c.site_id = p_group_sites[g] and c.series = 'number'
          and exists (select from sites s where s.id = p_group_sites[g] and s.is_active
                      and s.settings_version = p_group_versions[g])
        returning c.last - p_group_sizes[g] into number_before;
        if number_before is null then
            if not exists (select from sites s where s.id = p_group_sites[g] and s.is_active
                           and s.settings_version = p_group_versions[g]) then
                raise exception 'the settings of a site have changed' using errcode = 'AS001';
            end if;
            number_before := ticket_count(p_group_sites[g], 'number', p_group_sizes[g]);
        end if;
        update ticket_counters c set last = c.last + p_group_sizes[g]
        where c.site_id = p_group_sites[g] and c.series = p_group_years[g]
        returning c.last - p_group_sizes[g] into reference_before;
        if reference_before is null then
            reference_before := ticket_count(p_group_sites[g], p_group_years[g], p_group_sizes[g]);
        end if;
        numbers[g] := number_before;
        references_[g] := reference_before;
    end loop;

    return query
    insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, visitor_email,
        visitor_phone, user_id, priority, department_id, category_id, source, custom_fields,
        form_submission_id, sla_due_date, created_at, updated_at)
    select p_ids[i], p_group_sites[p_groups[i]], numbers[p_groups[i]] + p_places[i],
        ticket_reference(p_group_years[p_groups[i]], references_[p_groups[i]] + p_places[i]),
        p_subjects[i], p_messages[i], p_names[i], p_emails[i], p_phones[i], p_users[i], p_priorities[i],
        p_departments[i], p_categories[i], p_sources[i], p_custom[i], p_submissions[i], p_dues[i],
        p_created[i], p_created[i]
    from generate_series(1, cardinality(p_ids)) as i
    returning id, ticket_number, reference::text;
end $$;

-- Lets people take part in tickets: their addresses in lower case, the mailboxes these name, and their places from 1 on in
-- each ticket. Left out are a ticket's requester, addresses of sites, the site's staff, and whoever there is no room for.
create or replace function ticket_people(p_people json, p_room bigint) returns void language sql as $$
    insert into ticket_participants (site_id, ticket_id, email)
    select t.site_id, t.id, p.email
    from json_to_recordset(p_people) as p(site_id uuid, ticket_id uuid, email text, mailbox text, place bigint)
    join tickets t on t.site_id = p.site_id and t.id = p.ticket_id
    where p.email is distinct from lower(t.visitor_email)
      and p.place <= p_room - (select count(*) from ticket_participants o where o.ticket_id = t.id)
      and not exists (select from site_addresses a where a.address in (p.mailbox, p.email))
      and not exists (select from users u where u.site_id = t.site_id and u.email = p.email
                      and u.role in ('agent', 'admin'))
    on conflict do nothing
$$;

-- What only some tickets have: files, people beside the requester, and the key under which their answer is remembered.
-- Few, so as documents.
drop function if exists ticket_extras(json, json);
create or replace function ticket_extras(p_attachments json, p_people json, p_room bigint, p_keys json)
returns void language plpgsql as $$
begin
    if json_array_length(p_people) > 0 then
        perform ticket_people(p_people, p_room);
    end if;
    if json_array_length(p_attachments) > 0 then
        insert into ticket_attachments (id, site_id, ticket_id, file_name, content_type, size_bytes, storage_key,
            refused_because, content_id)
        select id, site_id, ticket_id, file_name, content_type, size_bytes, storage_key, refused_because, content_id
        from json_populate_recordset(null::ticket_attachments, p_attachments);
    end if;
    if json_array_length(p_keys) > 0 then
        insert into idempotency_keys (site_id, route, key, request_hash, status, answer)
        select site_id, route, key, decode(request_hash, 'hex'), status, answer
        from json_to_recordset(p_keys) as k(site_id uuid, route text, key text, request_hash text,
            status smallint, answer jsonb);
    end if;
end $$;

-- Ends the jobs that made tickets of mails, and gives those mails their outcome. If one lease has passed to another
-- worker nothing of the batch happens.
create or replace function ticket_ends(p_jobs uuid[], p_tokens uuid[], p_mails uuid[], p_sites uuid[],
    p_tickets uuid[])
returns void language plpgsql set app.sites = '*' as $$
declare
    ended bigint;
begin
    if cardinality(p_jobs) = 0 then
        return;
    end if;
    delete from jobs j using unnest(p_jobs, p_tokens) as held(id, token)
    where j.id = held.id and j.lease_token = held.token and j.state = 'running';
    get diagnostics ended = row_count;
    if ended <> cardinality(p_jobs) then
        raise exception 'a lease has passed to another worker' using errcode = 'AS002';
    end if;
    update mail_messages m
    set site_id = e.site_id, outcome = 'ticket', ticket_id = e.ticket_id, settled_at = now()
    from unnest(p_mails, p_sites, p_tickets) as e(id, site_id, ticket_id) where m.id = e.id;
end $$;

create or replace function audit_note(p_ids uuid[], p_sites uuid[], p_actors uuid[], p_actions text[],
    p_target_types text[], p_targets uuid[], p_details jsonb[], p_changes jsonb[], p_ips text[], p_agents text[],
    p_created timestamptz[])
returns void language plpgsql as $$
begin
    if cardinality(p_ids) > 0 then
        insert into audit_logs (id, site_id, actor_id, action, target_type, target_id, details, changes, ip_address,
            user_agent, created_at)
        select p_ids[i], p_sites[i], p_actors[i], p_actions[i], p_target_types[i], p_targets[i], p_details[i],
            p_changes[i], p_ips[i]::inet, p_agents[i], p_created[i]
        from generate_series(1, cardinality(p_ids)) as i;
    end if;
end $$;

create or replace function mail_note(p_ids uuid[], p_sites uuid[], p_tickets uuid[], p_replies uuid[],
    p_templates text[], p_addresses text[], p_names text[], p_facts jsonb[], p_in_reply_to text[])
returns void language plpgsql as $$
begin
    if cardinality(p_ids) > 0 then
        insert into mail_outbox (id, site_id, ticket_id, reply_id, template, to_address, to_name, facts, in_reply_to)
        select p_ids[i], p_sites[i], p_tickets[i], p_replies[i], p_templates[i], p_addresses[i], p_names[i],
            p_facts[i], p_in_reply_to[i]
        from generate_series(1, cardinality(p_ids)) as i;
    end if;
end $$;
