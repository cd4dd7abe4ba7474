alter table mailboxes drop column needs_reauthorisation, drop column refresh_token_sealed,
    drop column client_secret_sealed, drop column client_id, drop column token_url, drop column auth;
drop table mail_bodies;
update mail_messages set outcome = 'note' where outcome in ('bounce', 'auto_reply');
update mail_messages set outcome = 'quarantine' where outcome = 'dismissed';
alter table mail_messages
    drop column assigned_site_id, drop column recipients, drop column subject, drop column sender,
    drop constraint mail_messages_outcome_check,
    add constraint mail_messages_outcome_check check (outcome in
        ('received', 'ticket', 'reply', 'note', 'duplicate', 'quarantine'));
