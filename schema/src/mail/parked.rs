//! Mails that did not leave, as admins see them, and another try for them (B10-61).

use super::outbound::job_of;
use crate::audit::Entry;
use crate::page::Span;
use crate::pool::{Db, DbError, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{OutboundId, SiteId};
use serde_json::json;
use uuid::Uuid;

/// Mails that one call tries again.
pub const RETRIED_MAX: i64 = 500;
/// Totals are counted up to here.
pub const COUNTED_MAX: i64 = 10_000;

/// A mail of the outbound ledger.
#[derive(Clone, Debug, QueryableByName)]
pub struct OutboundMail {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    /// None for a mail about an account.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ticket_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub ticket_number: Option<i64>,
    #[diesel(sql_type = Text)]
    pub template: String,
    #[diesel(sql_type = Text)]
    pub to_address: String,
    #[diesel(sql_type = Text)]
    pub state: String,
    /// A word of [`super::outbox::Cause`].
    #[diesel(sql_type = Nullable<Text>)]
    pub cause: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub message_id: Option<String>,
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    #[diesel(sql_type = Integer)]
    pub repeats: i32,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sent_at: Option<DateTime<Utc>>,
}

macro_rules! columns {
    () => {
        "o.id, o.site_id, o.ticket_id, t.ticket_number, o.template::text, o.to_address::text, o.state::text, \
         o.cause::text, o.last_error, o.message_id, o.attempts, o.repeats, o.created_at, o.sent_at \
         from mail_outbox o left join tickets t on t.id = o.ticket_id"
    };
}

/// Which mails are listed.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// Those that did not leave; of one state (`failed`, `unknown`) or both.
    Parked(Option<&'a str>),
    /// All of a ticket's, whatever became of them.
    Ticket(Uuid),
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct State {
    #[diesel(sql_type = Text)]
    state: String,
}

/// A scope's mails, the latest first, and how many there are, up to [`COUNTED_MAX`].
///
/// # Errors
/// The database is away.
pub async fn list(
    db: &Db,
    scope: Scope,
    wanted: Wanted<'_>,
    span: Span,
) -> DbResult<(Vec<OutboundMail>, i64)> {
    let mut tx = db.begin(scope).await?;
    let found = match wanted {
        Wanted::Parked(state) => parked(&mut tx, state, span).await?,
        Wanted::Ticket(ticket) => of_ticket(&mut tx, ticket, span).await?,
    };
    tx.commit().await?;
    Ok(found)
}

async fn parked(tx: &mut Tx, state: Option<&str>, span: Span) -> DbResult<(Vec<OutboundMail>, i64)> {
    let rows = sql(concat!(
        "select ",
        columns!(),
        " where o.state in ('failed', 'unknown') and o.state = coalesce(?, o.state)
          order by o.created_at desc, o.id limit ? offset ?"
    ))
    .bind::<Nullable<Text>, _>(state)
    .bind::<BigInt, _>(span.limit)
    .bind::<BigInt, _>(span.offset)
    .get_results(tx.conn())
    .await?;
    let total: Count = sql("select count(*) as count from (select from mail_outbox o
        where o.state in ('failed', 'unknown') and o.state = coalesce(?, o.state) limit ?) as counted")
    .bind::<Nullable<Text>, _>(state)
    .bind::<BigInt, _>(COUNTED_MAX)
    .get_result(tx.conn())
    .await?;
    Ok((rows, total.count))
}

async fn of_ticket(tx: &mut Tx, ticket: Uuid, span: Span) -> DbResult<(Vec<OutboundMail>, i64)> {
    let rows = sql(concat!(
        "select ",
        columns!(),
        " where o.ticket_id = ? order by o.created_at desc, o.id limit ? offset ?"
    ))
    .bind::<SqlUuid, _>(ticket)
    .bind::<BigInt, _>(span.limit)
    .bind::<BigInt, _>(span.offset)
    .get_results(tx.conn())
    .await?;
    let total: Count = sql("select count(*) as count from mail_outbox where ticket_id = ?")
        .bind::<SqlUuid, _>(ticket)
        .get_result(tx.conn())
        .await?;
    Ok((rows, total.count))
}

/// One mail of a site.
///
/// # Errors
/// The database is away.
pub async fn find(db: &Db, site: SiteId, id: Uuid) -> DbResult<Option<OutboundMail>> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let found = read(&mut tx, site, id).await?;
    tx.commit().await?;
    Ok(found)
}

async fn read(tx: &mut Tx, site: SiteId, id: Uuid) -> DbResult<Option<OutboundMail>> {
    let find = sql(concat!("select ", columns!(), " where o.site_id = ? and o.id = ?"));
    let find = find.bind::<SqlUuid, _>(site.0).bind::<SqlUuid, _>(id);
    let rows: Vec<OutboundMail> = find.get_results(tx.conn()).await?;
    Ok(rows.into_iter().next())
}

/// Why a mail is not tried again.
#[derive(Debug, thiserror::Error)]
pub enum NotRetried {
    #[error("the site has no such mail")]
    NotFound,
    #[error("it has been sent")]
    Sent,
    #[error("it is being sent at this moment")]
    UnderWay,
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<diesel::result::Error> for NotRetried {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

/// Tries a mail again at once, with all of its tries before it: one that is parked, or waits for its next try.
///
/// # Errors
/// See [`NotRetried`].
pub async fn retry(
    db: &Db,
    site: SiteId,
    id: Uuid,
    by: &By,
    now: DateTime<Utc>,
) -> Result<OutboundMail, NotRetried> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let states: Vec<State> =
        sql("select state::text from mail_outbox where site_id = ? and id = ? for update")
            .bind::<SqlUuid, _>(site.0)
            .bind::<SqlUuid, _>(id)
            .get_results(tx.conn())
            .await?;
    match states.iter().next().map(|row| row.state.as_str()) {
        None => return Err(NotRetried::NotFound),
        Some("sent") => return Err(NotRetried::Sent),
        Some(_) => {}
    }
    let waiting = sql("delete from jobs where site_id = ? and id = ? and state <> 'running'")
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id);
    waiting.execute(tx.conn()).await?;
    let running: Vec<Id> = sql("select id from jobs where site_id = ? and id = ?")
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id)
        .get_results(tx.conn())
        .await?;
    if !running.is_empty() {
        return Err(NotRetried::UnderWay);
    }
    post_again(&mut tx, site, &[id]).await?;
    tx.audit(Entry::of(site, by, "RETRY", ("mail", id), now));
    let found = read(&mut tx, site, id).await?.ok_or(NotRetried::NotFound)?;
    tx.commit().await?;
    Ok(found)
}

/// Tries the site's oldest parked mails again that no server has refused, at most [`RETRIED_MAX`]; returns how many.
///
/// # Errors
/// The database is away.
pub async fn retry_all(db: &Db, site: SiteId, by: &By, now: DateTime<Utc>) -> DbResult<usize> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let rows: Vec<Id> = sql("select o.id from mail_outbox o
        where o.site_id = ? and o.state in ('failed', 'unknown')
          and o.cause in ('unavailable', 'unheard', 'site_inactive', 'abandoned')
          and not exists (select from jobs j where j.id = o.id and j.state <> 'dead')
        order by o.created_at limit ? for update of o skip locked")
    .bind::<SqlUuid, _>(site.0)
    .bind::<BigInt, _>(RETRIED_MAX)
    .get_results(tx.conn())
    .await?;
    let ids: Vec<Uuid> = rows.into_iter().map(|row| row.id).collect();
    sql("delete from jobs where site_id = ? and id = any(?) and state = 'dead'")
        .bind::<SqlUuid, _>(site.0)
        .bind::<Array<SqlUuid>, _>(&ids)
        .execute(tx.conn())
        .await?;
    post_again(&mut tx, site, &ids).await?;
    if !ids.is_empty() {
        let entry = Entry::of(site, by, "RETRY", ("mail", site.0), now);
        tx.audit(entry.with(json!({ "mails": ids.len() })));
    }
    tx.commit().await?;
    Ok(ids.len())
}

/// An unheard answer stays counted: the next try is a repeat under the same Message-ID.
async fn post_again(tx: &mut Tx, site: SiteId, ids: &[Uuid]) -> DbResult<()> {
    sql("update mail_outbox set state = case when state = 'failed' then 'pending' else state end,
             failures = 0, cause = null, last_error = null
         where site_id = ? and id = any(?)")
    .bind::<SqlUuid, _>(site.0)
    .bind::<Array<SqlUuid>, _>(ids)
    .execute(tx.conn())
    .await?;
    for id in ids {
        tx.enqueue(job_of(site, OutboundId(*id)));
    }
    Ok(())
}

/// Parks mails whose jobs ended without saying how: their workers died over them again and again. `tx` acts for the
/// system.
///
/// # Errors
/// The database is away.
pub async fn park_abandoned(tx: &mut Tx, chunk: i64) -> DbResult<usize> {
    Ok(sql("update mail_outbox o set cause = 'abandoned', last_error = coalesce(o.last_error, j.last_error),
             state = case when o.state = 'sending' then 'unknown' else 'failed' end
         from (select id, last_error from jobs
               where state = 'dead' and queue = 'notices' and kind = 'mail.deliver' order by id limit ?) as j
         where o.id = j.id and o.state in ('pending', 'sending')")
    .bind::<BigInt, _>(chunk)
    .execute(tx.conn())
    .await?)
}
