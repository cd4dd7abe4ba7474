delete from mail_outbox where ticket_id is null;
drop index mail_outbox_account_age;
drop index mail_outbox_user;
alter table mail_outbox drop constraint mail_outbox_about;
alter table mail_outbox drop column user_id;
alter table mail_outbox alter column ticket_id set not null;

drop index password_resets_expiry;
drop index refresh_tokens_age;
drop index sessions_ended;
update sessions set ended_because = 'ended' where ended_because = 'limit';
alter table sessions drop constraint sessions_ended_because_check;
alter table sessions add constraint sessions_ended_because_check
    check (ended_because in ('logout', 'ended', 'password', 'reuse', 'deactivated'));

drop table totp_factors;
