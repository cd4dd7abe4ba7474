//! What became of the mails.

use super::sample::{FILE_BYTES, Sample};
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jobs::SiteId;
use schema::sql::sql;
use std::collections::HashMap;

/// How many mails came through as they were sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    mails: usize,
    intact: usize,
    files: usize,
    attached: usize,
}

#[derive(QueryableByName)]
struct Ticket {
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    message: String,
    /// Stored files of the right size.
    #[diesel(sql_type = BigInt)]
    files: i64,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    known: bool,
}

#[derive(QueryableByName)]
struct Moment {
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Outcomes {
    #[diesel(sql_type = Text)]
    outcomes: String,
}

impl Found {
    /// Tickets with subject and text letter by letter.
    #[must_use]
    pub fn intact_percent(&self) -> f64 {
        percent(self.intact, self.mails)
    }

    /// Mails whose files all hang on their ticket.
    #[must_use]
    pub fn attached_percent(&self) -> f64 {
        percent(self.attached, self.files)
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { part as f64 / whole as f64 * 100.0 }
}

/// Compares the tickets with what was sent; each mail must have exactly one.
///
/// # Errors
/// There are more or fewer tickets than mails.
pub async fn tickets(
    owner: &mut AsyncPgConnection,
    site: SiteId,
    samples: &[Sample],
) -> anyhow::Result<Found> {
    let rows: Vec<Ticket> = sql("select subject, message, (select count(*) from ticket_attachments a
            where a.ticket_id = t.id and a.storage_key is not null and a.size_bytes = ?) as files
         from tickets t where site_id = ?")
    .bind::<BigInt, _>(i64::try_from(FILE_BYTES)?)
    .bind::<SqlUuid, _>(site.0)
    .get_results(owner)
    .await?;
    anyhow::ensure!(rows.len() == samples.len(), "{} mails became {} tickets", samples.len(), rows.len());
    let rows: HashMap<String, Ticket> = rows.into_iter().map(|row| (row.subject.clone(), row)).collect();
    let mut found = Found { mails: samples.len(), ..Found::default() };
    for sample in samples {
        let row = rows.get(&sample.subject);
        found.intact += usize::from(row.is_some_and(|row| row.message.contains(&sample.sentence)));
        found.files += usize::from(sample.files > 0);
        let files = row.and_then(|row| usize::try_from(row.files).ok());
        found.attached += usize::from(sample.files > 0 && files == Some(sample.files));
    }
    Ok(found)
}

/// How many tickets the site has.
///
/// # Errors
/// The database is away.
pub async fn count(owner: &mut AsyncPgConnection, site: SiteId) -> anyhow::Result<i64> {
    let query = sql("select count(*) from tickets where site_id = ?").bind::<SqlUuid, _>(site.0);
    let row: Count = query.get_result(owner).await?;
    Ok(row.count)
}

/// Whether the site has a ticket of this subject.
///
/// # Errors
/// The database is away.
pub async fn has_ticket(owner: &mut AsyncPgConnection, site: SiteId, subject: &str) -> anyhow::Result<bool> {
    let row: Known = sql("select exists (select from tickets where site_id = ? and subject = ?) as known")
        .bind::<SqlUuid, _>(site.0)
        .bind::<Text, _>(subject)
        .get_result(owner)
        .await?;
    Ok(row.known)
}

/// When the first mails had been fetched: their storing began then.
///
/// # Errors
/// There are none.
pub async fn first_fetch(owner: &mut AsyncPgConnection) -> anyhow::Result<DateTime<Utc>> {
    let row: Moment = sql("select min(received_at) as at from mail_messages").get_result(owner).await?;
    Ok(row.at)
}

/// What became of all mails, in words.
///
/// # Errors
/// The database is away.
pub async fn outcomes(owner: &mut AsyncPgConnection) -> anyhow::Result<String> {
    let row: Outcomes =
        sql("select coalesce(string_agg(format('%s %s %s', n, outcome, cause), ', '), 'none') as outcomes
         from (select count(*) as n, outcome, cause from mail_messages group by outcome, cause) as each")
        .get_result(owner)
        .await?;
    Ok(row.outcomes)
}
