//! Changing what a ticket says of itself. Its status, its agent and its numbers have acts of their own.

use super::hand::{Hand, Refused, What};
use super::rules::{Priority, search};
use super::status_row::Row;
use super::view::{Record, record};
use super::{search as index, tags};
use crate::audit::Entry;
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sla::rules::{WARNS_BEFORE, due};
use crate::sla::watch_job;
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::TicketId;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// What can be changed; none stays, none within clears.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub subject: Option<String>,
    pub priority: Option<Priority>,
    pub department_id: Option<Option<Uuid>>,
    pub category_id: Option<Option<Uuid>>,
    /// All of them: what is not named is gone.
    pub custom_fields: Option<Value>,
    pub visitor_name: Option<String>,
    pub visitor_email: Option<Option<String>>,
    pub visitor_phone: Option<Option<String>>,
    pub tags: Option<Vec<String>>,
    pub notes: Option<Option<String>>,
}

/// The columns that an edit may change, for comparing and for the audit log.
#[derive(Clone, Debug, PartialEq, Serialize, QueryableByName)]
struct Fields {
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    priority: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    department_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    category_id: Option<Uuid>,
    #[diesel(sql_type = Jsonb)]
    custom_fields: Value,
    #[diesel(sql_type = Text)]
    visitor_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    visitor_email: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    visitor_phone: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    tags: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    notes: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    sla_due_date: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    sla_breach_notified: bool,
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    department: bool,
    #[diesel(sql_type = Bool)]
    category: bool,
}

/// Changes a ticket's fields. Another priority is another promise, reckoned from the ticket's creation (A9-21). What
/// changes nothing writes nothing.
///
/// # Errors
/// See [`Refused`].
pub async fn edit(db: &Db, hand: &Hand<'_>, ticket: TicketId, changes: Changes) -> Result<Record, Refused> {
    let mut tx = db.begin(Scope::Site(hand.site.id)).await?;
    let row = hand.lay(&mut tx, ticket).await?;
    let old = fields(&mut tx, &row).await?;
    let mut new = changes.apply(&old);
    check(&mut tx, hand, &old, &new).await?;
    if new.priority != old.priority {
        promise_again(&mut tx, hand, &row, &mut new)?;
    }
    if new != old {
        write(&mut tx, hand, &row, &new).await?;
        if new.tags != old.tags {
            tags::put(&mut tx, &row, &new.tags).await?;
        }
        let entry = Entry::of(hand.site.id, hand.by, "UPDATE", ("ticket", row.id), hand.now);
        tx.audit(entry.changing(&old, &new));
    }
    let record = record(&mut tx, hand.site.id, ticket).await?.ok_or(Refused::NotFound)?;
    if new.sought() != old.sought() {
        index::put(&mut tx, &row, &search::doc(sought(&record))).await?;
    }
    tx.commit().await?;
    Ok(record)
}

impl Changes {
    fn apply(self, old: &Fields) -> Fields {
        let old = old.clone();
        Fields {
            subject: self.subject.unwrap_or(old.subject),
            priority: self.priority.map_or(old.priority, |priority| priority.as_str().to_owned()),
            department_id: self.department_id.unwrap_or(old.department_id),
            category_id: self.category_id.unwrap_or(old.category_id),
            custom_fields: self.custom_fields.unwrap_or(old.custom_fields),
            visitor_name: self.visitor_name.unwrap_or(old.visitor_name),
            visitor_email: self.visitor_email.unwrap_or(old.visitor_email),
            visitor_phone: self.visitor_phone.unwrap_or(old.visitor_phone),
            tags: self.tags.map_or(old.tags, tags::tidied),
            notes: self.notes.unwrap_or(old.notes),
            sla_due_date: old.sla_due_date,
            sla_breach_notified: old.sla_breach_notified,
        }
    }
}

impl Fields {
    fn sought(&self) -> (&str, &str, Option<&str>, Option<&str>) {
        (&self.subject, &self.visitor_name, self.visitor_email.as_deref(), self.visitor_phone.as_deref())
    }
}

fn sought(record: &Record) -> search::Sought<'_> {
    search::Sought {
        ticket_number: record.card.ticket_number,
        reference: &record.card.reference,
        subject: &record.card.subject,
        visitor_name: &record.card.visitor_name,
        visitor_email: record.card.visitor_email.as_deref(),
        visitor_phone: record.card.visitor_phone.as_deref(),
        message: &record.message,
    }
}

async fn fields(tx: &mut Tx, row: &Row) -> DbResult<Fields> {
    Ok(sql(
        "select subject, priority::text as priority, department_id, category_id, custom_fields, visitor_name,
             visitor_email::text as visitor_email, visitor_phone::text as visitor_phone, notes, sla_due_date,
             sla_breach_notified,
             array(select g.tag::text from ticket_tags g where g.ticket_id = t.id order by g.tag) as tags
         from tickets t where site_id = ? and id = ?",
    )
    .bind::<SqlUuid, _>(row.site_id)
    .bind::<SqlUuid, _>(row.id)
    .get_result(tx.conn())
    .await?)
}

/// A department or category that the ticket did not have must be one of the site's.
async fn check(tx: &mut Tx, hand: &Hand<'_>, old: &Fields, new: &Fields) -> Result<(), Refused> {
    if (new.department_id, new.category_id) == (old.department_id, old.category_id) {
        return Ok(());
    }
    let known: Known = sql("select (given.department is null or exists (select from departments d
                where d.site_id = given.site and d.id = given.department)) as department,
             (given.category is null or exists (select from ticket_categories c
                where c.site_id = given.site and c.id = given.category)) as category
         from (select ?::uuid as site, ?::uuid as department, ?::uuid as category) as given")
    .bind::<SqlUuid, _>(hand.site.id.0)
    .bind::<Nullable<SqlUuid>, _>(new.department_id)
    .bind::<Nullable<SqlUuid>, _>(new.category_id)
    .get_result(tx.conn())
    .await?;
    match (known.department, known.category) {
        (false, _) => Err(Refused::Unknown(What::Department)),
        (_, false) => Err(Refused::Unknown(What::Category)),
        (true, true) => Ok(()),
    }
}

/// The due date of the new priority. A warning that came for an earlier one comes again; a breach stays one.
fn promise_again(tx: &mut Tx, hand: &Hand<'_>, row: &Row, new: &mut Fields) -> Result<(), Refused> {
    if row.settings_version != hand.site.version {
        return Err(Refused::StaleSettings);
    }
    let priority = Priority::parse(&new.priority).unwrap_or_default();
    let before = new.sla_due_date;
    new.sla_due_date = due(&hand.site.calendar, &hand.site.targets, priority, row.created_at);
    new.sla_breach_notified = new.sla_breach_notified && new.sla_due_date <= before;
    let is_watched = !row.sla_breached && !row.standing().kind.is_settled();
    if let Some(due) = new.sla_due_date.filter(|_| is_watched) {
        let job = watch_job(row.site(), row.ticket(), due - WARNS_BEFORE);
        tx.enqueue(job.traced(hand.by.origin.trace_id.clone()));
    }
    Ok(())
}

async fn write(tx: &mut Tx, hand: &Hand<'_>, row: &Row, new: &Fields) -> DbResult<()> {
    sql(
        "update tickets set subject = ?, priority = ?, department_id = ?, category_id = ?, custom_fields = ?,
             visitor_name = ?, visitor_email = ?, visitor_phone = ?, notes = ?, sla_due_date = ?,
             sla_breach_notified = ?, updated_at = ?
         where site_id = ? and id = ?",
    )
    .bind::<Text, _>(&new.subject)
    .bind::<Text, _>(&new.priority)
    .bind::<Nullable<SqlUuid>, _>(new.department_id)
    .bind::<Nullable<SqlUuid>, _>(new.category_id)
    .bind::<Jsonb, _>(&new.custom_fields)
    .bind::<Text, _>(&new.visitor_name)
    .bind::<Nullable<Text>, _>(new.visitor_email.as_deref())
    .bind::<Nullable<Text>, _>(new.visitor_phone.as_deref())
    .bind::<Nullable<Text>, _>(new.notes.as_deref())
    .bind::<Nullable<Timestamptz>, _>(new.sla_due_date)
    .bind::<Bool, _>(new.sla_breach_notified)
    .bind::<Timestamptz, _>(hand.now)
    .bind::<SqlUuid, _>(row.site_id)
    .bind::<SqlUuid, _>(row.id)
    .execute(tx.conn())
    .await?;
    Ok(())
}
