//! What the relay and the operator ask of the ledger.

use super::rows::{Dead, IdRow};
use super::settle::interval;
use super::{Ledger, STALE};
use crate::notes::bind_jobs;
use crate::pool::{DbResult, Scope};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{JobId, NewJob, Queue};
use uuid::Uuid;

#[derive(QueryableByName)]
struct HorizonRow {
    #[diesel(sql_type = Text)]
    queue: String,
    #[diesel(sql_type = Timestamptz)]
    next_run_at: DateTime<Utc>,
}

/// How many jobs stand in one state of one queue.
#[derive(Clone, Debug, QueryableByName)]
pub struct Depth {
    #[diesel(sql_type = Text)]
    pub queue: String,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = BigInt)]
    pub jobs: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub oldest: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct QueueRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    queue: String,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Ledger {
    /// Queues with ready jobs, and when the earliest of each may start. Unknown queues are left out.
    ///
    /// # Errors
    /// The database is away.
    pub async fn horizon(&self) -> DbResult<Vec<(Queue, DateTime<Utc>)>> {
        let mut conn = self.db.conn().await?;
        let rows: Vec<HorizonRow> =
            sql("select queue, next_run_at from ledger_horizon()").get_results(&mut **conn).await?;
        Ok(rows.into_iter().filter_map(|row| Some((row.queue.parse().ok()?, row.next_run_at))).collect())
    }

    /// At most `want` due jobs to hand over now, beside those in `listed`.
    ///
    /// # Errors
    /// The database is away.
    pub async fn pick(&self, queue: Queue, want: usize, listed: &[Uuid]) -> DbResult<Vec<JobId>> {
        let mut conn = self.db.conn().await?;
        let rows: Vec<IdRow> = sql("select id from ledger_pick(?, ?, ?, ?)")
            .bind::<Text, _>(queue.name())
            .bind::<Integer, _>(i32::try_from(want).unwrap_or(i32::MAX))
            .bind::<diesel::sql_types::Interval, _>(interval(STALE))
            .bind::<Array<SqlUuid>, _>(listed)
            .get_results(&mut **conn)
            .await?;
        Ok(rows.into_iter().map(|row| JobId(row.id)).collect())
    }

    /// Due jobs of a queue, whether or not they were handed over before: for running them without a wire.
    ///
    /// # Errors
    /// The database is away.
    pub async fn take_due(&self, queue: Queue, limit: i32) -> DbResult<Vec<JobId>> {
        let mut conn = self.db.conn().await?;
        let rows: Vec<IdRow> = sql("select id from ledger_due(?, ?)")
            .bind::<Text, _>(queue.name())
            .bind::<Integer, _>(limit)
            .get_results(&mut **conn)
            .await?;
        Ok(rows.into_iter().map(|row| JobId(row.id)).collect())
    }

    /// Gives back what dead workers held; returns how many.
    ///
    /// # Errors
    /// The database is away.
    pub async fn reap(&self) -> DbResult<i64> {
        let mut conn = self.db.conn().await?;
        let row: CountRow = sql("select r as count from ledger_reap() as r").get_result(&mut **conn).await?;
        Ok(row.count)
    }

    /// Depths of all queues.
    ///
    /// # Errors
    /// The database is away.
    pub async fn depth(&self) -> DbResult<Vec<Depth>> {
        let mut conn = self.db.conn().await?;
        Ok(sql("select queue, state, jobs, oldest from ledger_depth()").get_results(&mut **conn).await?)
    }

    /// The dead jobs of one queue or of all, at most `limit`.
    ///
    /// # Errors
    /// The database is away.
    pub async fn dead(&self, queue: Option<Queue>, limit: i32) -> DbResult<Vec<Dead>> {
        let mut conn = self.db.conn().await?;
        Ok(sql("select id, kind, queue, site_id, attempts, last_error, created_at from ledger_dead(?, ?)")
            .bind::<Nullable<Text>, _>(queue.map(Queue::name))
            .bind::<Integer, _>(limit)
            .get_results(&mut **conn)
            .await?)
    }

    /// Gives a dead job a fresh set of attempts. None if no dead job has this id.
    ///
    /// # Errors
    /// The database is away.
    pub async fn requeue(&self, id: Uuid) -> DbResult<Option<JobId>> {
        let mut conn = self.db.conn().await?;
        let rows: Vec<QueueRow> = sql("select id, queue from ledger_requeue(?)")
            .bind::<SqlUuid, _>(id)
            .get_results(&mut **conn)
            .await?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        if let Ok(queue) = row.queue.parse() {
            self.db.hand_over_ids(queue, [JobId(row.id)]);
        }
        Ok(Some(JobId(row.id)))
    }

    /// Writes jobs on their own: for operators and loads, where the job itself is the cause.
    ///
    /// # Errors
    /// The database is away.
    pub async fn record(&self, new: &[NewJob]) -> DbResult<usize> {
        let mut conn = self.db.conn().await?;
        let record = sql("select r as id from ledger_record(?, ?, ?, ?, ?, ?, ?, ?, ?) as r");
        let rows: Vec<IdRow> = bind_jobs(record, new).get_results(&mut **conn).await?;
        self.db.hand_over(new);
        Ok(rows.len())
    }

    /// Writes the jobs of a clock's tick unless another clock has; false if one has.
    ///
    /// # Errors
    /// The database is away.
    pub async fn tick(&self, kind: &str, tick: DateTime<Utc>, job: NewJob) -> DbResult<bool> {
        #[derive(QueryableByName)]
        struct Taken {
            #[diesel(sql_type = diesel::sql_types::Bool)]
            taken: bool,
        }
        let mut tx = self.db.begin(Scope::System).await?;
        let row: Taken = sql("select clock_take(?, ?) as taken")
            .bind::<Text, _>(kind)
            .bind::<Timestamptz, _>(tick)
            .get_result(tx.conn())
            .await?;
        if !row.taken {
            tx.rollback().await;
            return Ok(false);
        }
        tx.enqueue(job);
        tx.commit().await?;
        Ok(true)
    }
}
