//! What callers ask about forms.

use super::rows::Form;
use super::rules::Definition;
use crate::pool::{Db, DbResult, Scope};
use crate::sql::sql;
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Bool, Json, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{FormId, SiteId, SubmissionId};
use serde::Deserialize;

#[derive(QueryableByName)]
struct FormRow {
    #[diesel(sql_type = Json)]
    definition: serde_json::Value,
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    known: bool,
}

/// An active form of the site; none if it is unknown, switched off or another site's.
///
/// # Errors
/// The database is away, or the stored definition cannot be read.
pub async fn find_form(db: &Db, site: SiteId, form: FormId) -> anyhow::Result<Option<Form>> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let rows: Vec<FormRow> = sql("select json_build_object('name', name, 'fields', fields, \
             'create_ticket', create_ticket, 'department_id', department_id, 'category_id', category_id, \
             'default_priority', default_priority) as definition \
         from dynamic_forms where site_id = ? and id = ? and is_active")
    .bind::<SqlUuid, _>(site.0)
    .bind::<SqlUuid, _>(form.0)
    .get_results(tx.conn())
    .await?;
    tx.commit().await?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    Ok(Some(Form { id: form, definition: Definition::deserialize(row.definition)? }))
}

/// Whether the submission is stored.
///
/// # Errors
/// The database is away.
pub async fn has_submission(db: &Db, site: SiteId, submission: SubmissionId) -> DbResult<bool> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let row: Known =
        sql("select exists (select from form_submissions where site_id = ? and id = ?) as known")
            .bind::<SqlUuid, _>(site.0)
            .bind::<SqlUuid, _>(submission.0)
            .get_result(tx.conn())
            .await?;
    tx.commit().await?;
    Ok(row.known)
}
