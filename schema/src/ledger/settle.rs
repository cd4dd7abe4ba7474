//! Claiming jobs and ending their attempts, many per statement.

use super::rows::{Claimed, IdRow};
use super::{LEASE, Ledger};
use crate::pool::DbResult;
use crate::sql::sql;
use diesel::pg::data_types::PgInterval;
use diesel::sql_types::{Array, BigInt, Interval, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use std::collections::HashSet;
use std::time::Duration;
use uuid::Uuid;

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Done,
    /// Failed; again after this long unless the attempts are used up.
    Retry(Duration, String),
    /// Failed for good.
    Discard(String),
    /// Not yet; again after this long, without counting.
    Snooze(Duration),
}

impl Verdict {
    /// The word, the wait in milliseconds and the error, as the ledger's statements take them.
    #[must_use]
    pub fn parts(&self) -> (&'static str, i64, Option<String>) {
        match self {
            Verdict::Done => ("done", 0, None),
            Verdict::Retry(after, error) => ("retry", millis(*after), Some(clip(error))),
            Verdict::Discard(error) => ("discard", 0, Some(clip(error))),
            Verdict::Snooze(after) => ("snooze", millis(*after), None),
        }
    }
}

fn millis(after: Duration) -> i64 {
    i64::try_from(after.as_millis()).unwrap_or(i64::MAX)
}

/// Errors are kept for reading, not for archiving; Postgres takes no NUL.
fn clip(error: &str) -> String {
    error.chars().filter(|c| *c != '\0').take(2000).collect()
}

/// One attempt's end, under the token that held it.
#[derive(Clone, Debug)]
pub struct Settlement {
    pub id: Uuid,
    pub token: Uuid,
    pub verdict: Verdict,
}

impl Ledger {
    /// Takes those of `ids` that are due and free.
    ///
    /// # Errors
    /// The database is away.
    pub async fn claim(&self, ids: &[Uuid]) -> DbResult<Vec<Claimed>> {
        let mut conn = self.db.conn().await?;
        Ok(sql("select id, kind, site_id, payload, attempts, attempts_max, lease_token, trace_id \
                from ledger_claim(?, ?)")
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Interval, _>(interval(LEASE))
        .get_results(&mut **conn)
        .await?)
    }

    /// Prolongs leases; returns the tokens that still hold.
    ///
    /// # Errors
    /// The database is away.
    pub async fn renew(&self, held: &[(Uuid, Uuid)]) -> DbResult<HashSet<Uuid>> {
        let (ids, tokens): (Vec<Uuid>, Vec<Uuid>) = held.iter().copied().unzip();
        let mut conn = self.db.conn().await?;
        let rows: Vec<IdRow> = sql("select t as id from ledger_renew(?, ?, ?) as t")
            .bind::<Array<SqlUuid>, _>(tokens)
            .bind::<Array<SqlUuid>, _>(ids)
            .bind::<Interval, _>(interval(LEASE))
            .get_results(&mut **conn)
            .await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Ends attempts; returns the jobs whose token still held.
    ///
    /// # Errors
    /// The database is away.
    pub async fn settle(&self, settlements: &[Settlement]) -> DbResult<HashSet<Uuid>> {
        let parts: Vec<_> = settlements.iter().map(|s| s.verdict.parts()).collect();
        let mut conn = self.db.conn().await?;
        let rows: Vec<IdRow> = sql("select s as id from ledger_settle(?, ?, ?, ?, ?) as s")
            .bind::<Array<SqlUuid>, _>(settlements.iter().map(|s| s.id).collect::<Vec<_>>())
            .bind::<Array<SqlUuid>, _>(settlements.iter().map(|s| s.token).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(parts.iter().map(|p| p.0).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(parts.iter().map(|p| p.1).collect::<Vec<_>>())
            .bind::<Array<Nullable<Text>>, _>(parts.iter().map(|p| p.2.as_deref()).collect::<Vec<_>>())
            .get_results(&mut **conn)
            .await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Ends the attempt of a job whose transaction was undone. False if somebody else has it by now.
    ///
    /// # Errors
    /// The database is away.
    pub async fn fail(&self, id: Uuid, verdict: &Verdict) -> DbResult<bool> {
        let (word, delay, error) = verdict.parts();
        let mut conn = self.db.conn().await?;
        let rows: Vec<IdRow> = sql("select f as id from ledger_fail(?, ?, ?, ?) as f")
            .bind::<SqlUuid, _>(id)
            .bind::<Text, _>(word)
            .bind::<BigInt, _>(delay)
            .bind::<Nullable<Text>, _>(error)
            .get_results(&mut **conn)
            .await?;
        Ok(!rows.is_empty())
    }
}

pub(super) fn interval(length: Duration) -> PgInterval {
    PgInterval::from_microseconds(i64::try_from(length.as_micros()).unwrap_or(i64::MAX))
}
