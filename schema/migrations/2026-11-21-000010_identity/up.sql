-- Who may do what, and who is signed in from where.

create table permissions (
    role varchar(50) not null check (role in ('superadmin', 'admin', 'agent', 'customer')),
    permission varchar(50) not null,
    allowed boolean not null,
    updated_at timestamptz not null default now(),
    primary key (role, permission)
);
insert into permissions (permission, role, allowed)
select p.permission, r.role, r.role = 'superadmin' or (r.role = 'admin' and p.admin) or (r.role = 'agent' and p.agent)
from (values ('sites.all', false, false), ('sites.manage', true, false), ('users.manage', true, false),
             ('widget.manage', true, false), ('chat', true, true), ('tickets', true, true),
             ('knowledge', true, true), ('knowledge.others', true, false), ('canned_responses', true, true),
             ('analytics', true, true), ('analytics.others', true, false))
     as p(permission, admin, agent),
     (values ('superadmin'), ('admin'), ('agent')) as r(role);

-- One per log-in. Ending it, however that comes about, refuses its tokens on every edge at once.
create table sessions (
    id uuid primary key,
    user_id uuid not null references users on delete cascade,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_because varchar(20)
        check (ended_because in ('logout', 'ended', 'password', 'reuse', 'deactivated')),
    ip_address inet,
    user_agent text
);
create index sessions_user on sessions (user_id, created_at desc);
create index sessions_expiry on sessions (expires_at);

-- A refresh token is used once. One that comes back a second time was stolen: its session ends.
create table refresh_tokens (
    token_hash bytea primary key check (length(token_hash) = 32),
    session_id uuid not null references sessions on delete cascade,
    created_at timestamptz not null default now(),
    used_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);

create table password_resets (
    token_hash bytea primary key check (length(token_hash) = 32),
    user_id uuid not null references users on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);
create index password_resets_user on password_resets (user_id);
