-- What a site and its people have beyond their names: origins, teams, ready answers, tags, settings; and a log that
-- outlives them.

alter table sites
    -- The browser origins that are the site's own: https://ornek.test
    add column origins text[] not null default '{}',
    -- From here on nobody sees the site; a job takes away what belongs to it, then the row.
    add column deleted_at timestamptz;

alter table permissions add column id uuid not null unique default gen_random_uuid();

alter table api_keys
    -- The last characters, to tell one key from another.
    add column hint varchar(4) not null default '',
    add column created_by uuid references users on delete set null;
create index api_keys_creator on api_keys (created_by) where created_by is not null;

create table teams (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    name text not null check (length(name) between 1 and 255),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (site_id, name)
);

create table team_members (
    site_id uuid not null references sites on delete cascade,
    team_id uuid not null references teams on delete cascade,
    user_id uuid not null references users on delete cascade,
    created_at timestamptz not null default now(),
    primary key (team_id, user_id)
);
create index team_members_site on team_members (site_id);
create index team_members_user on team_members (user_id);

-- The skills stand with the agents; this is the same by its own name, one row per agent and skill.
create view agent_skills with (security_invoker = true) as
    select u.site_id, u.id as user_id, s.skill from users u, unnest(u.skills) as s(skill) where u.site_id is not null;

create table canned_responses (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    title text not null check (length(title) between 1 and 255),
    body text not null,
    shortcut varchar(50),
    created_by uuid references users on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create unique index canned_responses_shortcut on canned_responses (site_id, lower(translate(shortcut, 'Iİ', 'ıi')));
create index canned_responses_site on canned_responses (site_id, title, id);
create index canned_responses_creator on canned_responses (created_by) where created_by is not null;

create table chat_tags (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    name varchar(50) not null check (length(name) >= 1),
    color varchar(7) not null check (color ~ '^#[0-9a-f]{6}$'),
    created_at timestamptz not null default now()
);
create unique index chat_tags_name on chat_tags (site_id, lower(translate(name, 'Iİ', 'ıi')));

-- Settings that are no column of sites. Which keys there are, and what they take, the program knows.
create table admin_settings (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    key varchar(50) not null,
    value jsonb not null,
    updated_by uuid references users on delete set null,
    updated_at timestamptz not null default now(),
    unique (site_id, key)
);
create index admin_settings_updater on admin_settings (updated_by) where updated_by is not null;

-- Entries outlive their site: it is a plain value.
alter table audit_logs drop constraint audit_logs_site_id_fkey;
drop index idx_audit_actor;
create index idx_audit_actor on audit_logs (actor_id, created_at desc) where actor_id is not null;
-- What is found by its action or by what it was done to. Tickets coming in, which are most of the log, are found by
-- their ids and stay out of these: they cost nothing where many come in at once.
create index idx_audit_action on audit_logs (site_id, action, created_at desc)
    where action <> 'CREATE' or target_type is distinct from 'ticket';
create index idx_audit_type on audit_logs (site_id, target_type, created_at desc)
    where target_type is distinct from 'ticket';

-- Lists of people by name.
create index users_site_name on users (site_id, name, id);
create index users_name on users (name, id);

-- Every table of a site is found by it (B24-03), and nothing that goes makes another table be read from end to end.
create index users_department on users (department_id) where department_id is not null;
create index users_banned_by on users (banned_by) where banned_by is not null;
create index visitors_department on visitors (department_id) where department_id is not null;
create index tickets_visitor on tickets (visitor_id) where visitor_id is not null;
create index ticket_replies_site on ticket_replies (site_id);
create index ticket_replies_user on ticket_replies (user_id) where user_id is not null;
create index ticket_participants_site on ticket_participants (site_id);
create index ticket_attachments_site on ticket_attachments (site_id);
create index mailboxes_site on mailboxes (site_id) where site_id is not null;
create index mail_messages_site on mail_messages (site_id) where site_id is not null;
create index mail_messages_ticket on mail_messages (ticket_id) where ticket_id is not null;
create index mail_messages_reply on mail_messages (reply_id) where reply_id is not null;
create index mail_outbox_reply on mail_outbox (reply_id) where reply_id is not null;
create index dynamic_forms_department on dynamic_forms (department_id) where department_id is not null;
create index dynamic_forms_category on dynamic_forms (category_id) where category_id is not null;
create index form_submissions_site on form_submissions (site_id);
create index notifications_site on notifications (site_id);
