-- Who calls: asked for every signed-in request, so that a deactivation or an ended session counts with the next one.
create or replace function caller(p_user uuid, p_session uuid, p_idle interval)
returns table (site_id uuid, name text, email text, role text, department_id uuid, is_active boolean,
               is_banned boolean, must_change_password boolean, is_signed_in boolean, granted text[])
language plpgsql set app.sites = '*' as $$
#variable_conflict use_column
begin
    update sessions s set last_seen_at = now()
    where s.id = p_session and s.ended_at is null and s.last_seen_at < now() - interval '1 minute'
      and s.last_seen_at > now() - p_idle;
    return query
    select u.site_id, u.name::text, u.email::text, u.role::text, u.department_id,
           u.is_active and coalesce(t.is_active, true), u.is_banned, u.must_change_password,
           s.id is not null and s.ended_at is null and s.expires_at > now() and s.last_seen_at > now() - p_idle,
           (select coalesce(array_agg(p.permission::text), '{}') from permissions p
            where p.role = u.role and (p.allowed or p.role = 'superadmin'))
    from users u
    left join sites t on t.id = u.site_id
    left join sessions s on s.id = p_session and s.user_id = u.id
    where u.id = p_user;
end $$;

-- The site a record belongs to, for whoever may act on all of them.
create or replace function home_of(p_table text, p_id uuid) returns setof uuid
language plpgsql set app.sites = '*' as $$
begin
    return query execute format('select site_id from %I where id = $1 and site_id is not null', p_table) using p_id;
end $$;
