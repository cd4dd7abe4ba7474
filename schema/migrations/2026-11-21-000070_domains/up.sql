-- The checks of a table are read and planned anew by every statement that writes it, those of a domain once a connection.
-- They were a seventh of what a ticket coming in cost.
create domain ticket_priority as varchar(20) check (value in ('low', 'normal', 'high', 'urgent'));
create domain ticket_source as varchar(20)
    check (value in ('email', 'dynamic_form', 'widget', 'support_form', 'chat', 'agent', 'api'));
create domain working_seconds as bigint check (value >= 0);
create domain outbox_state as varchar(10) check (value in ('pending', 'sending', 'sent', 'failed', 'unknown'));

alter table tickets
    drop constraint tickets_priority_check,
    drop constraint tickets_source_check,
    drop constraint tickets_board_rank_check,
    drop constraint tickets_sla_remaining_seconds_check,
    drop constraint tickets_sla_paused_seconds_check,
    -- A trigger takes it from the status and lets nobody else write it.
    drop constraint tickets_status_kind_check,
    alter column priority type ticket_priority,
    alter column source type ticket_source,
    alter column board_rank type varchar(200) collate "C",
    alter column sla_remaining_seconds type working_seconds,
    alter column sla_paused_seconds type working_seconds;

alter table mail_outbox
    drop constraint mail_outbox_state_check,
    alter column state type outbox_state;
