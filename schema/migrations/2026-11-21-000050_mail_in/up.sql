-- Incoming mail: more outcomes, what people need to judge a mail in quarantine, pages as their writers laid them out,
-- and log-ins with tokens instead of passwords.

alter table mail_messages
    drop constraint mail_messages_outcome_check,
    add constraint mail_messages_outcome_check check (outcome in
        ('received', 'ticket', 'reply', 'bounce', 'auto_reply', 'note', 'duplicate', 'quarantine', 'dismissed')),
    -- Known of what lies in quarantine, as far as it could be read.
    add column sender varchar(254),
    add column subject text,
    add column recipients text[],
    -- The site a person gave it to; the mail's own addresses do not count any more.
    add column assigned_site_id uuid references sites on delete set null;
create index mail_messages_assigned on mail_messages (assigned_site_id) where assigned_site_id is not null;

-- What a mail says, in pieces and as a page that may be shown. Only of mails that have more than plain words.
create table mail_bodies (
    -- The ticket itself, or one of its replies, wherever a merge has moved it since.
    said_id uuid primary key,
    site_id uuid not null references sites on delete cascade,
    ticket_id uuid not null references tickets on delete cascade,
    reply text not null,
    quoted text not null,
    signature text not null,
    -- Clean: no script, no form, nothing loaded from elsewhere.
    html text,
    html_quoted text,
    has_blocked_pictures boolean not null default false
);
create index mail_bodies_ticket on mail_bodies (ticket_id);
create index mail_bodies_site on mail_bodies (site_id);

alter table mailboxes
    add column auth varchar(10) not null default 'password' check (auth in ('password', 'xoauth2')),
    add column token_url text,
    add column client_id text,
    add column client_secret_sealed bytea,
    add column refresh_token_sealed bytea,
    -- The provider takes the log-in no more: somebody has to grant it anew.
    add column needs_reauthorisation boolean not null default false,
    add check (auth = 'password' or (token_url is not null and client_id is not null
        and refresh_token_sealed is not null));
