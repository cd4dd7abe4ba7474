drop index tickets_changed;
drop index tickets_due;
create index tickets_due on tickets (sla_due_date)
    where sla_due_date is not null and sla_paused_at is null and not sla_breached
        and status_kind not in ('resolved', 'closed');
