-- Lists by due date: what is still to be done, site by site. The sweep of deadlines goes along what it has not marked yet.
drop index tickets_due;
create index tickets_due on tickets (site_id, sla_breached, sla_due_date, id desc)
    where sla_due_date is not null and status_kind not in ('resolved', 'closed');
-- Lists by last change. A ticket that was never changed is found by its age: taking tickets in writes nothing here.
create index tickets_changed on tickets (site_id, updated_at desc, id desc) where updated_at <> created_at;
