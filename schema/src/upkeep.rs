//! Housekeeping: rows that have served their time go, a bounded number per transaction.

use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

/// How long an answer is remembered under its Idempotency-Key.
pub const KEYS_KEPT: TimeDelta = TimeDelta::hours(24);

/// How long a tick is remembered: far longer than any clock may be late.
pub const TICKS_KEPT: TimeDelta = TimeDelta::days(7);

/// Rows of each kind that one call removes.
pub const CHUNK: i64 = 10_000;

/// What a call removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tidied {
    pub keys: usize,
    pub ticks: usize,
    /// Sessions, their tokens, reset tokens and account mails together.
    pub sign_ins: usize,
    /// Mails whose jobs ended without saying how.
    pub mails: usize,
    /// More may be waiting.
    pub is_full: bool,
}

/// Removes what is older than it is kept, at most `chunk` of each kind. What
/// somebody else is removing is left to them. `tx` acts for the system.
///
/// # Errors
/// The database is away.
pub async fn tidy(tx: &mut Tx, chunk: i64, now: DateTime<Utc>) -> DbResult<Tidied> {
    let keys = sql("delete from idempotency_keys where ctid = any(array(
             select ctid from idempotency_keys where created_at < ? order by created_at limit ?
             for update skip locked))")
    .bind::<Timestamptz, _>(now - KEYS_KEPT)
    .bind::<BigInt, _>(chunk)
    .execute(tx.conn())
    .await?;
    let ticks = sql("delete from clock_ticks where ctid = any(array(
             select ctid from clock_ticks where tick < ? limit ? for update skip locked))")
    .bind::<Timestamptz, _>(now - TICKS_KEPT)
    .bind::<BigInt, _>(chunk)
    .execute(tx.conn())
    .await?;
    let mails = crate::mail::parked::park_abandoned(tx, chunk).await?;
    let sign_ins = crate::sessions::tidy(tx, chunk, now).await?;
    let chunk = usize::try_from(chunk).unwrap_or(usize::MAX);
    let is_full = [keys, ticks].iter().chain(&sign_ins).any(|removed| *removed >= chunk);
    Ok(Tidied { keys, ticks, sign_ins: sign_ins.iter().sum(), mails, is_full })
}
