//! Everything about one ticket, for one reader.

use super::card::{Record, find_record};
use super::parts::{Attachment, Link, attachments, links, participants, steps};
use super::replies::{REPLIES_MAX, RepliesPage, find_replies};
use crate::mail::bodies::{self, Body};
use crate::people::rules::Role;
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::locks::{self, Lock};
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jobs::{SiteId, TicketId, UserId};

/// Who reads.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    pub user_id: UserId,
    pub role: Role,
}

/// A ticket with what hangs on it. A customer gets no notes of the desk's.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    pub record: Record,
    pub replies: RepliesPage,
    pub attachments: Vec<Attachment>,
    pub participants: Vec<String>,
    pub links: Vec<Link>,
    /// The statuses the reader may give it.
    pub steps: Vec<String>,
    pub lock: Option<Lock>,
    /// What the mail looked like that it was made of.
    pub body: Option<Body>,
}

impl Reader {
    /// Whether the desk's own notes are for him.
    #[must_use]
    pub fn is_staff(self) -> bool {
        self.role > Role::Customer
    }

    /// Staff read their site's tickets, a customer those that are his.
    #[must_use]
    pub fn may_read(self, record: &Record) -> bool {
        self.is_staff() || record.user_id == Some(self.user_id.0)
    }
}

/// A ticket of a site; none that its reader may not read.
///
/// # Errors
/// The database is away.
pub async fn find_detail(
    db: &Db,
    site: SiteId,
    ticket: TicketId,
    reader: Reader,
    now: DateTime<Utc>,
) -> DbResult<Option<Detail>> {
    let reading = db.read(Scope::Site(site)).await?;
    let conn = reading.conn();
    let found = reading.ask(async {
        let Some(mut detail) = find(conn, site, ticket, reader).await? else { return Ok(None) };
        add_the_rare(conn, &mut detail, site, reader, now).await?;
        Ok(Some(detail))
    });
    let found = found.await?;
    reading.end();
    Ok(found)
}

/// What every ticket may have, asked for at once.
async fn find(
    conn: &AsyncPgConnection,
    site: SiteId,
    ticket: TicketId,
    reader: Reader,
) -> DbResult<Option<Detail>> {
    let staff = reader.is_staff();
    let of_desk = async {
        if !staff {
            return Ok(Default::default());
        }
        let (people, others) = (participants(conn, site, ticket), links(conn, site, ticket));
        tokio::try_join!(people, others, steps(conn, site, ticket, reader.role.as_str()))
    };
    let replies = find_replies(conn, site, ticket, staff, None, REPLIES_MAX / 2);
    let (record, replies, (participants, links, steps)) =
        tokio::try_join!(find_record(conn, site, ticket), replies, of_desk)?;
    let Some(mut record) = record.filter(|record| reader.may_read(record)) else { return Ok(None) };
    let lock = None;
    if !staff {
        record.notes = None;
        record.card.tags.clear();
        record.card.locked_by = None;
    }
    Ok(Some(Detail { record, replies, attachments: vec![], participants, links, steps, lock, body: None }))
}

/// What the record of few tickets names.
async fn add_the_rare(
    conn: &AsyncPgConnection,
    detail: &mut Detail,
    site: SiteId,
    reader: Reader,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let (ticket, card) = (TicketId(detail.record.card.id), &detail.record.card);
    let files = async {
        match card.has_attachments {
            true => attachments(conn, site, ticket, reader.is_staff()).await,
            false => Ok(Vec::new()),
        }
    };
    let body = async {
        match card.source.as_str() {
            "email" => bodies::find(conn, site, &[ticket.0]).await,
            _ => Ok(Vec::new()),
        }
    };
    let lock = async {
        match card.locked_by {
            Some(_) => locks::holder(conn, site, ticket.0, now).await,
            None => Ok(None),
        }
    };
    let (attachments, bodies, lock) = tokio::try_join!(files, body, lock)?;
    (detail.attachments, detail.lock) = (attachments, lock);
    detail.body = bodies.into_iter().next().map(|(_, body)| body);
    Ok(())
}

#[derive(QueryableByName)]
struct Readable {
    #[diesel(sql_type = Bool)]
    is_readable: bool,
}

/// Whether there is such a ticket, for this reader.
///
/// # Errors
/// The database is away.
pub async fn is_readable(tx: &mut Tx, site: SiteId, ticket: TicketId, reader: Reader) -> DbResult<bool> {
    let row: Readable =
        sql("select exists (select from tickets where site_id = ? and id = ? and (? or user_id = ?))
         as is_readable")
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(ticket.0)
        .bind::<Bool, _>(reader.is_staff())
        .bind::<SqlUuid, _>(reader.user_id.0)
        .get_result(tx.conn())
        .await?;
    Ok(row.is_readable)
}
