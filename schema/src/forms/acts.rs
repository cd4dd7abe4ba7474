//! Storing a submission: its row, its audit entry and the job that makes its ticket, or nothing.

use super::rows::NewSubmission;
use crate::audit::Entry;
use crate::pool::{Db, DbError, Scope, Tx, to_json};
use crate::sql::sql;
use diesel::prelude::QueryableByName;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{BigInt, Bool, Json, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{NewJob, forms::Convert};
use serde_json::{Value, json};
use uuid::Uuid;

/// Why a submission was not stored.
#[derive(Debug, thiserror::Error)]
pub enum NotSubmitted {
    #[error("the site's settings have changed since they were read")]
    StaleSettings,
    #[error("the idempotency key was used before")]
    KeyUsed,
    /// If the connection broke during the commit, nobody knows: ask whether the submission exists.
    #[error(transparent)]
    Database(#[from] DbError),
}

#[derive(QueryableByName)]
struct Current {
    #[diesel(sql_type = Bool)]
    current: bool,
}

/// Stores a submission. When the form makes tickets, [`Convert`] will make this one's under the id given here.
///
/// # Errors
/// See [`NotSubmitted`].
pub async fn submit(db: &Db, new: &NewSubmission) -> Result<(), NotSubmitted> {
    let site = new.site.id;
    let mut tx = db.begin(Scope::Site(site)).await?;
    let row: Current = sql(
        "select exists (select from sites where id = ? and is_active and settings_version = ?) as current",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<BigInt, _>(new.site.version)
    .get_result(tx.conn())
    .await
    .map_err(DbError::from)?;
    if !row.current {
        tx.rollback().await;
        return Err(NotSubmitted::StaleSettings);
    }
    insert(&mut tx, new).await?;
    remember(&mut tx, new).await?;
    tx.audit(audit(new));
    if new.ticket_id.is_some() {
        let job = Convert { site_id: site, submission_id: new.id };
        tx.enqueue(NewJob::of(&job).traced(new.origin.trace_id.clone()));
    }
    Ok(tx.commit().await?)
}

async fn insert(tx: &mut Tx, new: &NewSubmission) -> Result<(), NotSubmitted> {
    sql("insert into form_submissions (id, site_id, form_id, data, files, ticket_id, submitted_at) \
         values (?, ?, ?, ?::jsonb, ?::jsonb, ?, ?)")
    .bind::<SqlUuid, _>(new.id.0)
    .bind::<SqlUuid, _>(new.site.id.0)
    .bind::<SqlUuid, _>(new.form_id.0)
    .bind::<Json, _>(to_json(&new.data))
    .bind::<Json, _>(to_json(&new.files))
    .bind::<Nullable<SqlUuid>, _>(new.ticket_id.map(|ticket| ticket.0))
    .bind::<Timestamptz, _>(new.submitted_at)
    .execute(tx.conn())
    .await
    .map_err(DbError::from)?;
    Ok(())
}

/// Two requests with one key meet here: the second waits for the first and is refused.
async fn remember(tx: &mut Tx, new: &NewSubmission) -> Result<(), NotSubmitted> {
    let Some(key) = &new.idempotency else { return Ok(()) };
    let answer = json!({ "submission_id": new.id, "ticket_id": new.ticket_id });
    let inserted = sql("insert into idempotency_keys (site_id, route, key, request_hash, status, answer) \
         values (?, ?, ?, decode(?, 'hex'), 201, ?::jsonb)")
    .bind::<SqlUuid, _>(new.site.id.0)
    .bind::<Text, _>(key.route)
    .bind::<Text, _>(&key.key)
    .bind::<Text, _>(&key.request_hash)
    .bind::<Json, _>(answer)
    .execute(tx.conn())
    .await;
    match inserted {
        Ok(_) => Ok(()),
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Err(NotSubmitted::KeyUsed),
        Err(error) => Err(DbError::from(error).into()),
    }
}

fn audit(new: &NewSubmission) -> Entry {
    Entry {
        id: Uuid::now_v7(),
        site_id: Some(new.site.id),
        actor_id: None,
        action: "CREATE",
        target_type: "form_submission",
        target_id: Some(new.id.0),
        details: json!({ "form_id": new.form_id, "ticket_id": new.ticket_id }),
        changes: Value::Null,
        ip_address: new.origin.ip_address,
        user_agent: new.origin.user_agent.clone(),
        created_at: new.submitted_at,
    }
}
