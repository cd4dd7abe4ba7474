-- Creates tickets, many in one statement: their numbers and rows, or nothing. Columns come as arrays.
--
-- The tickets of one site and year are a group; p_groups says to which of them a ticket belongs, p_places where it
-- stands within. Groups come in the order of their sites, so that two batches never wait for each other in a ring.
-- The transaction acts for p_sites from here on. Raises AS001 when a site's settings have changed since the caller
-- read them.
create or replace function create_tickets(p_sites text, p_group_sites uuid[], p_group_versions bigint[],
    p_group_years text[], p_group_sizes bigint[], p_groups int[], p_places int[],
    p_ids uuid[], p_subjects text[], p_messages text[], p_names text[],
    p_emails text[], p_phones text[], p_users uuid[], p_priorities text[], p_departments uuid[],
    p_categories uuid[], p_sources text[], p_custom jsonb[], p_submissions uuid[], p_dues timestamptz[],
    p_created timestamptz[])
returns table (id uuid, ticket_number bigint, reference text) language plpgsql as $$
#variable_conflict use_column
declare
    -- What was counted before each group.
    numbers bigint[];
    references_ bigint[];
    number_before bigint;
    reference_before bigint;
begin
    perform set_config('app.sites', p_sites, true);
    for g in 1 .. cardinality(p_group_sites) loop
        -- Both counters in one statement, for ever first: a site that is not as it was read counts nothing.
        with counted as (
            insert into ticket_counters as c (site_id, series, last)
            select s.id, k.series, p_group_sizes[g]
            from sites s, unnest(array['number', p_group_years[g]]) as k(series)
            where s.id = p_group_sites[g] and s.is_active and s.settings_version = p_group_versions[g]
            on conflict (site_id, series) do update set last = c.last + excluded.last
            returning c.series, c.last - p_group_sizes[g] as before
        )
        select max(n.before) filter (where n.series = 'number'), max(n.before) filter (where n.series <> 'number')
        into number_before, reference_before from counted n;
        if number_before is null then
            raise exception 'the settings of a site have changed' using errcode = 'AS001';
        end if;
        numbers := numbers || number_before;
        references_ := references_ || reference_before;
    end loop;

    return query
    insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, visitor_email,
        visitor_phone, user_id, priority, department_id, category_id, source, custom_fields,
        form_submission_id, sla_due_date, created_at, updated_at)
    select t.id, p_group_sites[t.g], numbers[t.g] + t.place,
        'SUP-' || p_group_years[t.g] || '-' || lpad((references_[t.g] + t.place)::text,
            greatest(6, length((references_[t.g] + t.place)::text)), '0'),
        t.subject, t.message, t.visitor_name, t.visitor_email, t.visitor_phone, t.user_id, t.priority,
        t.department_id, t.category_id, t.source, t.custom_fields, t.form_submission_id, t.sla_due_date,
        t.created_at, t.created_at
    from unnest(p_groups, p_places, p_ids, p_subjects, p_messages, p_names, p_emails, p_phones, p_users, p_priorities,
            p_departments, p_categories, p_sources, p_custom, p_submissions, p_dues, p_created)
        as t(g, place, id, subject, message, visitor_name, visitor_email, visitor_phone, user_id, priority,
            department_id, category_id, source, custom_fields, form_submission_id, sla_due_date, created_at)
    returning id, ticket_number, reference::text;
end $$;

-- What only some tickets have: files, and the key under which their answer is remembered. Few, so as documents.
create or replace function ticket_extras(p_attachments json, p_keys json) returns void language plpgsql as $$
begin
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
        select id, site_id, actor_id, action, target_type, target_id, details, changes, ip::inet, agent, created_at
        from unnest(p_ids, p_sites, p_actors, p_actions, p_target_types, p_targets, p_details, p_changes, p_ips,
                p_agents, p_created)
            as a(id, site_id, actor_id, action, target_type, target_id, details, changes, ip, agent, created_at);
    end if;
end $$;

create or replace function mail_note(p_ids uuid[], p_sites uuid[], p_tickets uuid[], p_replies uuid[],
    p_templates text[], p_addresses text[], p_names text[], p_facts jsonb[], p_in_reply_to text[])
returns void language plpgsql as $$
begin
    if cardinality(p_ids) > 0 then
        insert into mail_outbox (id, site_id, ticket_id, reply_id, template, to_address, to_name, facts, in_reply_to)
        select * from unnest(p_ids, p_sites, p_tickets, p_replies, p_templates, p_addresses, p_names, p_facts,
            p_in_reply_to);
    end if;
end $$;
