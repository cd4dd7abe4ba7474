alter table mail_outbox
    alter column state type varchar(10),
    add constraint mail_outbox_state_check check (state in ('pending', 'sending', 'sent', 'failed', 'unknown'));

alter table tickets
    alter column priority type varchar(20),
    alter column source type varchar(20),
    alter column board_rank type text collate "C",
    alter column sla_remaining_seconds type bigint,
    alter column sla_paused_seconds type bigint,
    add constraint tickets_priority_check check (priority in ('low', 'normal', 'high', 'urgent')),
    add constraint tickets_source_check
        check (source in ('email', 'dynamic_form', 'widget', 'support_form', 'chat', 'agent', 'api')),
    add constraint tickets_board_rank_check check (length(board_rank) <= 200),
    add constraint tickets_sla_remaining_seconds_check check (sla_remaining_seconds >= 0),
    add constraint tickets_sla_paused_seconds_check check (sla_paused_seconds >= 0),
    add constraint tickets_status_kind_check check (status_kind in ('new', 'open', 'waiting', 'resolved', 'closed'));

drop domain outbox_state, working_seconds, ticket_source, ticket_priority;
