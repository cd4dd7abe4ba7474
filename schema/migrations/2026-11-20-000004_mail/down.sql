drop table mail_outbox, mail_messages, mailboxes cascade;
