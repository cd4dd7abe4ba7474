//! What the ledger and the effects say after a run.

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Integer, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use schema::sql::sql;
use std::time::{Duration, Instant};

/// Effects written so far: the last number that their sequence gave away, which is free to ask for.
#[derive(QueryableByName)]
struct Written {
    #[diesel(sql_type = BigInt)]
    written: i64,
}

#[derive(QueryableByName)]
struct Left {
    #[diesel(sql_type = Bool)]
    left: bool,
}

/// All effects together.
#[derive(Debug, QueryableByName)]
pub struct Summary {
    #[diesel(sql_type = BigInt)]
    pub effects: i64,
    #[diesel(sql_type = BigInt)]
    pub distinct: i64,
    #[diesel(sql_type = Timestamptz)]
    pub first: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub last: DateTime<Utc>,
}

/// One job's effect.
#[derive(Debug, QueryableByName)]
pub struct Effect {
    #[diesel(sql_type = BigInt)]
    pub n: i64,
    #[diesel(sql_type = Integer)]
    pub pid: i32,
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct NotedRow {
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

impl Summary {
    /// From the first handler's start to the last effect.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        (self.last - self.first).as_seconds_f64()
    }
}

/// How many effects were written; transactions that were undone count too.
///
/// # Errors
/// The database is away.
pub async fn written(conn: &mut AsyncPgConnection) -> anyhow::Result<i64> {
    let row: Written =
        sql("select case when is_called then last_value else 0 end as written from bench_effects_id_seq")
            .get_result(conn)
            .await?;
    Ok(row.written)
}

/// Waits until `jobs` effects stand and the ledger is empty, and refuses anything but each effect exactly once.
/// Between two looks it waits `pause`, so that the looks cost nothing that counts.
///
/// # Errors
/// Not within `patience`; an effect is missing or doubled.
pub async fn all(
    conn: &mut AsyncPgConnection,
    jobs: i64,
    pause: Duration,
    patience: Duration,
) -> anyhow::Result<Summary> {
    let since = Instant::now();
    while written(conn).await? < jobs || is_any_left(conn).await? {
        ensure!(since.elapsed() < patience, "{} of {jobs} effects after {patience:?}", written(conn).await?);
        tokio::time::sleep(pause).await;
    }
    // Notes on the side come a moment after the last job has ended.
    let mut summary = summary(conn).await?;
    while summary.effects < jobs && since.elapsed() < patience {
        tokio::time::sleep(Duration::from_millis(100)).await;
        summary = self::summary(conn).await?;
    }
    ensure!(
        summary.effects == jobs && summary.distinct == jobs,
        "{jobs} jobs left {} effects, {} of them distinct",
        summary.effects,
        summary.distinct
    );
    Ok(summary)
}

/// The effect of one job, waited for.
///
/// # Errors
/// Not within ten seconds.
pub async fn of(conn: &mut AsyncPgConnection, n: i64) -> anyhow::Result<Effect> {
    let since = Instant::now();
    loop {
        let rows: Vec<Effect> = sql("select n, pid, started_at from bench_effects where n = ?")
            .bind::<BigInt, _>(n)
            .get_results(conn)
            .await?;
        if let Some(effect) = rows.into_iter().next() {
            return Ok(effect);
        }
        ensure!(since.elapsed() < Duration::from_secs(10), "job {n} left no effect within 10 s");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// When the effect with this rank, from 1, was noted.
///
/// # Errors
/// There are fewer.
pub async fn noted_at(conn: &mut AsyncPgConnection, rank: i64) -> anyhow::Result<DateTime<Utc>> {
    let rows: Vec<NotedRow> =
        sql("select noted_at as at from bench_effects order by noted_at offset ? limit 1")
            .bind::<BigInt, _>(rank - 1)
            .get_results(conn)
            .await?;
    Ok(rows.into_iter().next().context("there are fewer effects")?.at)
}

async fn summary(conn: &mut AsyncPgConnection) -> anyhow::Result<Summary> {
    Ok(sql("select count(*) as effects, count(distinct n) as distinct, \
                   coalesce(min(started_at), now()) as first, coalesce(max(noted_at), now()) as last \
            from bench_effects")
    .get_result(conn)
    .await?)
}

async fn is_any_left(conn: &mut AsyncPgConnection) -> anyhow::Result<bool> {
    let row: Left = sql("select exists (select from jobs) as left").get_result(conn).await?;
    Ok(row.left)
}
