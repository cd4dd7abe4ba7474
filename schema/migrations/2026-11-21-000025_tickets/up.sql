-- Tickets as agents work with them: statuses that a site edits, locks, templates, tags, a board, merging, and a search
-- that an index carries.

-- Which statuses a site has and what each means to the rules. Six of them come with the site and stay.
create table statuses (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    key varchar(50) not null check (key ~ '^[a-z_]{1,50}$'),
    label text not null check (length(label) between 1 and 100),
    color varchar(20) not null default 'gray',
    -- From 1, in the order of the board's columns.
    position integer not null,
    kind varchar(10) not null check (kind in ('new', 'open', 'waiting', 'resolved', 'closed')),
    -- Not offered any more; tickets that have it keep it.
    retired boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (site_id, key)
);

create table status_transitions (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    from_key varchar(50) not null,
    to_key varchar(50) not null check (to_key <> from_key),
    -- Who may take the step; everybody if none is named.
    roles text[] not null default '{}' check (roles <@ array['superadmin', 'admin', 'agent', 'customer']),
    created_at timestamptz not null default now(),
    unique (site_id, from_key, to_key),
    foreign key (site_id, from_key) references statuses (site_id, key) on delete cascade,
    foreign key (site_id, to_key) references statuses (site_id, key) on delete cascade
);

alter table tickets
    -- The kind of its status, kept by a trigger.
    add column status_kind varchar(10) not null default 'new'
        check (status_kind in ('new', 'open', 'waiting', 'resolved', 'closed')),
    -- Raised by every change, by a trigger.
    add column version bigint not null default 1,
    -- Where somebody put it in its column of the board; null where it stands by its age.
    add column board_rank text collate "C" check (length(board_rank) <= 200),
    -- The ticket that goes on in its place.
    add column merged_into uuid references tickets on delete set null;
update tickets set status_kind = case status when 'waiting_reply' then 'waiting' when 'pending' then 'waiting' else status end
where status in ('open', 'waiting_reply', 'pending', 'resolved', 'closed');

-- Sweeps go by kind.
drop index tickets_due;
create index tickets_due on tickets (sla_due_date)
    where sla_due_date is not null and not sla_breached and status_kind not in ('resolved', 'closed');
drop index tickets_resolved;
create index tickets_resolved on tickets (resolved_at) where status_kind = 'resolved';

-- Lists, newest first. The last column tells tickets of one instant apart, so that a page can begin at any of them.
drop index tickets_site_created;
create index tickets_site_created on tickets (site_id, created_at desc, id desc);
create index tickets_site_status on tickets (site_id, status, created_at desc, id desc);
drop index tickets_agent;
create index tickets_agent on tickets (agent_id, created_at desc, id desc) where agent_id is not null;
create index tickets_unassigned on tickets (site_id, created_at desc, id desc) where agent_id is null;
create index tickets_department on tickets (department_id, created_at desc, id desc) where department_id is not null;
create index tickets_category on tickets (category_id, created_at desc, id desc) where category_id is not null;
create index tickets_breached on tickets (site_id, created_at desc, id desc) where sla_breached;
create index tickets_ranked on tickets (site_id, status, board_rank, id) where board_rank is not null;
create index tickets_user on tickets (user_id, created_at desc, id desc) where user_id is not null;
create index tickets_merged on tickets (merged_into) where merged_into is not null;
create index ticket_attachments_reply on ticket_attachments (reply_id) where reply_id is not null;

create table ticket_tags (
    site_id uuid not null references sites on delete cascade,
    ticket_id uuid not null references tickets on delete cascade,
    tag varchar(50) not null check (length(tag) >= 1),
    -- The ticket's own: a tag's tickets, newest first.
    created_at timestamptz not null,
    primary key (ticket_id, tag)
);
create index ticket_tags_tag on ticket_tags (site_id, tag, created_at desc, ticket_id desc);

-- Who is writing in a ticket. One that ran out is as good as none.
create table ticket_locks (
    ticket_id uuid primary key references tickets on delete cascade,
    site_id uuid not null references sites on delete cascade,
    user_id uuid not null references users on delete cascade,
    -- The name it was taken under.
    owner text not null,
    since timestamptz not null,
    expires_at timestamptz not null
);
create index ticket_locks_user on ticket_locks (user_id);

create table ticket_templates (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    name text not null check (length(name) between 1 and 255),
    subject text not null default '',
    body text not null,
    category_id uuid references ticket_categories on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (site_id, name)
);
create index ticket_templates_category on ticket_templates (category_id) where category_id is not null;

-- A ticket that follows another: it names it in `custom_fields.previous_ticket_number`, a trigger notes it here.
create table ticket_follow_ups (
    site_id uuid not null references sites on delete cascade,
    ticket_id uuid primary key references tickets on delete cascade,
    previous_id uuid not null references tickets on delete cascade
);
create index ticket_follow_ups_previous on ticket_follow_ups (previous_id);

-- What a merge moved, so that it can be taken back.
create table ticket_merges (
    id uuid primary key,
    site_id uuid not null references sites on delete cascade,
    source_id uuid not null references tickets on delete cascade,
    target_id uuid not null references tickets on delete cascade,
    user_id uuid references users on delete set null,
    -- The reply that says in the target what the source asked.
    opening_id uuid not null,
    replies uuid[] not null,
    attachments uuid[] not null,
    participants text[] not null,
    -- The source's row as it was.
    source jsonb not null,
    merged_at timestamptz not null,
    undone_at timestamptz
);
create index ticket_merges_source on ticket_merges (source_id, merged_at desc);
create index ticket_merges_target on ticket_merges (target_id);

-- Search. What is looked for in a ticket, folded the Turkish way.
create table ticket_search (
    ticket_id uuid primary key references tickets on delete cascade,
    site_id uuid not null references sites on delete cascade,
    doc text not null
);
create index ticket_search_site on ticket_search (site_id);
-- The three-letter pieces of those texts, hashed with the site, and nothing else. No text and no site can be read out of
-- it, and it has no site column on purpose: behind the wall of the policies no index of its kind is ever used.
create table ticket_grams (
    ticket_id uuid primary key references tickets on delete cascade,
    created_at timestamptz not null,
    grams integer[] not null
) with (toast_tuple_target = 128);
alter table ticket_grams alter column grams set storage external;
create index ticket_grams_grams on ticket_grams using gin (grams) with (fastupdate = off);
-- How far each site has been indexed. Numbers become visible in order, so one number says it.
create table ticket_search_progress (
    site_id uuid primary key references sites on delete cascade,
    indexed_up_to bigint not null
);

-- A site and a person are taken away without reading these tables from end to end.
create index ticket_locks_site on ticket_locks (site_id);
create index ticket_follow_ups_site on ticket_follow_ups (site_id);
create index ticket_merges_site on ticket_merges (site_id);
create index ticket_merges_user on ticket_merges (user_id) where user_id is not null;
