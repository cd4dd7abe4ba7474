drop table email_settings, email_templates, mail_addresses_dead;
alter table mail_outbox drop column failures;
