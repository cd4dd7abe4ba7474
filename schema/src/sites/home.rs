//! The site a record belongs to: for whoever may act on every site and names only the record.

use crate::pool::{Db, DbResult};
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use uuid::Uuid;

/// What kind of record an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    User,
    Department,
    Team,
    CannedResponse,
    Tag,
    ApiKey,
    Ticket,
    Attachment,
    Template,
    Category,
    Status,
    Transition,
    Holiday,
    Mailbox,
    Mail,
    Outbound,
}

impl Home {
    const fn table(self) -> &'static str {
        match self {
            Home::User => "users",
            Home::Department => "departments",
            Home::Team => "teams",
            Home::CannedResponse => "canned_responses",
            Home::Tag => "chat_tags",
            Home::ApiKey => "api_keys",
            Home::Ticket => "tickets",
            Home::Attachment => "ticket_attachments",
            Home::Template => "ticket_templates",
            Home::Category => "ticket_categories",
            Home::Status => "statuses",
            Home::Transition => "status_transitions",
            Home::Holiday => "holidays",
            Home::Mailbox => "mailboxes",
            Home::Mail => "mail_messages",
            Home::Outbound => "mail_outbox",
        }
    }
}

#[derive(QueryableByName)]
struct SiteRow {
    #[diesel(sql_type = SqlUuid)]
    site_id: Uuid,
}

/// The site of a record; none if there is no such record, or it belongs to no site.
///
/// # Errors
/// The database is away.
pub async fn home(db: &Db, kind: Home, id: Uuid) -> DbResult<Option<SiteId>> {
    let mut conn = db.conn().await?;
    let find = sql("select s as site_id from home_of(?, ?) as s");
    let find = find.bind::<Text, _>(kind.table()).bind::<SqlUuid, _>(id);
    let rows: Vec<SiteRow> = find.get_results(&mut **conn).await?;
    Ok(rows.into_iter().next().map(|row| SiteId(row.site_id)))
}
