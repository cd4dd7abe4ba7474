-- Half days, which end their weekday's hours early; and clocks that stand still while somebody else is awaited.

alter table holidays
    -- The weekday's normal hours hold up to this minute.
    add column until_minute smallint check (until_minute between 1 and 1440),
    add constraint holidays_half_day_is_worked check (until_minute is null or is_working);

create table sla_pause_statuses (
    site_id uuid not null references sites on delete cascade,
    status varchar(50) not null,
    primary key (site_id, status)
);

alter table tickets
    -- Since when the clock stands still, and how much working time was left then.
    add column sla_paused_at timestamptz,
    add column sla_remaining_seconds bigint check (sla_remaining_seconds >= 0),
    -- Working time it stood still before; a new priority grants it again.
    add column sla_paused_seconds bigint not null default 0 check (sla_paused_seconds >= 0),
    add constraint tickets_pause_is_whole check ((sla_paused_at is null) = (sla_remaining_seconds is null));

drop index tickets_due;
create index tickets_due on tickets (sla_due_date)
    where sla_due_date is not null and sla_paused_at is null and not sla_breached
        and status not in ('resolved', 'closed');
create index tickets_paused on tickets (site_id, status) where sla_paused_at is not null;
