-- A site's tickets, one every so often over two years, the last of them now.
-- $1 site, $2 tickets, $3 given names, $4 surnames, $5 addresses, $6 subjects, $7 sentences, $8 syllables,
-- $9 departments, $10 categories, $11 agents.
with given as materialized (
    select ?::uuid as site, ?::bigint as tickets, ?::text[] as names, ?::text[] as surnames, ?::text[] as addresses,
        ?::text[] as subjects, ?::text[] as sentences, ?::text[] as syllables, ?::uuid[] as departments,
        ?::uuid[] as categories, ?::uuid[] as agents
), drawn as materialized (
    select n, now() - (g.tickets - n) * (interval '730 days' / g.tickets) as created_at,
        n > g.tickets * 0.95 as recent, random() as s, random() as p, random() as a, random() as d, random() as u,
        (random() * (g.tickets / 4))::bigint as customer, 1 + floor(random() * 4096)::int as brand,
        floor(random() * 20)::int as first, floor(random() * 20)::int as second
    from given g, generate_series(1, g.tickets) as n
), worked as (
    select d.*, case
            when not recent then case when s < 0.9 then 'closed' when s < 0.95 then 'resolved' when s < 0.98 then 'open'
                when s < 0.995 then 'waiting_reply' else 'pending' end
            else case when s < 0.35 then 'new' when s < 0.7 then 'open' when s < 0.85 then 'waiting_reply'
                when s < 0.95 then 'pending' else 'resolved' end end as status,
        g.syllables[1 + brand % 16] || g.syllables[1 + brand / 16 % 16] || g.syllables[1 + brand / 256 % 16] as mark,
        1 + (customer % 16)::int as name, 1 + (customer / 16 % 16)::int as surname
    from drawn d, given g
)
insert into tickets (id, site_id, ticket_number, reference, subject, message, visitor_name, visitor_email, visitor_phone,
    status, status_kind, priority, department_id, category_id, agent_id, source, sla_due_date, sla_breached,
    created_at, updated_at, resolved_at, closed_at)
select gen_random_uuid(), g.site, n, 'SUP-2026-' || lpad(n::text, 6, '0'), g.subjects[1 + first * 7 % 12],
    g.sentences[1 + first] || ' ' || g.sentences[1 + second] || ' Ürün: ' || mark || ', sipariş numaram TR'
        || lpad((n * 7919 % 100000000)::text, 8, '0') || '.',
    g.names[name] || ' ' || g.surnames[surname], g.addresses[surname] || '.' || customer || '@ornek.com',
    '+90 532 ' || lpad((customer % 10000000)::text, 7, '0'),
    status, case status when 'waiting_reply' then 'waiting' when 'pending' then 'waiting' else status end,
    case when p < 0.15 then 'low' when p < 0.75 then 'normal' when p < 0.95 then 'high' else 'urgent' end,
    g.departments[1 + floor(sqrt(d) * cardinality(g.departments))::int],
    case when d < 0.6 then g.categories[1 + (d * 100)::int % cardinality(g.categories)] end,
    case when a < case when status = 'new' then 0.2 else 0.85 end
        then g.agents[1 + floor(u * cardinality(g.agents))::int] end,
    (array['email', 'widget', 'support_form', 'api'])[1 + first % 4],
    case when p > 0.1 then created_at + (1 + d * 23) * interval '1 hour' end, u < 0.08,
    created_at, least(created_at + a * interval '3 days', now()),
    case when status = 'resolved' then least(created_at + interval '1 day', now()) end,
    case when status = 'closed' then least(created_at + interval '3 days', now()) end
from worked, given g
