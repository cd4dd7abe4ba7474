//! Ready-made answers of a site (A8-39).

use super::rules::{Facts, fill, number_text};
use crate::audit::Entry;
use crate::page::{Span, total};
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::refused::Refused;
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, TicketId};
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct Template {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub site_id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub subject: String,
    #[diesel(sql_type = Text)]
    pub body: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub category_id: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// A template as it shall be.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub name: String,
    pub subject: String,
    pub body: String,
    pub category_id: Option<Uuid>,
}

/// What can be changed; none stays, none within clears.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub name: Option<String>,
    pub subject: Option<String>,
    pub body: Option<String>,
    pub category_id: Option<Option<Uuid>>,
}

/// A template filled with what is known of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub body: String,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    template: Template,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// One page of a scope's templates by name, and how many there are.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, scope: Scope, span: Span) -> DbResult<(Vec<Template>, i64)> {
    let mut tx = db.begin(scope).await?;
    let rows: Vec<Counted> =
        sql("select id, site_id, name, subject, body, category_id, created_at, updated_at,
             count(*) over () as total
         from ticket_templates order by name, id limit ? offset ?")
        .bind::<BigInt, _>(span.limit)
        .bind::<BigInt, _>(span.offset)
        .get_results(tx.conn())
        .await?;
    let said = rows.last().map(|row| row.total);
    let total = total(&mut tx, said, span, "select count(*) as count from ticket_templates").await?;
    tx.commit().await?;
    Ok((rows.into_iter().map(|row| row.template).collect(), total))
}

/// # Errors
/// See [`Refused`].
pub async fn create(
    db: &Db,
    site: SiteId,
    draft: &Draft,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Template, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    known(&mut tx, site, draft.category_id).await?;
    let made: Template = sql(
        "insert into ticket_templates (site_id, name, subject, body, category_id, created_at, updated_at)
         values (?, ?, ?, ?, ?, ?, $6)
         returning id, site_id, name, subject, body, category_id, created_at, updated_at",
    )
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(&draft.name)
    .bind::<Text, _>(&draft.subject)
    .bind::<Text, _>(&draft.body)
    .bind::<Nullable<SqlUuid>, _>(draft.category_id)
    .bind::<Timestamptz, _>(now)
    .get_result(tx.conn())
    .await?;
    tx.audit(Entry::of(site, by, "CREATE", ("ticket_template", made.id), now).making(&made));
    tx.commit().await?;
    Ok(made)
}

/// # Errors
/// See [`Refused`].
pub async fn update(
    db: &Db,
    site: SiteId,
    id: Uuid,
    changes: Changes,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Template, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let old = lock(&mut tx, site, id).await?;
    let category = changes.category_id.unwrap_or(old.category_id);
    known(&mut tx, site, category).await?;
    let new: Template =
        sql("update ticket_templates set name = ?, subject = ?, body = ?, category_id = ?, updated_at = ?
         where site_id = ? and id = ?
         returning id, site_id, name, subject, body, category_id, created_at, updated_at")
        .bind::<Text, _>(changes.name.as_ref().unwrap_or(&old.name))
        .bind::<Text, _>(changes.subject.as_ref().unwrap_or(&old.subject))
        .bind::<Text, _>(changes.body.as_ref().unwrap_or(&old.body))
        .bind::<Nullable<SqlUuid>, _>(category)
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id)
        .get_result(tx.conn())
        .await?;
    tx.audit(Entry::of(site, by, "UPDATE", ("ticket_template", id), now).changing(&old, &new));
    tx.commit().await?;
    Ok(new)
}

/// # Errors
/// See [`Refused`].
pub async fn delete(db: &Db, site: SiteId, id: Uuid, by: &By, now: DateTime<Utc>) -> Result<(), Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let gone: Vec<Template> = sql("delete from ticket_templates where site_id = ? and id = ?
        returning id, site_id, name, subject, body, category_id, created_at, updated_at")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(id)
    .get_results(tx.conn())
    .await?;
    let gone = gone.into_iter().next().ok_or(Refused::NotFound)?;
    tx.audit(Entry::of(site, by, "DELETE", ("ticket_template", id), now).losing(&gone));
    tx.commit().await?;
    Ok(())
}

/// A template filled for a ticket, in the name of an agent; none if the site lacks the ticket.
///
/// # Errors
/// See [`Refused`].
pub async fn render(
    db: &Db,
    site: SiteId,
    id: Uuid,
    ticket: TicketId,
    agent_name: &str,
) -> Result<Option<Rendered>, Refused> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let template = find(&mut tx, site, id).await?.ok_or(Refused::NotFound)?;
    let Some(record) = super::view::record(&mut tx, site, ticket).await? else { return Ok(None) };
    tx.commit().await?;
    let number = number_text(record.card.ticket_number);
    let facts = Facts {
        ticket_number: &number,
        visitor_name: &record.card.visitor_name,
        agent_name,
        subject: &record.card.subject,
    };
    Ok(Some(Rendered { subject: fill(&template.subject, facts), body: fill(&template.body, facts) }))
}

async fn find(tx: &mut Tx, site: SiteId, id: Uuid) -> DbResult<Option<Template>> {
    let rows: Vec<Template> =
        sql("select id, site_id, name, subject, body, category_id, created_at, updated_at
         from ticket_templates where site_id = ? and id = ?")
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id)
        .get_results(tx.conn())
        .await?;
    Ok(rows.into_iter().next())
}

async fn lock(tx: &mut Tx, site: SiteId, id: Uuid) -> Result<Template, Refused> {
    let rows: Vec<Template> =
        sql("select id, site_id, name, subject, body, category_id, created_at, updated_at
         from ticket_templates where site_id = ? and id = ? for no key update")
        .bind::<SqlUuid, _>(site.0)
        .bind::<SqlUuid, _>(id)
        .get_results(tx.conn())
        .await?;
    rows.into_iter().next().ok_or(Refused::NotFound)
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    known: bool,
}

/// A category must be one of the site's.
async fn known(tx: &mut Tx, site: SiteId, category: Option<Uuid>) -> Result<(), Refused> {
    let Some(category) = category else { return Ok(()) };
    let row: Known =
        sql("select exists (select from ticket_categories where site_id = ? and id = ?) as known")
            .bind::<SqlUuid, _>(site.0)
            .bind::<SqlUuid, _>(category)
            .get_result(tx.conn())
            .await?;
    if row.known { Ok(()) } else { Err(Refused::NamesUnknown) }
}
