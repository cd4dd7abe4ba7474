-- Outgoing mail: whom nothing reaches, how often it failed, and what each site says and uses of its own.

-- Addresses that a server has refused for good: nothing is sent to them until somebody clears them.
create table mail_addresses_dead (
    site_id uuid not null references sites on delete cascade,
    address varchar(254) not null check (address = lower(address)),
    reason text not null default '',
    since timestamptz not null default now(),
    primary key (site_id, address)
);

-- Tries that ended in an answer other than yes; a worker that dies in between is nobody's refusal.
alter table mail_outbox add column failures integer not null default 0;
-- Why it was parked, in a word that programs know; last_error says it in the server's own.
alter table mail_outbox add column cause varchar(20);

-- Named by a site's own people, who may not reach into the network this runs in. Other mailboxes are the operator's.
alter table mailboxes add column by_site boolean not null default false;

-- A site's own version of a mail; where there is none the built-in one is sent.
create table email_templates (
    site_id uuid not null references sites on delete cascade,
    key varchar(50) not null,
    subject text not null,
    html text not null,
    text text not null,
    updated_at timestamptz not null default now(),
    primary key (site_id, key)
);

-- How a site's mails leave; what is null is the installation's. Passwords and keys are sealed.
create table email_settings (
    site_id uuid primary key references sites on delete cascade,
    smtp_host text,
    smtp_port integer check (smtp_port between 1 and 65535),
    smtp_tls varchar(10) check (smtp_tls in ('none', 'starttls', 'tls')),
    smtp_username text,
    smtp_password_sealed bytea,
    dkim_domain text,
    dkim_selector text,
    dkim_key_sealed bytea,
    -- Raised by every change: what is kept open under an older one is closed.
    version bigint not null default 1,
    updated_at timestamptz not null default now(),
    check ((smtp_host is null) = (smtp_port is null) and (smtp_host is null) = (smtp_tls is null)),
    check ((dkim_domain is null) = (dkim_selector is null) and (dkim_domain is null) = (dkim_key_sealed is null))
);
