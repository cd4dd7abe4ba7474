create or replace trigger admin_settings_settings after insert or update or delete on admin_settings
    for each row execute function site_settings_changed();

-- Nobody rewrites the log. What remains is the owner's: setting the actor to null when a user is deleted.
revoke update, delete, truncate on audit_logs from asisttr_app;

-- Lists whose filters may or may not be given: the statement is made of those that are, so that each finds the index
-- it has. How many rows there are, and the ids of one page.
create or replace function users_find(p_site uuid, p_roles text[], p_department uuid, p_active boolean, p_name text,
    p_email text, p_limit bigint, p_offset bigint)
returns table (total bigint, ids uuid[]) language plpgsql stable as $$
declare
    wanted text := concat_ws(' and ', 'true',
        case when p_site is not null then 'site_id = $1' end,
        case when p_roles is not null then 'role = any($2)' end,
        case when p_department is not null then 'department_id = $3' end,
        case when p_active is not null then 'is_active = $4' end,
        case when p_name is not null then
            '(strpos(lower(translate(name, ''Iİ'', ''ıi'')), $5) > 0 or strpos(email, $6) > 0)' end);
begin
    execute 'select count(*) from users where ' || wanted into total
        using p_site, p_roles, p_department, p_active, p_name, p_email;
    execute 'select array(select id from users where ' || wanted || ' order by name, id limit $7 offset $8)' into ids
        using p_site, p_roles, p_department, p_active, p_name, p_email, p_limit, p_offset;
    return next;
end $$;

-- The least id that the ids made at an instant have (version 7: their first 48 bits are milliseconds).
create or replace function uuid_from(p_at timestamptz) returns uuid language sql immutable parallel safe as $$
    select (lpad(to_hex(greatest(0, floor(extract(epoch from p_at) * 1000))::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- A site's entries go by their time. Those of all sites go by their ids, which are of the same order within what a
-- request takes: no index by time alone has to be kept for the few who read them.
--
-- The total is counted up to p_total_max.
create or replace function audit_find(p_site uuid, p_action text, p_type text, p_target uuid, p_actor uuid,
    p_from timestamptz, p_to timestamptz, p_before_at timestamptz, p_before uuid, p_limit bigint, p_offset bigint,
    p_total_max bigint)
returns table (total bigint, ids uuid[]) language plpgsql stable as $$
declare
    arrivals boolean := coalesce(p_action, 'CREATE') = 'CREATE' and coalesce(p_type, 'ticket') = 'ticket';
    wanted text := concat_ws(' and ', 'true',
        case when p_site is not null then 'site_id = $1' end,
        case when p_action is not null then 'action = $2' end,
        case when p_action is not null and not arrivals then
            '(action <> ''CREATE'' or target_type is distinct from ''ticket'')' end,
        case when p_type is not null then 'target_type = $3' end,
        case when p_type <> 'ticket' then 'target_type is distinct from ''ticket''' end,
        case when p_target is not null then 'target_id = $4' end,
        case when p_actor is not null then 'actor_id = $5' end,
        case when p_from is not null then 'created_at >= $6' end,
        case when p_to is not null then 'created_at < $7' end,
        case when p_site is null and p_from is not null then 'id >= uuid_from($6 - interval ''1 day'')' end,
        case when p_site is null and p_to is not null then 'id < uuid_from($7 + interval ''1 day'')' end);
    older text := case when p_before is null then ''
                       when p_site is null then ' and id < $9'
                       else ' and (created_at, id) < ($8, $9)' end;
    newest text := case when p_site is null then 'id desc' else 'created_at desc, id desc' end;
begin
    execute 'select count(*) from (select from audit_logs where ' || wanted || ' limit $12) found' into total
        using p_site, p_action, p_type, p_target, p_actor, p_from, p_to, p_before_at, p_before, p_limit, p_offset,
              p_total_max;
    execute 'select array(select id from audit_logs where ' || wanted || older || ' order by ' || newest
            || ' limit $10 offset $11)' into ids
        using p_site, p_action, p_type, p_target, p_actor, p_from, p_to, p_before_at, p_before, p_limit, p_offset;
    return next;
end $$;

-- Who did it, also where that is somebody above all sites. The addresses of those are nobody else's business.
create or replace function audit_actors(p_ids uuid[], p_all boolean)
returns table (id uuid, name text, email text) language sql stable set app.sites = '*' as $$
    select u.id, u.name::text, case when p_all or u.role <> 'superadmin' then u.email::text end
    from users u where u.id = any(p_ids)
$$;

-- Takes away some of what belongs to a deleted site, and says how much; 0 when there is nothing left but the site
-- itself and its log. Tables that name others come before those, so that nothing is emptied row by row from afar.
-- A table made tomorrow is found by its column.
create or replace function site_remove(p_site uuid, p_rows bigint) returns bigint
language plpgsql set app.sites = '*' as $$
declare
    one record;
    gone bigint;
begin
    for one in
        with recursive depths(relation, depth) as (
            select 'sites'::regclass::oid, 0
            union
            select k.conrelid, d.depth + 1 from pg_constraint k join depths d on k.confrelid = d.relation
            where k.contype = 'f' and k.conrelid <> k.confrelid and d.depth < 12
        )
        select c.relname as name from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'site_id' and not a.attisdropped
        left join depths d on d.relation = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'audit_logs'
        group by c.relname order by max(coalesce(d.depth, 99)) desc, c.relname
    loop
        execute format('delete from %1$I where ctid = any(array(
                            select ctid from %1$I where site_id = $1 limit $2 for update skip locked))', one.name)
            -- With a user go his sessions and his name in the log.
            using p_site, case when one.name = 'users' then greatest(1, p_rows / 50) else p_rows end;
        get diagnostics gone = row_count;
        if gone > 0 then
            return gone;
        end if;
    end loop;
    return 0;
end $$;
