-- What signing in needs besides: second factors, an end for surplus sessions, mails about an account.

-- A second factor (RFC 6238); it counts once it is confirmed.
create table totp_factors (
    user_id uuid primary key references users on delete cascade,
    -- Encrypted at rest.
    secret_sealed bytea not null,
    created_at timestamptz not null default now(),
    confirmed_at timestamptz,
    -- A code is good once: the latest time step whose code was taken.
    last_step bigint
);

alter table sessions drop constraint sessions_ended_because_check;
alter table sessions add constraint sessions_ended_because_check
    check (ended_because in ('logout', 'ended', 'password', 'reuse', 'deactivated', 'limit'));
create index sessions_ended on sessions (ended_at) where ended_at is not null;
create index refresh_tokens_age on refresh_tokens (created_at);
create index password_resets_expiry on password_resets (expires_at);

-- A mail is about a ticket or about somebody's account. The nil site is the system's: super admins have none.
alter table mail_outbox alter column ticket_id drop not null;
alter table mail_outbox add column user_id uuid references users on delete cascade;
alter table mail_outbox add constraint mail_outbox_about check ((ticket_id is null) <> (user_id is null));
create index mail_outbox_user on mail_outbox (user_id) where user_id is not null;
create index mail_outbox_account_age on mail_outbox (created_at) where ticket_id is null;
