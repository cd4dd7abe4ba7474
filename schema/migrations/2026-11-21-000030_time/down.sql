drop index tickets_paused;
drop index tickets_due;
alter table tickets drop column sla_paused_at, drop column sla_remaining_seconds, drop column sla_paused_seconds;
create index tickets_due on tickets (sla_due_date)
    where sla_due_date is not null and not sla_breached and status not in ('resolved', 'closed');
drop table sla_pause_statuses;
alter table holidays drop column until_minute;
