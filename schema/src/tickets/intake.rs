//! Creating tickets: many requests share a transaction, and one bad row never fails its neighbours.
//!
//! [`Intake`] sits behind the act: callers hand in one ticket and wait for its number. When nothing else is
//! going on the ticket is committed at once; while a commit is under way the next tickets gather and share the
//! one that follows, so a busy desk pays one fsync for many tickets. A batch that fails as a whole is done again
//! one ticket at a time, which singles out the row that failed it.

use super::plan::{Ends, NewTicket, plan};
use crate::audit::Entry;
use crate::batch::{Batcher, Refused};
use crate::mail::NewMail;
use crate::mail::bodies::{self, Said};
use crate::mail::threads::{PARTICIPANTS_MAX, participants};
use crate::notes::{self, CALL, column};
use crate::pool::{Db, DbError, DbResult};
use crate::sql::{Binds, Statement, sql};
use chrono::{DateTime, Utc};
use diesel::prelude::QueryableByName;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Array, BigInt, Integer, Json, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jobs::NewJob;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

const BATCH_MAX: usize = 256;
const WAITING_MAX: usize = 4096;
/// One at a time: a site's tickets wait for its counter anyway, and the next batch grows meanwhile.
const LANES: usize = 1;

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
    #[error("the lease of the job that makes the ticket has passed to another worker")]
    LeaseLost,
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
    match create_together(db, tickets).await {
        Ok(created) => return created.into_iter().map(Ok).collect(),
        // A database that is away is away for each of them: nobody waits for it in turn.
        Err(error) if error.is_outage() => {
            let cause = NotCreated::Database(Arc::new(error));
            return tickets.iter().map(|_| Err(cause.clone())).collect();
        }
        Err(_) => {}
    }
    let mut answers = Vec::with_capacity(tickets.len());
    for ticket in tickets {
        let one = create_together(db, std::slice::from_ref(ticket)).await;
        answers.push(one.map(|mut created| created.swap_remove(0)).map_err(explain));
    }
    answers
}

async fn create_together(db: &Db, tickets: &[NewTicket]) -> DbResult<Vec<Created>> {
    let mut batch = Batch::of(tickets);
    let mut conn = db.conn().await?;
    let created = insert(&mut conn, &batch, tickets).await?;
    drop(conn);
    db.hand_over(&std::mem::take(&mut batch.jobs));
    Ok(created)
}

/// Creates one ticket inside an open transaction of its site; the rows beside it are written by its commit.
///
/// # Errors
/// See [`NotCreated`]; the transaction is then lost.
pub async fn create_within(tx: &mut crate::pool::Tx, ticket: &NewTicket) -> Result<Created, NotCreated> {
    let mut batch = Batch::of(std::slice::from_ref(ticket));
    let (audits, mails, jobs) = (
        std::mem::take(&mut batch.audits),
        std::mem::take(&mut batch.mails),
        std::mem::take(&mut batch.jobs),
    );
    let created = insert(tx.conn(), &batch, std::slice::from_ref(ticket)).await;
    let mut created = created.map_err(|error| explain(DbError::Query(error)))?;
    audits.into_iter().for_each(|entry| tx.audit(entry));
    tx.note(mails, jobs);
    Ok(created.swap_remove(0))
}

/// Many tickets' plans, laid together.
#[derive(Default)]
struct Batch {
    /// Tickets by site and year, in the order in which their counters are locked.
    groups: BTreeMap<(Uuid, String), Group>,
    due_dates: Vec<Option<DateTime<Utc>>>,
    attachments: Vec<Value>,
    keys: Vec<Value>,
    audits: Vec<Entry>,
    mails: Vec<NewMail>,
    jobs: Vec<NewJob>,
}

/// The tickets of one site and year.
#[derive(Default)]
struct Group {
    version: i64,
    members: Vec<usize>,
}

impl Batch {
    fn of(tickets: &[NewTicket]) -> Self {
        let mut batch = Self::default();
        for (place, ticket) in tickets.iter().enumerate() {
            let planned = plan(ticket);
            let group = batch.groups.entry((ticket.site.id.0, planned.year)).or_default();
            group.version = ticket.site.version;
            group.members.push(place);
            batch.due_dates.push(planned.due_date);
            batch.attachments.extend(planned.attachments);
            batch.keys.extend(planned.key);
            batch.audits.push(planned.audit);
            batch.mails.extend(planned.mail);
            batch.jobs.extend(planned.jobs);
        }
        batch
    }

    /// Whether there is nothing for [`SPARE`].
    fn is_plain(&self, tickets: &[NewTicket]) -> bool {
        self.attachments.is_empty()
            && self.keys.is_empty()
            && tickets.iter().all(|ticket| ticket.ends.is_none())
    }
}

/// What stands beside a ticket that only some have: files, remembered answers, the mail it was made of.
const SPARE: &str =
    "ticket_extras(?, ?, ?, ?), ticket_ends(?, ?, ?, ?, ?), mail_bodies_note(?, ?, ?, ?, ?, ?, ?, ?, ?), ";
static PLAIN: LazyLock<String> = LazyLock::new(|| creation(""));
/// Three more calls and sixteen more columns, which a plain form does not pay for.
static WHOLE: LazyLock<String> = LazyLock::new(|| creation(SPARE));

/// One statement: the tickets first, then, in their scope, everything beside them.
fn creation(spare: &str) -> String {
    format!(
        "with made as materialized (
             select id, ticket_number, reference
             from create_tickets(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ), beside as materialized (
             select {spare}{CALL} from (select count(*) from made) as first
         )
         select made.id, made.ticket_number, made.reference from made, beside"
    )
}

/// Answers in the order of the tickets, whatever order the database answered in.
async fn insert(
    conn: &mut AsyncPgConnection,
    batch: &Batch,
    tickets: &[NewTicket],
) -> Result<Vec<Created>, DieselError> {
    let names: BTreeSet<String> = tickets.iter().map(|ticket| ticket.site.id.to_string()).collect();
    let is_plain = batch.is_plain(tickets);
    let call = sql(if is_plain { &PLAIN } else { &WHOLE });
    let call = call.bind::<Text, _>(names.into_iter().collect::<Vec<_>>().join(","));
    let call = bind_tickets(bind_groups(call, &batch.groups, tickets.len()), batch, tickets);
    let rows: Vec<Created> = if is_plain {
        notes::bind(call, &batch.audits, &batch.mails, &batch.jobs).get_results(conn).await?
    } else {
        let call = bind_spare(call, batch, tickets);
        notes::bind(call, &batch.audits, &batch.mails, &batch.jobs).get_results(conn).await?
    };
    let mut by_id: HashMap<Uuid, Created> = rows.into_iter().map(|row| (row.id, row)).collect();
    tickets.iter().map(|ticket| by_id.remove(&ticket.id.0).ok_or(DieselError::NotFound)).collect()
}

fn bind_groups<'a, B: Binds + 'a>(
    call: Statement<B>,
    groups: &'a BTreeMap<(Uuid, String), Group>,
    tickets: usize,
) -> Statement<impl Binds + use<'a, B>> {
    let (mut group_of, mut place_of) = (vec![0; tickets], vec![0; tickets]);
    for (group, number) in groups.values().zip(1_i32..) {
        for (member, place) in group.members.iter().zip(1_i32..) {
            (group_of[*member], place_of[*member]) = (number, place);
        }
    }
    let sizes: Vec<i64> =
        groups.values().map(|group| i64::try_from(group.members.len()).unwrap_or(i64::MAX)).collect();
    call.bind::<Array<SqlUuid>, _>(groups.keys().map(|(site, _)| *site).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(groups.values().map(|group| group.version).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(groups.keys().map(|(_, year)| year.as_str()).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(sizes)
        .bind::<Array<Integer>, _>(group_of)
        .bind::<Array<Integer>, _>(place_of)
}

fn bind_tickets<'a, B: Binds + 'a>(
    call: Statement<B>,
    batch: &'a Batch,
    rows: &'a [NewTicket],
) -> Statement<impl Binds + use<'a, B>> {
    call.bind::<Array<SqlUuid>, _>(column(rows, |row| row.id.0))
        .bind::<Array<Text>, _>(column(rows, |row| row.subject.as_str()))
        .bind::<Array<Text>, _>(column(rows, |row| row.message.as_str()))
        .bind::<Array<Text>, _>(column(rows, |row| row.visitor_name.as_str()))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.visitor_email.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.visitor_phone.as_deref()))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(rows, |row| row.user_id.map(|id| id.0)))
        .bind::<Array<Text>, _>(column(rows, |row| row.priority.as_str()))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(rows, |row| row.department_id))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(rows, |row| row.category_id))
        .bind::<Array<Text>, _>(column(rows, |row| row.source.as_str()))
        .bind::<Array<Jsonb>, _>(column(rows, |row| &row.custom_fields))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(rows, |row| row.form_submission_id.map(|id| id.0)))
        .bind::<Array<Nullable<Timestamptz>>, _>(&batch.due_dates)
        .bind::<Array<Timestamptz>, _>(column(rows, |row| row.created_at))
}

/// Binds the columns of [`SPARE`].
fn bind_spare<'a, B: Binds + 'a>(
    call: Statement<B>,
    batch: &Batch,
    tickets: &'a [NewTicket],
) -> Statement<impl Binds + use<'a, B>> {
    let call = call
        .bind::<Json, _>(Value::Array(batch.attachments.clone()))
        .bind::<Json, _>(Value::Array(tickets.iter().flat_map(people).collect()))
        .bind::<BigInt, _>(PARTICIPANTS_MAX)
        .bind::<Json, _>(Value::Array(batch.keys.clone()));
    bind_bodies(bind_ends(call, tickets), tickets)
}

fn people(ticket: &NewTicket) -> Vec<Value> {
    let people = ticket.ends.as_ref().map_or(&[][..], |ends| &ends.people);
    participants(ticket.site.id, ticket.id, people)
}

fn bind_ends<'a, B: Binds + 'a>(
    call: Statement<B>,
    tickets: &'a [NewTicket],
) -> Statement<impl Binds + use<'a, B>> {
    let rows: Vec<_> = tickets.iter().filter_map(|ticket| Some((ticket, ticket.ends.as_ref()?))).collect();
    let ends = |value: fn(&Ends) -> Uuid| rows.iter().map(|(_, ends)| value(ends)).collect::<Vec<_>>();
    call.bind::<Array<SqlUuid>, _>(ends(|ends| ends.job_id))
        .bind::<Array<SqlUuid>, _>(ends(|ends| ends.token))
        .bind::<Array<SqlUuid>, _>(ends(|ends| ends.mail_id.0))
        .bind::<Array<SqlUuid>, _>(rows.iter().map(|(ticket, _)| ticket.site.id.0).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(rows.iter().map(|(ticket, _)| ticket.id.0).collect::<Vec<_>>())
}

fn bind_bodies<'a, B: Binds + 'a>(
    call: Statement<B>,
    tickets: &'a [NewTicket],
) -> Statement<impl Binds + use<'a, B>> {
    let body = |ticket: &'a NewTicket| {
        let body = ticket.ends.as_ref()?.body.as_deref()?;
        Some(Said { site: ticket.site.id, ticket: ticket.id, said: ticket.id.0, body })
    };
    bodies::bind(call, tickets.iter().filter_map(body).collect())
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
        _ if info.message() == "a lease has passed to another worker" => NotCreated::LeaseLost,
        _ => NotCreated::Database(Arc::new(error)),
    }
}
