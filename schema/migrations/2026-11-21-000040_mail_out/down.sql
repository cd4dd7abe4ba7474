drop table email_settings, email_templates, mail_addresses_dead;
alter table mailboxes drop column by_site;
alter table mail_outbox drop column failures, drop column cause;
