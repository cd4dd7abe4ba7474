//! Short jobs: their row is locked, their work done and their row removed in one transaction.
//!
//! The effect then happens exactly once: a worker that dies in between takes lock and work with it.

use super::rows::IdRow;
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Array, Jsonb, Nullable, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

/// A job locked by the open transaction.
#[derive(Clone, Debug, QueryableByName)]
pub struct Locked {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = Jsonb)]
    pub payload: Value,
    /// Attempts that failed before this one.
    #[diesel(sql_type = SmallInt)]
    pub attempts: i16,
    #[diesel(sql_type = SmallInt)]
    pub attempts_max: i16,
    /// How often it was handed over without being finished: many times means that it kills its workers.
    #[diesel(sql_type = SmallInt)]
    pub resends: i16,
    #[diesel(sql_type = Nullable<Text>)]
    pub trace_id: Option<String>,
}

/// Begins a transaction that holds those of `ids` that are due and free.
///
/// # Errors
/// The database is away.
pub async fn begin_locked(db: &Db, ids: &[Uuid]) -> DbResult<(Tx, Vec<Locked>)> {
    let mut tx = db.begin(Scope::System).await?;
    let locked = sql("select id, kind, site_id, payload, attempts, attempts_max, resends, trace_id \
                      from ledger_lock(?)")
    .bind::<Array<SqlUuid>, _>(ids)
    .get_results(tx.conn())
    .await?;
    Ok((tx, locked))
}

/// Removes finished jobs that this transaction holds.
///
/// # Errors
/// The database is away.
pub async fn remove(tx: &mut Tx, ids: &[Uuid]) -> DbResult<()> {
    sql("select ledger_remove(?)").bind::<Array<SqlUuid>, _>(ids).execute(tx.conn()).await?;
    Ok(())
}

/// Locks a claimed job's row under its token; false when the lease has passed to somebody else.
///
/// # Errors
/// The database is away.
pub async fn hold(tx: &mut Tx, id: Uuid, token: Uuid) -> DbResult<bool> {
    let rows: Vec<IdRow> = sql("select h as id from ledger_hold(?, ?) as h")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(token)
        .get_results(tx.conn())
        .await?;
    Ok(!rows.is_empty())
}

/// Removes a claimed job under its token; false when the lease has passed to somebody else.
///
/// # Errors
/// The database is away.
pub async fn finish(tx: &mut Tx, id: Uuid, token: Uuid) -> DbResult<bool> {
    let rows: Vec<IdRow> = sql("select f as id from ledger_finish(?, ?) as f")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(token)
        .get_results(tx.conn())
        .await?;
    Ok(!rows.is_empty())
}
