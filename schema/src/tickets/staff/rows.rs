//! A ticket as the family shows it.

use crate::pool::{Db, DbResult, Scope};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use uuid::Uuid;

/// One ticket with its people and its file.
#[derive(Clone, Debug, QueryableByName)]
pub struct StaffTicket {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Text)]
    pub visitor_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub visitor_email: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub visitor_phone: Option<String>,
    #[diesel(sql_type = Text)]
    pub subject: String,
    #[diesel(sql_type = Text)]
    pub message: String,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    pub user_email: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub agent_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    pub agent_email: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub file_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    pub file_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub notes: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub resolved_at: Option<DateTime<Utc>>,
}

/// Its columns, from a ticket `t`.
macro_rules! staff_columns {
    () => {
        "t.id, t.reference::text as reference, t.visitor_name, t.visitor_email::text as visitor_email,
         t.visitor_phone::text as visitor_phone, t.subject, t.message, t.status::text as status, t.user_id,
         u.email::text as user_email, t.agent_id, a.email::text as agent_email, f.id as file_id, f.file_name, t.notes,
         t.created_at, t.updated_at, t.resolved_at"
    };
}
/// Who and what stands beside a ticket `t`.
macro_rules! staff_joins {
    () => {
        "left join users u on u.id = t.user_id left join users a on a.id = t.agent_id
         left join lateral (select f.id, f.file_name from ticket_attachments f
             where f.ticket_id = t.id and f.reply_id is null and f.storage_key is not null
             order by f.created_at desc, f.id desc limit 1) f on true"
    };
}
pub(super) use {staff_columns, staff_joins};

/// A ticket by its id or its reference; none if the site has no such ticket.
///
/// # Errors
/// The database is away.
pub async fn find(db: &Db, site: SiteId, name: &str) -> DbResult<Option<StaffTicket>> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let rows: Vec<StaffTicket> = match name.parse::<Uuid>() {
        Ok(id) => {
            sql(concat!(
                "select ",
                staff_columns!(),
                " from tickets t ",
                staff_joins!(),
                " where t.site_id = ? and t.id = ?"
            ))
            .bind::<SqlUuid, _>(site.0)
            .bind::<SqlUuid, _>(id)
            .get_results(tx.conn())
            .await?
        }
        Err(_) => {
            sql(concat!(
                "select ",
                staff_columns!(),
                " from tickets t ",
                staff_joins!(),
                " where t.site_id = ? and t.reference = ?"
            ))
            .bind::<SqlUuid, _>(site.0)
            .bind::<Text, _>(name)
            .get_results(tx.conn())
            .await?
        }
    };
    tx.commit().await?;
    Ok(rows.into_iter().next())
}

/// A ticket's file: where it lies, what it is, what it is called.
#[derive(Clone, Debug, QueryableByName)]
pub struct StoredFile {
    #[diesel(sql_type = Text)]
    pub storage_key: String,
    #[diesel(sql_type = Text)]
    pub content_type: String,
    #[diesel(sql_type = Text)]
    pub file_name: String,
}

/// # Errors
/// The database is away.
pub async fn find_attachment(db: &Db, site: SiteId, id: Uuid) -> DbResult<Option<StoredFile>> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let rows: Vec<StoredFile> = sql("select storage_key, content_type, file_name from ticket_attachments
        where site_id = ? and id = ? and storage_key is not null")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(rows.into_iter().next())
}
