-- Mailboxes that are read, mails as they came, mails to be sent.

create table mailboxes (
    id uuid primary key default gen_random_uuid(),
    -- Null for a mailbox that serves several sites.
    site_id uuid references sites on delete cascade,
    host text not null,
    port integer not null check (port between 1 and 65535),
    tls varchar(10) not null default 'tls' check (tls in ('none', 'starttls', 'tls')),
    username text not null,
    -- Encrypted at rest.
    password_sealed bytea not null,
    folder text not null default 'INBOX',
    is_active boolean not null default true,
    -- How far the folder has been read.
    uid_validity bigint,
    last_uid bigint not null default 0,
    checked_at timestamptz,
    trouble text,
    created_at timestamptz not null default now(),
    unique (host, port, username, folder)
);

create table mail_messages (
    id uuid primary key,
    mailbox_id uuid not null references mailboxes on delete cascade,
    -- Known once the mail has been read.
    site_id uuid references sites on delete cascade,
    uid_validity bigint not null,
    uid bigint not null,
    -- What makes it one mail: its Message-ID, or none, and the hash of its bytes.
    message_id text,
    content_hash bytea not null check (length(content_hash) = 32),
    size_bytes bigint not null,
    -- The bytes as they came: here when small, else in the file store.
    raw bytea,
    raw_key text,
    outcome varchar(20) not null default 'received'
        check (outcome in ('received', 'ticket', 'reply', 'note', 'duplicate', 'quarantine')),
    cause text,
    ticket_id uuid references tickets on delete set null,
    reply_id uuid references ticket_replies on delete set null,
    received_at timestamptz not null default now(),
    settled_at timestamptz,
    check (raw is not null or raw_key is not null),
    unique (mailbox_id, content_hash)
);
create index mail_messages_message_id on mail_messages (message_id) where message_id is not null;
create index mail_messages_quarantine on mail_messages (received_at) where outcome = 'quarantine';
create index mail_messages_waiting on mail_messages (received_at) where outcome = 'received';

create table mail_outbox (
    id uuid primary key,
    -- Goes with its site because its ticket does.
    site_id uuid not null,
    ticket_id uuid not null references tickets on delete cascade,
    reply_id uuid references ticket_replies on delete cascade,
    template varchar(50) not null,
    to_address varchar(254) not null,
    to_name text not null default '',
    -- What the template says beyond the ticket itself.
    facts jsonb not null default '{}',
    -- Set when it is first tried, and the same over every retry.
    message_id text,
    in_reply_to text,
    state varchar(10) not null default 'pending'
        check (state in ('pending', 'sending', 'sent', 'failed', 'unknown')),
    attempts integer not null default 0,
    -- How often it went out again because the server's answer was not heard or not recorded.
    repeats integer not null default 0,
    last_error text,
    created_at timestamptz not null default now(),
    sent_at timestamptz
);
create index mail_outbox_ticket on mail_outbox (ticket_id);
create index mail_outbox_parked on mail_outbox (site_id, created_at) where state in ('failed', 'unknown');
-- The cap on confirmations per address and hour.
create index mail_outbox_recent on mail_outbox (site_id, to_address, created_at);
