-- Gives a received mail its outcome and its site. Until then it belongs to no site, so the system's scope is
-- taken for this one row.
drop function if exists mail_settle(uuid, uuid, text, uuid, uuid, text);
create or replace function mail_settle(p_mail uuid, p_site uuid, p_outcome text, p_ticket uuid, p_reply uuid,
                                       p_cause text, p_sender text, p_subject text, p_recipients text[])
returns void language sql set app.sites = '*' as $$
    update mail_messages
    set site_id = p_site, outcome = p_outcome, ticket_id = p_ticket, reply_id = p_reply, cause = p_cause,
        sender = p_sender, subject = p_subject, recipients = p_recipients, settled_at = now()
    where id = p_mail
$$;

-- A stored mail, the site of its mailbox, and whether other mailboxes brought the same mail before: `received` while one
-- of those waits for its outcome, `settled` when none does.
drop function if exists mail_raw(uuid);
create or replace function mail_raw(p_mail uuid)
returns table (mailbox_id uuid, raw bytea, raw_key text, outcome text, assigned_site_id uuid, mailbox_site_id uuid,
    twins text)
language sql stable set app.sites = '*' as $$
    select m.mailbox_id, m.raw, m.raw_key, m.outcome::text, m.assigned_site_id, b.site_id,
        (select case when bool_or(o.outcome = 'received') then 'received' when count(*) > 0 then 'settled' end
         from mail_messages o
         where o.message_id = m.message_id and o.content_hash = m.content_hash and o.mailbox_id <> m.mailbox_id
           and o.id < m.id and o.outcome in ('received', 'ticket', 'reply', 'bounce', 'auto_reply'))
    from mail_messages m join mailboxes b on b.id = m.mailbox_id
    where m.id = p_mail
$$;

-- What became of the same mail as another mailbox brought it to this site before.
create or replace function mail_twin(p_mail uuid, p_site uuid)
returns table (ticket_id uuid, reply_id uuid) language sql stable set app.sites = '*' as $$
    select o.ticket_id, o.reply_id from mail_messages m join mail_messages o
        on o.message_id = m.message_id and o.content_hash = m.content_hash and o.mailbox_id <> m.mailbox_id
    where m.id = p_mail and o.id < m.id and o.site_id = p_site
      and o.outcome in ('ticket', 'reply', 'bounce', 'auto_reply')
    order by o.id limit 1
$$;

-- Quarantines what no worker came to an end with: its job is dead, and the mail would lie there unseen.
create or replace function mail_given_up() returns bigint language sql set app.sites = '*' as $$
    with dead as (
        select j.id, (j.payload->>'mail_id')::uuid as mail_id from jobs j
        where j.state = 'dead' and j.queue = 'mail-in' and j.kind = 'mail.read' limit 1000
    ), kept as (
        update mail_messages m set outcome = 'quarantine', cause = 'gave_up', settled_at = now()
        from dead where m.id = dead.mail_id and m.outcome = 'received' returning m.id
    ), gone as (delete from jobs j using dead where j.id = dead.id)
    select count(*) from kept
$$;

-- Pages and pieces of mails, one row for each that has any.
create or replace function mail_bodies_note(p_sites uuid[], p_tickets uuid[], p_said uuid[], p_replies text[],
    p_quoted text[], p_signatures text[], p_html text[], p_html_quoted text[], p_blocked boolean[])
returns void language plpgsql as $$
begin
    if cardinality(p_said) > 0 then
        insert into mail_bodies (site_id, ticket_id, said_id, reply, quoted, signature, html, html_quoted,
            has_blocked_pictures)
        select * from unnest(p_sites, p_tickets, p_said, p_replies, p_quoted, p_signatures, p_html, p_html_quoted,
            p_blocked);
    end if;
end $$;

-- What a ticket's mail says, for telling whether a program says it again: of numbers, dates and times only that there are
-- some. Single digits stay, since people number what they write.
create or replace function mail_words(p_ticket uuid) returns text language sql stable as $$
    select regexp_replace(t.subject || ' ' || left(coalesce(b.reply, t.message), 2000),
        '#[0-9]+|[0-9][0-9.:/-]{2,}', '#', 'g')
    from tickets t left join mail_bodies b on b.said_id = t.id and b.site_id = t.site_id
    where t.id = p_ticket
$$;

-- Whether a confirmation is for a mail that came within five minutes of another confirmation to the same address and says
-- what an earlier one of that hour has said.
create or replace function mail_is_echo(p_site uuid, p_outbound uuid) returns boolean language sql stable as $$
    select exists (
        select from mail_outbox e
        where e.site_id = o.site_id and e.to_address = o.to_address and e.id < o.id
          and e.created_at > o.created_at - interval '1 hour' and e.template = 'acknowledgement' and e.state = 'sent'
          and e.sent_at between o.created_at - interval '5 minutes' and o.created_at
    ) and exists (
        select from mail_outbox e
        where e.site_id = o.site_id and e.to_address = o.to_address and e.id < o.id
          and e.created_at > o.created_at - interval '1 hour' and e.template = 'acknowledgement'
          and mail_words(e.ticket_id) = mail_words(o.ticket_id)
    )
    from mail_outbox o where o.site_id = p_site and o.id = p_outbound
$$;
