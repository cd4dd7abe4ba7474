-- Working time: several intervals a day, dated exceptions, and the hours promised per priority.

create table business_hours (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    -- 0 is Sunday. Minutes of the wall clock in the site's zone; 1440 is midnight at the end of the day.
    day_of_week smallint not null check (day_of_week between 0 and 6),
    start_minute smallint not null check (start_minute between 0 and 1439),
    end_minute smallint not null check (end_minute between 1 and 1440),
    check (start_minute < end_minute),
    unique (site_id, day_of_week, start_minute)
);

create table holidays (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    date date not null,
    name text not null,
    -- True: the weekday's normal hours apply, or those of holiday_hours if there are any.
    is_working boolean not null default false,
    unique (site_id, date)
);

create table holiday_hours (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    holiday_id uuid not null references holidays on delete cascade,
    start_minute smallint not null check (start_minute between 0 and 1439),
    end_minute smallint not null check (end_minute between 1 and 1440),
    check (start_minute < end_minute),
    unique (holiday_id, start_minute)
);
create index holiday_hours_site on holiday_hours (site_id);

create table sla_targets (
    site_id uuid not null references sites on delete cascade,
    priority varchar(20) not null check (priority in ('low', 'normal', 'high', 'urgent')),
    minutes integer not null check (minutes > 0),
    primary key (site_id, priority)
);
