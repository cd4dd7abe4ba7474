-- The job ledger: a row is an unfinished job. Finished rows are deleted, failed ones stay as dead.

create table jobs (
    id uuid primary key,
    kind varchar(50) not null,
    queue varchar(20) not null,
    -- The nil id stands for the system.
    site_id uuid not null,
    payload jsonb not null,
    version smallint not null default 1,
    trace_id text,
    -- ready, running or dead. No check here or below: constraints are read anew by every statement, and this
    -- table is written by a handful of functions only.
    state varchar(10) not null default 'ready',
    run_at timestamptz not null default now(),
    dedupe_key text,
    attempts smallint not null default 0,
    attempts_max smallint not null,
    lease_token uuid,
    leased_until timestamptz,
    -- When its id was last handed to the wire. In no index, so that marking it moves no index entry.
    sent_at timestamptz,
    -- How often the id was handed over and nobody claimed it.
    resends smallint not null default 0,
    last_error text,
    created_at timestamptz not null default now()
) with (
    fillfactor = 85,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0.2,
    autovacuum_vacuum_cost_delay = 0
);
create index jobs_ready on jobs (queue, site_id, run_at) where state = 'ready';
create index jobs_running on jobs (leased_until) where state = 'running';
create index jobs_dead on jobs (queue, id) where state = 'dead';
create unique index jobs_pending on jobs (dedupe_key) where dedupe_key is not null and state <> 'dead';

-- One row per kind and tick, however many clocks run.
create table clock_ticks (
    kind varchar(50) not null,
    tick timestamptz not null,
    primary key (kind, tick)
);
