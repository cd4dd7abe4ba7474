-- Who is calling, and what their site is like. Read with the system's scope: the site is not known before.

create or replace function site_of_key(p_hash bytea) returns setof uuid language sql stable set app.sites = '*' as $$
    select k.site_id from api_keys k join sites s on s.id = k.site_id
    where k.key_hash = p_hash and k.revoked_at is null and s.is_active
$$;

create or replace function site_of_address(p_addresses text[]) returns setof uuid
language sql stable set app.sites = '*' as $$
    select a.site_id from site_addresses a join sites s on s.id = a.site_id
    join unnest(p_addresses) with ordinality as given(address, place) on given.address = a.address
    where s.is_active order by given.place limit 1
$$;

create or replace function site_default() returns setof uuid language sql stable set app.sites = '*' as $$
    select id from sites where is_default and is_active
$$;

-- What tells whether settings that a caller keeps are still the site's; nothing for a site that is switched off.
create or replace function site_version(p_site uuid) returns setof bigint language sql stable set app.sites = '*' as $$
    select settings_version from sites where id = p_site and is_active
$$;

-- Everything callers keep of a site, as one document; nothing for a site that is unknown or switched off.
create or replace function site_snapshot(p_site uuid) returns setof json language sql stable set app.sites = '*' as $$
    select json_build_object(
        'id', s.id, 'version', s.settings_version, 'name', s.name, 'timezone', s.timezone,
        'support_team_name', s.support_team_name, 'mail_from', s.mail_from,
        'default_language', coalesce((select o.value #>> '{}' from admin_settings o
                                      where o.site_id = s.id and o.key = 'default_language'), 'tr'),
        'support_addresses', array(select a.address from site_addresses a where a.site_id = s.id
                                   order by a.created_at, a.address),
        'week', coalesce((select json_agg(json_build_object('day', day_of_week, 'start', start_minute, 'end', end_minute)
                                 order by day_of_week, start_minute)
                          from business_hours where site_id = s.id), '[]'),
        'dates', coalesce((select json_agg(json_build_object('date', h.date, 'name', h.name,
                               'is_working', h.is_working, 'until', h.until_minute,
                               'hours', coalesce((select json_agg(json_build_object('start', x.start_minute,
                                                                                    'end', x.end_minute)
                                                                  order by x.start_minute)
                                                  from holiday_hours x where x.holiday_id = h.id), '[]')))
                           from holidays h where h.site_id = s.id), '[]'),
        'targets', coalesce((select json_object_agg(priority, minutes) from sla_targets where site_id = s.id), '{}'),
        'pauses', coalesce((select json_agg(status order by status) from sla_pause_statuses where site_id = s.id), '[]'))
    from sites s where s.id = p_site and s.is_active
$$;
