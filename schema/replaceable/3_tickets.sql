-- Creates tickets, many in one statement: numbers, rows, audit entries, outbound mails and jobs, or nothing.
--
-- p: {"sites": "id,id", "settings": [{site_id, version}], "tickets": [...], "attachments": [...],
--     "audits": [...], "mails": [...], "keys": [...], "jobs": [...]}
-- Counters are locked in one order, so that two batches never wait for each other in a ring.
-- Raises AS001 when a site's settings have changed since the caller read them.
create or replace function create_tickets(p json)
returns table (id uuid, ticket_number bigint, reference text) language plpgsql as $$
#variable_conflict use_column
begin
    perform set_config('app.sites', p->>'sites', true);
    if exists (
        select from json_to_recordset(p->'settings') as given(site_id uuid, version bigint)
        left join sites s on s.id = given.site_id and s.is_active
        where s.settings_version is distinct from given.version
    ) then
        raise exception 'the settings of a site have changed' using errcode = 'AS001';
    end if;

    return query
    with given as materialized (
        select row_number() over () as place, t.*
        from json_to_recordset(p->'tickets') as t(id uuid, site_id uuid, year text, subject text, message text,
            visitor_name text, visitor_email text, visitor_phone text, visitor_id uuid, user_id uuid, priority text,
            department_id uuid, category_id uuid, source text, custom_fields jsonb, form_submission_id uuid,
            sla_due_date timestamptz, created_at timestamptz)
    ), wanted as (
        select site_id, 'number' as series, count(*) as amount from given group by site_id
        union all
        select site_id, year, count(*) from given group by site_id, year
    ), counted as (
        insert into ticket_counters as c (site_id, series, last)
        select site_id, series, amount from wanted order by site_id, series
        on conflict (site_id, series) do update set last = c.last + excluded.last
        returning c.site_id, c.series, c.last
    ), numbered as (
        select g.*,
            n.last - wn.amount + row_number() over (partition by g.site_id order by g.place) as number,
            y.last - wy.amount + row_number() over (partition by g.site_id, g.year order by g.place) as nth
        from given g
        join counted n on n.site_id = g.site_id and n.series = 'number'
        join wanted wn on wn.site_id = g.site_id and wn.series = 'number'
        join counted y on y.site_id = g.site_id and y.series = g.year
        join wanted wy on wy.site_id = g.site_id and wy.series = g.year
    )
    insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, visitor_email,
        visitor_phone, visitor_id, user_id, priority, department_id, category_id, source, custom_fields,
        form_submission_id, sla_due_date, created_at, updated_at)
    select id, site_id, number,
        'SUP-' || year || '-' || lpad(nth::text, greatest(6, length(nth::text)), '0'),
        subject, message, visitor_name, visitor_email, visitor_phone, visitor_id, user_id, priority, department_id,
        category_id, source, coalesce(custom_fields, '{}'), form_submission_id, sla_due_date, created_at, created_at
    from numbered
    returning id, ticket_number, reference::text;

    if json_array_length(p->'attachments') > 0 then
        insert into ticket_attachments (id, site_id, ticket_id, file_name, content_type, size_bytes, storage_key,
            refused_because, content_id)
        select id, site_id, ticket_id, file_name, content_type, size_bytes, storage_key, refused_because, content_id
        from json_populate_recordset(null::ticket_attachments, p->'attachments');
    end if;
    if json_array_length(p->'keys') > 0 then
        insert into idempotency_keys (site_id, route, key, request_hash, status, answer)
        select site_id, route, key, decode(request_hash, 'hex'), status, answer
        from json_to_recordset(p->'keys') as k(site_id uuid, route text, key text, request_hash text,
            status smallint, answer jsonb);
    end if;
    perform audit_record(p->'audits');
    perform mail_record(p->'mails');
    perform ledger_record(p->'jobs');
end $$;

create or replace function audit_record(p_entries json) returns void language sql as $$
    insert into audit_logs (id, site_id, actor_id, action, target_type, target_id, details, changes, ip_address,
        user_agent, created_at)
    select id, site_id, actor_id, action, target_type, target_id, details, changes, ip_address::inet, user_agent,
        coalesce(created_at, now())
    from json_to_recordset(p_entries) as a(id uuid, site_id uuid, actor_id uuid, action text, target_type text,
        target_id uuid, details jsonb, changes jsonb, ip_address text, user_agent text, created_at timestamptz)
$$;

create or replace function mail_record(p_mails json) returns void language sql as $$
    insert into mail_outbox (id, site_id, ticket_id, reply_id, template, to_address, to_name, facts, in_reply_to)
    select id, site_id, ticket_id, reply_id, template, to_address, coalesce(to_name, ''), coalesce(facts, '{}'),
        in_reply_to
    from json_to_recordset(p_mails) as m(id uuid, site_id uuid, ticket_id uuid, reply_id uuid, template text,
        to_address text, to_name text, facts jsonb, in_reply_to text)
$$;
