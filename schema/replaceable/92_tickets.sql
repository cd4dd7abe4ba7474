-- What a status means to the rules (`Kind` in tickets/rules). The six that every site has are known without asking.
create or replace function status_kind_of(p_site uuid, p_key text) returns text language plpgsql stable as $$
begin
    return case p_key
        when 'new' then 'new' when 'open' then 'open' when 'waiting_reply' then 'waiting'
        when 'pending' then 'waiting' when 'resolved' then 'resolved' when 'closed' then 'closed'
        else coalesce((select s.kind::text from statuses s where s.site_id = p_site and s.key = p_key), 'open')
    end;
end $$;

-- Whoever writes a ticket, its version grows and its kind is that of its status.
create or replace function ticket_before_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        new.version := coalesce(new.version, 1);
        new.status_kind := status_kind_of(new.site_id, new.status);
        return new;
    end if;
    new.version := old.version + 1;
    -- No check guards the kind: nobody else writes it.
    new.status_kind := case new.status when old.status then old.status_kind
        else status_kind_of(new.site_id, new.status) end;
    return new;
end $$;

-- A ticket as everybody makes it brings both already.
create or replace trigger tickets_before_insert before insert on tickets for each row
    when (new.status <> 'new' or new.status_kind is distinct from 'new' or new.version is null)
    execute function ticket_before_change();
create or replace trigger tickets_before_update before update on tickets for each row
    execute function ticket_before_change();

-- Links a ticket to the one it says it follows. The number may come from anywhere: one that is none names nothing.
create or replace function ticket_follows() returns trigger language plpgsql as $$
declare
    number text := new.custom_fields ->> 'previous_ticket_number';
begin
    if number ~ '^[0-9]{1,18}$' then
        insert into ticket_follow_ups (site_id, ticket_id, previous_id)
        select new.site_id, new.id, p.id from tickets p
        where p.site_id = new.site_id and p.ticket_number = number::bigint and p.id <> new.id
        on conflict do nothing;
    end if;
    return null;
end $$;

create or replace trigger tickets_follow after insert on tickets for each row
    when (new.custom_fields ? 'previous_ticket_number') execute function ticket_follows();

-- The ticket that stands for this one: itself, or at the end of its merges.
create or replace function ticket_head(p_site uuid, p_ticket uuid) returns uuid language sql stable as $$
    with recursive chain(id, next, depth) as (
        select t.id, t.merged_into, 0 from tickets t where t.site_id = p_site and t.id = p_ticket
        union all
        select t.id, t.merged_into, c.depth + 1 from chain c
        join tickets t on t.site_id = p_site and t.id = c.next where c.depth < 20)
    select c.id from chain c order by c.depth desc limit 1
$$;

-- What is looked for in a ticket, as `tickets::rules::search` writes it.
create or replace function ticket_doc(p_number bigint, p_reference text, p_subject text, p_name text, p_email text,
    p_phone text, p_message text)
returns text language sql immutable parallel safe as $$
    select lower(translate(concat_ws(E'\n', '#' || p_number, p_reference, p_subject, p_name, p_email, p_phone, p_message),
        'Iİ', 'ıi'))
$$;

-- Takes all locks of a person away and says which (A8-35).
create or replace function ticket_locks_release(p_user uuid) returns table (site_id uuid, ticket_id uuid)
language sql set app.sites = '*' as $$
    delete from ticket_locks l where l.user_id = p_user returning l.site_id, l.ticket_id
$$;

-- Whoever has left the desk writes in no ticket.
create or replace function session_ended() returns trigger language plpgsql set app.sites = '*' as $$
begin
    if not exists (select from sessions s where s.user_id = new.user_id and s.ended_at is null and s.expires_at > now()) then
        delete from ticket_locks l where l.user_id = new.user_id;
    end if;
    return null;
end $$;

create or replace trigger sessions_ended after update of ended_at on sessions for each row
    when (old.ended_at is null and new.ended_at is not null) execute function session_ended();

-- The statuses and steps a site begins with (B25-24); `tickets::rules::TRANSITIONS` says the same.
create or replace function site_gets_statuses(p_site uuid) returns void language plpgsql set app.sites = '*' as $$
begin
    insert into statuses (site_id, key, label, color, position, kind)
    values (p_site, 'new', 'Yeni', 'orange', 1, 'new'),
           (p_site, 'open', 'Açık', 'blue', 2, 'open'),
           (p_site, 'waiting_reply', 'Yanıt Bekleniyor', 'blue', 3, 'waiting'),
           (p_site, 'pending', 'Beklemede', 'orange', 4, 'waiting'),
           (p_site, 'resolved', 'Çözüldü', 'green', 5, 'resolved'),
           (p_site, 'closed', 'Kapatıldı', 'gray', 6, 'closed')
    on conflict do nothing;
    insert into status_transitions (site_id, from_key, to_key)
    values (p_site, 'new', 'open'), (p_site, 'new', 'pending'), (p_site, 'new', 'closed'),
           (p_site, 'open', 'waiting_reply'), (p_site, 'open', 'pending'), (p_site, 'open', 'resolved'),
           (p_site, 'open', 'closed'), (p_site, 'waiting_reply', 'open'), (p_site, 'waiting_reply', 'resolved'),
           (p_site, 'pending', 'open'), (p_site, 'pending', 'resolved'), (p_site, 'resolved', 'open'),
           (p_site, 'resolved', 'closed')
    on conflict do nothing;
end $$;

create or replace function site_has_statuses() returns trigger language plpgsql as $$
begin
    perform site_gets_statuses(new.id);
    return null;
end $$;

create or replace trigger sites_statuses after insert on sites for each row execute function site_has_statuses();

do $$
begin
    perform set_config('app.sites', '*', true);
    perform site_gets_statuses(s.id) from sites s where not exists (select from statuses t where t.site_id = s.id);
    perform set_config('app.sites', '', true);
end $$;

-- What a ticket that somebody asks for refers to, in one question: whether its department and category are the site's,
-- and whether its sender is banned there.
create or replace function ticket_draft_check(p_site uuid, p_department uuid, p_category uuid, p_email text)
returns table (department boolean, category boolean, banned boolean) language sql stable set app.sites = '*' as $$
    select p_department is null or exists (select from departments d where d.site_id = p_site and d.id = p_department),
           p_category is null or exists (select from ticket_categories c where c.site_id = p_site and c.id = p_category),
           p_email is not null and (
               exists (select from visitors v where v.site_id = p_site and v.email = p_email and v.is_banned)
               or exists (select from users u where u.email = p_email and u.site_id = p_site and u.is_banned))
$$;
