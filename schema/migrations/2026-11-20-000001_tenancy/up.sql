-- Sites, the people who work in them, their visitors and the keys their pages use.

create table sites (
    id uuid primary key default gen_random_uuid(),
    name text not null check (length(name) between 1 and 255),
    domain text not null default '',
    timezone text not null default 'Europe/Istanbul',
    is_active boolean not null default true,
    is_default boolean not null default false,
    support_team_name text not null default 'İmeceHub Destek Ekibi',
    mail_from text,
    -- Raised by every change of what callers cache: keys, hours, deadlines.
    settings_version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create unique index sites_one_default on sites ((true)) where is_default;

create table site_addresses (
    address text primary key check (address = lower(address)),
    site_id uuid not null references sites on delete cascade,
    created_at timestamptz not null default now()
);
create index site_addresses_site on site_addresses (site_id);

create table departments (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    name text not null check (length(name) between 1 and 255),
    is_urgent boolean not null default false,
    created_at timestamptz not null default now(),
    unique (site_id, name)
);

create table users (
    id uuid primary key default gen_random_uuid(),
    site_id uuid references sites on delete cascade,
    email varchar(255) not null unique check (email = lower(email)),
    password_hash varchar(255) not null,
    must_change_password boolean not null default false,
    name varchar(255) not null,
    role varchar(50) not null check (role in ('superadmin', 'admin', 'agent', 'customer')),
    department_id uuid references departments on delete set null,
    skills text[] not null default '{}',
    languages text[] not null default '{}',
    max_chats integer not null default 5 check (max_chats >= 1),
    current_chats integer not null default 0 check (current_chats >= 0),
    -- Kept by a trigger on tickets.
    open_tickets integer not null default 0,
    last_assigned_at timestamptz,
    priority_level integer not null default 1,
    status varchar(20) not null default 'offline' check (status in ('online', 'offline')),
    state varchar(50) not null default 'Müsait'
        check (state in ('Müsait', 'Meşgul', 'Molada', 'Uzakta', 'Rahatsız Etmeyin')),
    state_message text,
    state_until timestamptz,
    accept_calls boolean not null default true,
    is_active boolean not null default true,
    is_vip boolean not null default false,
    is_banned boolean not null default false,
    ban_reason text,
    banned_by uuid references users on delete set null,
    banned_at timestamptz,
    last_login timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check (site_id is not null or role = 'superadmin')
);
create index idx_users_site on users (site_id);
create index idx_users_role on users (role, site_id);

create table visitors (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    name text,
    email varchar(254),
    phone varchar(20),
    language varchar(10),
    department_id uuid references departments on delete set null,
    is_vip boolean not null default false,
    is_banned boolean not null default false,
    ban_reason text,
    purchase_count integer not null default 0,
    custom_data jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index visitors_site_email on visitors (site_id, email);

create table api_keys (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    name text not null,
    -- sha256 of the key: it is 256 random bits, so a slow hash would buy nothing.
    key_hash bytea not null unique check (length(key_hash) = 32),
    created_at timestamptz not null default now(),
    revoked_at timestamptz
);
create index api_keys_site on api_keys (site_id);

create table audit_logs (
    id uuid primary key,
    site_id uuid references sites on delete cascade,
    actor_id uuid references users on delete set null,
    action varchar(50) not null,
    target_type varchar(50),
    target_id uuid,
    details jsonb,
    changes jsonb,
    ip_address inet,
    user_agent text,
    created_at timestamptz not null default now()
);
create index idx_audit_site_date on audit_logs (site_id, created_at desc);
create index idx_audit_actor on audit_logs (actor_id) where actor_id is not null;
create index idx_audit_target on audit_logs (target_id);

create table notifications (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    user_id uuid not null references users on delete cascade,
    type varchar(50) not null,
    ticket_id uuid,
    text text not null,
    read_at timestamptz,
    created_at timestamptz not null default now()
);
create index notifications_user on notifications (user_id, created_at desc);
