-- What stands around a site's tickets: replies on three of ten, tags on one, a file on one of twenty; its counters.
-- $1 site, $2 answers.
with given as materialized (select ?::uuid as site, ?::text[] as answers),
drawn as materialized (
    select t.id, t.agent_id, t.created_at, t.visitor_name, t.visitor_email, random() as r, g.site, g.answers
    from given g join tickets t on t.site_id = g.site
), replies as (
    insert into ticket_replies (id, site_id, ticket_id, author, user_id, sender_name, sender_email, body, created_at)
    select gen_random_uuid(), site, id, case when k % 2 = 1 then 'agent' else 'visitor' end,
        case when k % 2 = 1 then agent_id end, case when k % 2 = 1 then 'Destek' else visitor_name end,
        case when k % 2 = 0 then visitor_email end, answers[1 + k % 4], created_at + k * interval '5 hours'
    from drawn, generate_series(1, 1 + (r * 13)::int) as k where r < 0.3
), tags as (
    insert into ticket_tags (site_id, ticket_id, tag, created_at)
    select site, id, case when r < 0.37 then 'iade' else 'kargo' end, created_at from drawn where r > 0.3 and r < 0.4
), files as (
    insert into ticket_attachments (id, site_id, ticket_id, file_name, content_type, size_bytes, storage_key)
    select gen_random_uuid(), site, id, 'fatura.pdf', 'application/pdf', 65536, 'tickets/' || id from drawn
    where r > 0.95
), counted as (
    insert into ticket_counters (site_id, series, last)
    select g.site, s.series, count(d.id) from given g cross join drawn d
    cross join unnest(array['number', '2026']) as s(series) group by g.site, s.series
    on conflict (site_id, series) do update set last = excluded.last
)
update users u set open_tickets = (select count(*) from tickets t where t.agent_id = u.id
    and t.status_kind not in ('resolved', 'closed'))
from given g where u.site_id = g.site
