-- Tickets, what is said in them, what hangs on them, and the counters that number them.

create table ticket_categories (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    name text not null check (length(name) between 1 and 255),
    created_at timestamptz not null default now(),
    unique (site_id, name)
);

-- One row per site and series: 'number' counts for ever, a year such as '2026' counts its references.
create table ticket_counters (
    site_id uuid not null references sites on delete cascade,
    series varchar(10) not null,
    last bigint not null,
    primary key (site_id, series)
) with (fillfactor = 50);

create table tickets (
    id uuid primary key,
    site_id uuid not null references sites on delete cascade,
    ticket_number bigint not null,
    reference varchar(20) not null,
    subject text not null,
    message text not null,
    visitor_name text not null,
    visitor_email varchar(254),
    visitor_phone varchar(40),
    visitor_id uuid references visitors on delete set null,
    user_id uuid references users on delete set null,
    status varchar(50) not null default 'new',
    priority varchar(20) not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
    department_id uuid references departments on delete set null,
    category_id uuid references ticket_categories on delete set null,
    agent_id uuid references users on delete set null,
    source varchar(20) not null
        check (source in ('email', 'dynamic_form', 'widget', 'support_form', 'chat', 'agent', 'api')),
    custom_fields jsonb not null default '{}',
    notes text,
    form_submission_id uuid,
    sla_due_date timestamptz,
    sla_breach_notified boolean not null default false,
    sla_breached boolean not null default false,
    sla_breach_time timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    resolved_at timestamptz,
    closed_at timestamptz,
    unique (site_id, ticket_number),
    unique (site_id, reference)
);
create unique index tickets_one_per_submission on tickets (form_submission_id)
    where form_submission_id is not null;
create index tickets_site_created on tickets (site_id, created_at desc);
create index tickets_agent on tickets (agent_id) where agent_id is not null;
-- What the sweeps look for, and nothing else.
create index tickets_due on tickets (sla_due_date)
    where sla_due_date is not null and not sla_breached and status not in ('resolved', 'closed');
create index tickets_resolved on tickets (resolved_at) where status = 'resolved';

create table ticket_replies (
    id uuid primary key,
    site_id uuid not null references sites on delete cascade,
    ticket_id uuid not null references tickets on delete cascade,
    author varchar(10) not null check (author in ('visitor', 'agent')),
    user_id uuid references users on delete set null,
    sender_name text,
    sender_email varchar(254),
    sender_unverified boolean not null default false,
    body text not null,
    is_internal boolean not null default false,
    created_at timestamptz not null default now()
);
create index ticket_replies_ticket on ticket_replies (ticket_id, created_at);

create table ticket_participants (
    site_id uuid not null references sites on delete cascade,
    ticket_id uuid not null references tickets on delete cascade,
    email varchar(254) not null check (email = lower(email)),
    primary key (ticket_id, email)
);

create table ticket_attachments (
    id uuid primary key,
    site_id uuid not null references sites on delete cascade,
    ticket_id uuid not null references tickets on delete cascade,
    reply_id uuid references ticket_replies on delete cascade,
    file_name text not null,
    content_type text not null,
    size_bytes bigint not null check (size_bytes >= 0),
    -- Null for a file that was refused; then refused_because says why.
    storage_key text,
    refused_because text,
    content_id text,
    created_at timestamptz not null default now(),
    check ((storage_key is null) = (refused_because is not null))
);
create index ticket_attachments_ticket on ticket_attachments (ticket_id);
create index ticket_attachments_key on ticket_attachments (storage_key) where storage_key is not null;

create table idempotency_keys (
    site_id uuid not null references sites on delete cascade,
    route varchar(50) not null,
    key varchar(200) not null,
    request_hash bytea not null,
    status smallint not null,
    -- The answer as it was given; null while only the record it points to is known.
    answer jsonb not null,
    created_at timestamptz not null default now(),
    primary key (site_id, route, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);
