drop index mail_messages_raw_key;
