//! A ticket's card, with all that a row of a list shows (B21-17), and its record.

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jobs::{SiteId, TicketId};
use serde_json::Value;
use std::sync::LazyLock;
use uuid::Uuid;

/// What a list or board shows of a ticket.
#[derive(Clone, Debug, PartialEq, QueryableByName)]
pub struct Card {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub ticket_number: i64,
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// The message's first 200 characters.
    #[diesel(sql_type = Text)]
    pub excerpt: String,
    #[diesel(sql_type = Text)]
    pub visitor_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub visitor_email: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub visitor_phone: Option<String>,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Text)]
    pub status_label: String,
    #[diesel(sql_type = Text)]
    pub status_color: String,
    #[diesel(sql_type = Text)]
    pub status_kind: String,
    #[diesel(sql_type = Text)]
    pub priority: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub department_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    pub department_name: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub category_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    pub category_name: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub agent_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    pub agent_name: Option<String>,
    #[diesel(sql_type = Text)]
    pub source: String,
    #[diesel(sql_type = Array<Text>)]
    pub tags: Vec<String>,
    #[diesel(sql_type = Bool)]
    pub has_attachments: bool,
    /// The name of whoever is writing in it.
    #[diesel(sql_type = Nullable<Text>)]
    pub locked_by: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sla_due_date: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    pub sla_breached: bool,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub resolved_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub closed_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub merged_into: Option<Uuid>,
    /// Grows with every change.
    #[diesel(sql_type = BigInt)]
    pub version: i64,
    /// Where somebody put it in its column.
    #[diesel(sql_type = Nullable<Text>)]
    pub board_rank: Option<String>,
}

/// The columns of a [`Card`], of `t` and [`JOINS`].
pub(crate) const CARD: &str = "t.id, t.site_id, t.ticket_number, t.reference::text as reference, t.subject,
    left(t.message, 200) as excerpt, t.visitor_name, t.visitor_email::text as visitor_email,
    t.visitor_phone::text as visitor_phone, t.status::text as status, coalesce(ts.label, t.status) as status_label,
    coalesce(ts.color, 'gray')::text as status_color, t.status_kind::text as status_kind, t.priority::text as priority,
    t.department_id, td.name as department_name, t.category_id, tc.name as category_name, t.agent_id,
    tu.name::text as agent_name, t.source::text as source,
    array(select g.tag::text from ticket_tags g where g.ticket_id = t.id order by g.tag) as tags,
    coalesce((select true from ticket_attachments a where a.ticket_id = t.id limit 1), false) as has_attachments,
    (select l.owner from ticket_locks l where l.ticket_id = t.id and l.expires_at > now()) as locked_by,
    t.sla_due_date, t.sla_breached, t.created_at, t.updated_at, t.resolved_at, t.closed_at, t.merged_into, t.version,
    t.board_rank";

/// What the names in a [`Card`] are joined from.
pub(crate) const JOINS: &str = "left join statuses ts on ts.site_id = t.site_id and ts.key = t.status
    left join departments td on td.id = t.department_id
    left join ticket_categories tc on tc.id = t.category_id
    left join users tu on tu.id = t.agent_id";

/// A ticket's own columns (A8-01), with the names of what they refer to.
#[derive(Clone, Debug, PartialEq, QueryableByName)]
pub struct Record {
    #[diesel(embed)]
    pub card: Card,
    #[diesel(sql_type = Text)]
    pub message: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub visitor_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    #[diesel(sql_type = Jsonb)]
    pub custom_fields: Value,
    /// Of the desk, for the desk.
    #[diesel(sql_type = Nullable<Text>)]
    pub notes: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub form_submission_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    pub sla_breach_notified: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sla_breach_time: Option<DateTime<Utc>>,
}

/// A ticket's record; none if the site has no such ticket.
///
/// # Errors
/// The database is away.
pub async fn record(tx: &mut Tx, site: SiteId, ticket: TicketId) -> DbResult<Option<Record>> {
    find_record(tx.conn(), site, ticket).await
}

/// As [`record`], beside other questions.
pub(super) async fn find_record(
    conn: &AsyncPgConnection,
    site: SiteId,
    ticket: TicketId,
) -> DbResult<Option<Record>> {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        format!(
            "select {CARD}, t.message, t.visitor_id, t.user_id, t.custom_fields, t.notes, t.form_submission_id,
                 t.sla_breach_notified, t.sla_breach_time
             from tickets t {JOINS} where t.site_id = ? and t.id = ?"
        )
    });
    let rows: Vec<Record> =
        sql(&TEXT).bind::<SqlUuid, _>(site.0).bind::<SqlUuid, _>(ticket.0).get_results(&mut { conn }).await?;
    Ok(rows.into_iter().next())
}
