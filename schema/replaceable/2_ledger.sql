-- The job ledger's statements. Each takes the system's scope for its own duration only: a ledger serves all sites.

-- Writes jobs beside their cause. Those due now are marked as handed over: whoever commits hands them over,
-- and the relay takes up what was marked and never claimed.
create or replace function ledger_record(p_ids uuid[], p_kinds text[], p_queues text[], p_sites uuid[],
    p_payloads jsonb[], p_traces text[], p_run_ats timestamptz[], p_keys text[], p_attempts smallint[])
returns setof uuid language sql set app.sites = '*' as $$
    insert into jobs (id, kind, queue, site_id, payload, trace_id, run_at, dedupe_key, attempts_max, sent_at)
    select id, kind, queue, site_id, payload, trace_id, coalesce(run_at, now()), dedupe_key, attempts_max,
           case when run_at is null or run_at <= now() then now() end
    from unnest(p_ids, p_kinds, p_queues, p_sites, p_payloads, p_traces, p_run_ats, p_keys, p_attempts)
        as j(id, kind, queue, site_id, payload, trace_id, run_at, dedupe_key, attempts_max)
    on conflict (dedupe_key) where dedupe_key is not null and state <> 'dead' do nothing
    returning id
$$;

-- Takes jobs for a worker: from here on only the holder of the token may settle them.
create or replace function ledger_claim(p_ids uuid[], p_lease interval)
returns table (id uuid, kind text, queue text, site_id uuid, payload jsonb, attempts smallint,
               attempts_max smallint, lease_token uuid, trace_id text)
language sql set app.sites = '*' as $$
    update jobs j
    set state = 'running', attempts = j.attempts + 1, lease_token = gen_random_uuid(),
        leased_until = clock_timestamp() + p_lease
    from (select c.id from jobs c
          where c.id = any(p_ids) and c.state = 'ready' and c.run_at <= now()
          order by c.id for update skip locked) as due
    where j.id = due.id
    returning j.id, j.kind, j.queue, j.site_id, j.payload, j.attempts, j.attempts_max, j.lease_token, j.trace_id
$$;

-- Locks jobs for a worker that does their work and removes them within this same transaction.
create or replace function ledger_lock(p_ids uuid[])
returns table (id uuid, kind text, queue text, site_id uuid, payload jsonb, attempts smallint,
               attempts_max smallint, resends smallint, trace_id text)
language sql set app.sites = '*' as $$
    select j.id, j.kind, j.queue, j.site_id, j.payload, j.attempts, j.attempts_max, j.resends, j.trace_id
    from jobs j
    where j.id = any(p_ids) and j.state = 'ready' and j.run_at <= now()
    order by j.id for update skip locked
$$;

-- Removes jobs locked by `ledger_lock` in this transaction.
create or replace function ledger_remove(p_ids uuid[]) returns bigint language sql set app.sites = '*' as $$
    with gone as (delete from jobs where id = any(p_ids) returning 1) select count(*) from gone
$$;

-- Keeps leases alive; returns the tokens that still hold.
create or replace function ledger_renew(p_tokens uuid[], p_ids uuid[], p_lease interval)
returns setof uuid language sql set app.sites = '*' as $$
    update jobs j set leased_until = clock_timestamp() + p_lease
    from unnest(p_ids, p_tokens) as held(id, token)
    where j.id = held.id and j.lease_token = held.token and j.state = 'running'
    returning j.lease_token
$$;

-- Ends attempts. A verdict of a holder whose lease has passed to another changes nothing.
-- Retry counts against the attempts, snooze does not, discard keeps the row as dead.
create or replace function ledger_settle(p_ids uuid[], p_tokens uuid[], p_verdicts text[], p_delays_ms bigint[],
                                         p_errors text[])
returns setof uuid language sql set app.sites = '*' as $$
    with given as materialized (
        select * from unnest(p_ids, p_tokens, p_verdicts, p_delays_ms, p_errors)
            as v(id, token, verdict, delay_ms, error)
    ), done as (
        delete from jobs j using given v
        where v.verdict = 'done' and j.id = v.id and j.lease_token = v.token and j.state = 'running'
        returning j.id
    ), back as (
        update jobs j
        set state = case when v.verdict = 'discard' or (v.verdict = 'retry' and j.attempts >= j.attempts_max)
                         then 'dead' else 'ready' end,
            attempts = case when v.verdict = 'snooze' then greatest(j.attempts - 1, 0) else j.attempts end,
            run_at = case when v.verdict = 'discard' then j.run_at
                          else clock_timestamp() + v.delay_ms * interval '1 millisecond' end,
            lease_token = null, leased_until = null, sent_at = null, resends = 0,
            last_error = coalesce(v.error, j.last_error)
        from given v
        where v.verdict <> 'done' and j.id = v.id and j.lease_token = v.token and j.state = 'running'
        returning j.id
    )
    select id from done union all select id from back
$$;

-- Records that a job failed in a transaction that was undone: the attempt counts, the work does not.
create or replace function ledger_fail(p_id uuid, p_verdict text, p_delay_ms bigint, p_error text)
returns setof uuid language sql set app.sites = '*' as $$
    update jobs j
    set attempts = case when p_verdict = 'snooze' then j.attempts else j.attempts + 1 end,
        state = case when p_verdict = 'discard' or (p_verdict = 'retry' and j.attempts + 1 >= j.attempts_max)
                     then 'dead' else 'ready' end,
        run_at = clock_timestamp() + p_delay_ms * interval '1 millisecond',
        sent_at = null, resends = 0, last_error = coalesce(p_error, j.last_error)
    where j.id = (select c.id from jobs c where c.id = p_id and c.state = 'ready' for update skip locked)
    returning j.id
$$;

-- What the fenced transaction of a long job does first: the row locked under the holder's token, or nothing.
create or replace function ledger_hold(p_id uuid, p_token uuid) returns setof uuid
language sql set app.sites = '*' as $$
    select id from jobs where id = p_id and lease_token = p_token and state = 'running' for update
$$;

-- What the fenced transaction that ends a long job does first: the row removed under the holder's token, or nothing.
create or replace function ledger_finish(p_id uuid, p_token uuid) returns setof uuid
language sql set app.sites = '*' as $$
    delete from jobs where id = p_id and lease_token = p_token and state = 'running' returning id
$$;

-- For every queue with a ready job: when the earliest may start. Jumps from site to site along the index.
create or replace function ledger_horizon() returns table (queue text, next_run_at timestamptz)
language sql set app.sites = '*' set enable_bitmapscan = off set enable_sort = off as $$
    with recursive lines(queue, site_id) as (
        (select j.queue, j.site_id from jobs j where j.state = 'ready' order by j.queue, j.site_id limit 1)
        union all
        select n.queue, n.site_id from lines l, lateral (
            select j.queue, j.site_id from jobs j
            where j.state = 'ready' and (j.queue, j.site_id) > (l.queue, l.site_id)
            order by j.queue, j.site_id limit 1) n
    )
    select l.queue, min(f.run_at)
    from lines l, lateral (
        select j.run_at from jobs j
        where j.state = 'ready' and j.queue = l.queue and j.site_id = l.site_id
        order by j.run_at limit 1) f
    group by l.queue
$$;

-- Picks due jobs to hand over, oldest first within a site: first an equal share for every site that has any, then
-- whatever is there until p_want. Left out: what was handed over within p_stale, what p_listed says still waits on
-- the wire, what is locked. Reads about as many rows as it picks, however deep the backlog is: joins are written so
-- that no plan can read all due rows of a queue, which planners like to do for lack of better knowledge.
create or replace function ledger_pick(p_queue text, p_want int, p_stale interval, p_listed uuid[])
returns table (id uuid)
language plpgsql set app.sites = '*' set enable_bitmapscan = off set enable_sort = off as $$
#variable_conflict use_column
declare
    due_sites uuid[];
    picked uuid[] := '{}';
    share int;
begin
    -- In random order, so that no site is always the last one where there are more sites than room.
    with recursive lines(site_id) as (
        (select j.site_id from jobs j where j.queue = p_queue and j.state = 'ready' order by j.site_id limit 1)
        union all
        select n.site_id from lines l, lateral (
            select j.site_id from jobs j
            where j.queue = p_queue and j.state = 'ready' and j.site_id > l.site_id
            order by j.site_id limit 1) n
    )
    select array_agg(l.site_id order by random()) into due_sites from lines l, lateral (
        select j.run_at from jobs j
        where j.queue = p_queue and j.state = 'ready' and j.site_id = l.site_id
        order by j.run_at limit 1) first
    where first.run_at <= now();
    share := greatest(1, p_want / greatest(1, cardinality(due_sites)));
    while due_sites is not null loop
        picked := picked || array(
            select d.id from unnest(due_sites) as s(site_id), lateral (
                select j.id from jobs j
                where j.queue = p_queue and j.state = 'ready' and j.site_id = s.site_id and j.run_at <= now()
                  and (j.sent_at is null or j.sent_at < now() - p_stale)
                  and j.id not in (select l.id from unnest(p_listed || picked) as l(id))
                order by j.run_at limit share for update skip locked) d
            limit p_want - cardinality(picked));
        exit when share >= p_want or cardinality(picked) >= p_want;
        share := p_want;
    end loop;
    return query
    update jobs j
    set sent_at = now(), resends = case when j.sent_at is null then j.resends else least(j.resends + 1, 1000) end
    where j.id = any(picked)
    returning j.id;
end $$;

-- Gives back the jobs of workers that stopped renewing. A job that used up its attempts by dying is dead.
create or replace function ledger_reap() returns bigint language sql set app.sites = '*' as $$
    with lost as (
        select id from jobs where state = 'running' and leased_until < clock_timestamp()
        order by leased_until limit 1000 for update skip locked
    ), back as (
        update jobs j
        set state = case when j.attempts >= j.attempts_max then 'dead' else 'ready' end,
            lease_token = null, leased_until = null, sent_at = null,
            last_error = 'the worker holding this job died or was cut off'
        from lost where j.id = lost.id returning 1
    )
    select count(*) from back
$$;

-- Depth and age per queue and state, for health and metrics: asked often, so each state is counted up to a bound.
create or replace function ledger_depth() returns table (queue text, state text, jobs bigint, oldest timestamptz)
language sql set app.sites = '*' as $$
    select queue, state, count(*), min(run_at) from (
        (select queue, state, run_at from jobs where state = 'ready' limit 100000) union all
        (select queue, state, run_at from jobs where state = 'running' limit 10000) union all
        (select queue, state, run_at from jobs where state = 'dead' limit 10000)) as counted
    group by queue, state
$$;

create or replace function ledger_dead(p_queue text, p_limit int)
returns table (id uuid, kind text, queue text, site_id uuid, attempts smallint, last_error text,
               created_at timestamptz)
language sql set app.sites = '*' as $$
    select id, kind, queue, site_id, attempts, last_error, created_at from jobs
    where state = 'dead' and (p_queue is null or queue = p_queue) order by queue, id limit p_limit
$$;

create or replace function ledger_requeue(p_id uuid) returns table (id uuid, queue text)
language sql set app.sites = '*' as $$
    update jobs set state = 'ready', attempts = 0, resends = 0, run_at = now(), sent_at = now()
    where id = p_id and state = 'dead' returning id, queue
$$;

-- A tick is taken by the first clock that asks.
create or replace function clock_take(p_kind text, p_tick timestamptz) returns boolean language sql as $$
    with taken as (
        insert into clock_ticks (kind, tick) values (p_kind, p_tick) on conflict do nothing returning 1
    )
    select exists (select from taken)
$$;

-- As ledger_record, for callers that need no answer. Takes the system's scope by hand: a SET of the function costs more.
create or replace function ledger_note(p_ids uuid[], p_kinds text[], p_queues text[], p_sites uuid[],
    p_payloads jsonb[], p_traces text[], p_run_ats timestamptz[], p_keys text[], p_attempts smallint[])
returns void language plpgsql as $$
declare
    scope text := coalesce(current_setting('app.sites', true), '');
    system text;
begin
    if cardinality(p_ids) > 0 then
        system := set_config('app.sites', '*', true);
        insert into jobs (id, kind, queue, site_id, payload, trace_id, run_at, dedupe_key, attempts_max, sent_at)
        select p_ids[i], p_kinds[i], p_queues[i], p_sites[i], p_payloads[i], p_traces[i],
            coalesce(p_run_ats[i], now()), p_keys[i], p_attempts[i],
            case when p_run_ats[i] is null or p_run_ats[i] <= now() then now() end
        from generate_series(1, cardinality(p_ids)) as i
        on conflict (dedupe_key) where dedupe_key is not null and state <> 'dead' do nothing;
        scope := set_config('app.sites', scope, true);
    end if;
end $$;

-- Due jobs of a queue, handed over or not.
create or replace function ledger_due(p_queue text, p_limit int) returns table (id uuid)
language sql set app.sites = '*' as $$
    select id from jobs where queue = p_queue and state = 'ready' and run_at <= now() order by run_at limit p_limit
$$;
