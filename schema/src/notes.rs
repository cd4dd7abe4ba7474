//! The rows that acts write beside their own: audit entries, outbound mails, jobs. As columns, one array each:
//! Postgres reads arrays many times faster than documents.

use crate::audit::Entry;
use crate::mail::NewMail;
use crate::sql::{Binds, Statement};
use diesel::sql_types::{Array, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use jobs::NewJob;
use serde_json::Value;

/// The call that [`bind`] fills: three functions, 29 columns.
pub(crate) const CALL: &str = "audit_note(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?), \
    mail_note(?, ?, ?, ?, ?, ?, ?, ?, ?), ledger_note(?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Binds the columns of [`CALL`].
pub(crate) fn bind<'a, B: Binds + 'a>(
    statement: Statement<B>,
    audits: &'a [Entry],
    mails: &'a [NewMail],
    jobs: &'a [NewJob],
) -> Statement<impl Binds + use<'a, B>> {
    bind_jobs(bind_mails(bind_audits(statement, audits), mails), jobs)
}

fn bind_audits<'a, B: Binds + 'a>(
    statement: Statement<B>,
    rows: &'a [Entry],
) -> Statement<impl Binds + use<'a, B>> {
    statement
        .bind::<Array<SqlUuid>, _>(column(rows, |row| row.id))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(rows, Entry::tenant))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(rows, |row| row.actor_id.map(|id| id.0)))
        .bind::<Array<Text>, _>(column(rows, |row| row.action))
        .bind::<Array<Text>, _>(column(rows, |row| row.target_type))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(rows, |row| row.target_id))
        .bind::<Array<Nullable<Jsonb>>, _>(column(rows, |row| some(&row.details)))
        .bind::<Array<Nullable<Jsonb>>, _>(column(rows, |row| some(&row.changes)))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.ip_address.map(|ip| ip.to_string())))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.user_agent.as_deref()))
        .bind::<Array<Timestamptz>, _>(column(rows, |row| row.created_at))
}

fn bind_mails<'a, B: Binds + 'a>(
    statement: Statement<B>,
    rows: &'a [NewMail],
) -> Statement<impl Binds + use<'a, B>> {
    statement
        .bind::<Array<SqlUuid>, _>(column(rows, |row| row.id.0))
        .bind::<Array<SqlUuid>, _>(column(rows, |row| row.site_id.0))
        .bind::<Array<SqlUuid>, _>(column(rows, |row| row.ticket_id.0))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(rows, |row| row.reply_id))
        .bind::<Array<Text>, _>(column(rows, |row| row.template.key()))
        .bind::<Array<Text>, _>(column(rows, |row| row.to_address.as_str()))
        .bind::<Array<Text>, _>(column(rows, |row| row.to_name.as_str()))
        .bind::<Array<Jsonb>, _>(column(rows, |row| &row.facts))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.in_reply_to.as_deref()))
}

pub(crate) fn bind_jobs<'a, B: Binds + 'a>(
    statement: Statement<B>,
    rows: &'a [NewJob],
) -> Statement<impl Binds + use<'a, B>> {
    statement
        .bind::<Array<SqlUuid>, _>(column(rows, |row| row.id.0))
        .bind::<Array<Text>, _>(column(rows, |row| row.kind))
        .bind::<Array<Text>, _>(column(rows, |row| row.queue.name()))
        .bind::<Array<SqlUuid>, _>(column(rows, |row| row.site_id.0))
        .bind::<Array<Jsonb>, _>(column(rows, |row| &row.payload))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.trace_id.as_deref()))
        .bind::<Array<Nullable<Timestamptz>>, _>(column(rows, |row| row.run_at))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.dedupe_key.as_deref()))
        .bind::<Array<SmallInt>, _>(column(rows, |row| row.attempts_max))
}

pub(crate) fn column<'a, T, V>(rows: &'a [T], value: impl Fn(&'a T) -> V) -> Vec<V> {
    rows.iter().map(value).collect()
}

/// Nothing to say is no value, not the value null.
fn some(value: &Value) -> Option<&Value> {
    Some(value).filter(|value| !value.is_null())
}
