-- Gives a received mail its outcome and its site. Until then it belongs to no site, so the system's scope is
-- taken for this one row.
create or replace function mail_settle(p_mail uuid, p_site uuid, p_outcome text, p_ticket uuid, p_reply uuid,
                                       p_cause text)
returns void language sql set app.sites = '*' as $$
    update mail_messages
    set site_id = p_site, outcome = p_outcome, ticket_id = p_ticket, reply_id = p_reply, cause = p_cause,
        settled_at = now()
    where id = p_mail
$$;

create or replace function mail_raw(p_mail uuid)
returns table (mailbox_id uuid, raw bytea, raw_key text, outcome text) language sql stable set app.sites = '*' as $$
    select mailbox_id, raw, raw_key, outcome::text from mail_messages where id = p_mail
$$;
