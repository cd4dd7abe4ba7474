//! Everything about one ticket, for one reader.

use super::card::{Record, record};
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
use diesel_async::RunQueryDsl;
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
    let mut tx = db.begin(Scope::Site(site)).await?;
    let found = record(&mut tx, site, ticket).await?.filter(|record| reader.may_read(record));
    let Some(mut record) = found else {
        tx.rollback().await;
        return Ok(None);
    };
    let staff = reader.is_staff();
    let replies = find_replies(&mut tx, site, ticket, staff, None, REPLIES_MAX / 2).await?;
    // Most tickets have none: the record knows.
    let attachments = match record.card.has_attachments {
        true => attachments(&mut tx, site, ticket, staff).await?,
        false => Vec::new(),
    };
    let mut detail = Detail {
        replies,
        attachments,
        participants: vec![],
        links: vec![],
        steps: vec![],
        lock: None,
        body: None,
        record: record.clone(),
    };
    if record.card.source == "email" {
        let found = bodies::find(&mut tx, site, &[ticket.0]).await?;
        detail.body = found.into_iter().next().map(|(_, body)| body);
    }
    if staff {
        detail.participants = participants(&mut tx, site, ticket).await?;
        detail.links = links(&mut tx, site, ticket).await?;
        detail.steps = steps(&mut tx, site, &record.card.status, reader.role.as_str()).await?;
        if record.card.locked_by.is_some() {
            detail.lock = locks::holder(&mut tx, site, ticket.0, now).await?;
        }
    } else {
        record.notes = None;
        record.card.tags.clear();
        record.card.locked_by = None;
        detail.record = record;
    }
    tx.commit().await?;
    Ok(Some(detail))
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
