//! Creating tickets: many requests share a transaction, and one bad row never fails its neighbours.
//!
//! [`Intake`] sits behind the act: callers hand in one ticket and wait for its number. When nothing else is
//! going on the ticket is committed at once; while a commit is under way the next tickets gather and share the
//! one that follows, so a busy desk pays one fsync for many tickets. A batch that fails as a whole is done again
//! one ticket at a time, which singles out the row that failed it.

use super::plan::{NewTicket, Rows, plan};
use crate::batch::{Batcher, Refused};
use crate::pool::{Db, DbError, DbResult, to_json};
use crate::sql::sql;
use diesel::prelude::QueryableByName;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{BigInt, Json, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jobs::NewJob;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use uuid::Uuid;

const BATCH_MAX: usize = 128;
const WAITING_MAX: usize = 4096;
const LANES: usize = 2;

/// A ticket as the database made it.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Created {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub ticket_number: i64,
    #[diesel(sql_type = Text)]
    pub reference: String,
}

/// Why a ticket was not made; nothing of it was stored.
#[derive(Debug, thiserror::Error, Clone)]
pub enum NotCreated {
    #[error("the site's settings have changed since they were read")]
    StaleSettings,
    #[error("the idempotency key was used before")]
    KeyUsed,
    #[error("a ticket for this form submission exists already")]
    SubmissionUsed,
    #[error("too many tickets are waiting to be stored")]
    Overloaded,
    #[error("{0}")]
    Database(Arc<DbError>),
}

/// The act of creating tickets; cheap to clone.
#[derive(Clone)]
pub struct Intake {
    batcher: Batcher<NewTicket, Result<Created, NotCreated>>,
}

impl Intake {
    /// Starts the tasks that commit batches.
    #[must_use]
    pub fn start(db: Db) -> Self {
        let run = move |tickets: Vec<NewTicket>| {
            let db = db.clone();
            async move { create_each(&db, &tickets).await }
        };
        Self { batcher: Batcher::start(LANES, BATCH_MAX, WAITING_MAX, run) }
    }

    /// Creates a ticket with its audit entry, confirmation and jobs.
    ///
    /// # Errors
    /// See [`NotCreated`]; then nothing was stored.
    pub async fn create(&self, ticket: NewTicket) -> Result<Created, NotCreated> {
        match self.batcher.submit(ticket).await {
            Ok(answer) => answer,
            Err(Refused) => Err(NotCreated::Overloaded),
        }
    }
}

async fn create_each(db: &Db, tickets: &[NewTicket]) -> Vec<Result<Created, NotCreated>> {
    metrics::histogram!("asisttr_intake_batch_size").record(tickets.len() as f64);
    if let Ok(created) = create_together(db, tickets).await {
        return created.into_iter().map(Ok).collect();
    }
    let mut answers = Vec::with_capacity(tickets.len());
    for ticket in tickets {
        let one = create_together(db, std::slice::from_ref(ticket)).await;
        answers.push(one.map(|mut created| created.swap_remove(0)).map_err(explain));
    }
    answers
}

async fn create_together(db: &Db, tickets: &[NewTicket]) -> DbResult<Vec<Created>> {
    let batch = Batch::of(tickets);
    let mut conn = db.conn().await?;
    let created = insert(&mut conn, &batch, tickets).await?;
    drop(conn);
    db.hand_over(&batch.jobs);
    Ok(created)
}

/// Creates one ticket inside an open transaction of its site; the jobs are handed over by its commit.
///
/// # Errors
/// See [`NotCreated`]; the transaction is then lost.
pub async fn create_within(tx: &mut crate::pool::Tx, ticket: &NewTicket) -> Result<Created, NotCreated> {
    let Rows { ticket: row, attachments, audit, mail, key, jobs } = plan(ticket);
    let batch = Batch {
        document: json!({
            "sites": ticket.site.id,
            "settings": [{ "site_id": ticket.site.id, "version": ticket.site.version }],
            "tickets": [row], "attachments": attachments, "audits": [audit],
            "mails": mail.into_iter().collect::<Vec<_>>(), "keys": key.into_iter().collect::<Vec<_>>(),
            "jobs": [],
        }),
        jobs: Vec::new(),
    };
    let created = insert(tx.conn(), &batch, std::slice::from_ref(ticket)).await;
    let mut created = created.map_err(|error| explain(DbError::Query(error)))?;
    jobs.into_iter().for_each(|job| tx.enqueue(job));
    Ok(created.swap_remove(0))
}

/// The document that `create_tickets` takes, and the jobs in it.
struct Batch {
    document: Value,
    jobs: Vec<NewJob>,
}

impl Batch {
    fn of(tickets: &[NewTicket]) -> Self {
        let sites: BTreeMap<Uuid, i64> = tickets.iter().map(|t| (t.site.id.0, t.site.version)).collect();
        let (mut rows, mut attachments, mut audits) = (Vec::new(), Vec::new(), Vec::new());
        let (mut mails, mut keys, mut jobs) = (Vec::new(), Vec::new(), Vec::new());
        for planned in tickets.iter().map(plan) {
            rows.push(planned.ticket);
            attachments.extend(planned.attachments);
            audits.push(planned.audit);
            mails.extend(planned.mail);
            keys.extend(planned.key);
            jobs.extend(planned.jobs);
        }
        let names: Vec<String> = sites.keys().map(Uuid::to_string).collect();
        let settings: Vec<Value> = sites
            .iter()
            .map(|(site_id, version)| json!({ "site_id": site_id, "version": version }))
            .collect();
        let document = json!({
            "sites": names.join(","), "settings": settings, "tickets": rows, "attachments": attachments,
            "audits": audits, "mails": mails, "keys": keys, "jobs": to_json(&jobs),
        });
        Self { document, jobs }
    }
}

/// Answers in the order of the tickets, whatever order the database answered in.
async fn insert(
    conn: &mut AsyncPgConnection,
    batch: &Batch,
    tickets: &[NewTicket],
) -> Result<Vec<Created>, DieselError> {
    let rows: Vec<Created> = sql("select id, ticket_number, reference from create_tickets(?)")
        .bind::<Json, _>(&batch.document)
        .get_results(conn)
        .await?;
    let mut by_id: HashMap<Uuid, Created> = rows.into_iter().map(|row| (row.id, row)).collect();
    tickets.iter().map(|ticket| by_id.remove(&ticket.id.0).ok_or(DieselError::NotFound)).collect()
}

fn explain(error: DbError) -> NotCreated {
    let DbError::Query(DieselError::DatabaseError(kind, info)) = &error else {
        return NotCreated::Database(Arc::new(error));
    };
    match (kind, info.constraint_name()) {
        (DatabaseErrorKind::UniqueViolation, Some("idempotency_keys_pkey")) => NotCreated::KeyUsed,
        (DatabaseErrorKind::UniqueViolation, Some("tickets_one_per_submission")) => {
            NotCreated::SubmissionUsed
        }
        _ if info.message() == "the settings of a site have changed" => NotCreated::StaleSettings,
        _ => NotCreated::Database(Arc::new(error)),
    }
}
