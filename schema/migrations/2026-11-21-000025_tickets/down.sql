drop table ticket_search_progress;
drop table ticket_grams;
drop table ticket_search;
drop table ticket_merges;
drop table ticket_follow_ups;
drop table ticket_templates;
drop table ticket_locks;
drop table ticket_tags;
drop table status_transitions;
drop table statuses;
drop function if exists ticket_before_change, ticket_follows, site_has_statuses, session_ended cascade;
drop index ticket_attachments_reply, tickets_merged, tickets_user, tickets_ranked, tickets_breached, tickets_category,
    tickets_department, tickets_unassigned, tickets_agent, tickets_site_status, tickets_site_created, tickets_resolved,
    tickets_due;
drop trigger if exists tickets_holder_update on tickets;
alter table tickets drop column merged_into, drop column board_rank, drop column version, drop column status_kind;
create index tickets_site_created on tickets (site_id, created_at desc);
create index tickets_agent on tickets (agent_id) where agent_id is not null;
create index tickets_due on tickets (sla_due_date)
    where sla_due_date is not null and not sla_breached and status not in ('resolved', 'closed');
create index tickets_resolved on tickets (resolved_at) where status = 'resolved';
