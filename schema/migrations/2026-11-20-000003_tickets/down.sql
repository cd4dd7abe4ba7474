drop table idempotency_keys, ticket_attachments, ticket_participants, ticket_replies, tickets, ticket_counters,
    ticket_categories cascade;
