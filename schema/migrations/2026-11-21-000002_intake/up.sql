-- Which raw mails are files: the sweep of files that no row names asks by key.
create index mail_messages_raw_key on mail_messages (raw_key) where raw_key is not null;
