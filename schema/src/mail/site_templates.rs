//! A site's own versions of the mails (B10-57…59). Where it has none the built-in one is sent.

use super::outbound::Template;
use crate::audit::Entry;
use crate::pool::{Db, DbResult, Scope, Tx};
use crate::sql::sql;
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use serde::Serialize;

/// A mail as a site writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct SiteTemplate {
    /// A [`Template::key`].
    #[diesel(sql_type = Text)]
    pub key: String,
    #[diesel(sql_type = Text)]
    pub subject: String,
    #[diesel(sql_type = Text)]
    pub html: String,
    #[diesel(sql_type = Text)]
    pub text: String,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// What a site says instead of the built-in text.
#[derive(Clone, Copy, Debug)]
pub struct NewTexts<'a> {
    pub subject: &'a str,
    pub html: &'a str,
    pub text: &'a str,
}

/// All that a site wrote itself.
///
/// # Errors
/// The database is away.
pub async fn list(db: &Db, site: SiteId) -> DbResult<Vec<SiteTemplate>> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let find =
        sql("select key::text, subject, html, text, updated_at from email_templates where site_id = ?");
    let rows = find.bind::<SqlUuid, _>(site.0).get_results(tx.conn()).await?;
    tx.commit().await?;
    Ok(rows)
}

async fn lock(tx: &mut Tx, site: SiteId, template: Template) -> DbResult<Option<SiteTemplate>> {
    let rows: Vec<SiteTemplate> =
        sql("select key::text, subject, html, text, updated_at from email_templates
        where site_id = ? and key = ? for update")
        .bind::<SqlUuid, _>(site.0)
        .bind::<Text, _>(template.key())
        .get_results(tx.conn())
        .await?;
    Ok(rows.into_iter().next())
}

/// The site says it thus from now on. The texts have passed [`super::rules::template::check`].
///
/// # Errors
/// The database is away.
pub async fn put(
    db: &Db,
    site: SiteId,
    template: Template,
    texts: NewTexts<'_>,
    by: &By,
    now: DateTime<Utc>,
) -> DbResult<SiteTemplate> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    let old = lock(&mut tx, site, template).await?;
    let new: SiteTemplate =
        sql("insert into email_templates as t (site_id, key, subject, html, text, updated_at)
        values (?, ?, ?, ?, ?, ?)
        on conflict (site_id, key) do update set subject = excluded.subject, html = excluded.html,
            text = excluded.text, updated_at = excluded.updated_at
        returning t.key::text, t.subject, t.html, t.text, t.updated_at")
        .bind::<SqlUuid, _>(site.0)
        .bind::<Text, _>(template.key())
        .bind::<Text, _>(texts.subject)
        .bind::<Text, _>(texts.html)
        .bind::<Text, _>(texts.text)
        .bind::<Timestamptz, _>(now)
        .get_result(tx.conn())
        .await?;
    let action = if old.is_some() { "UPDATE" } else { "CREATE" };
    let entry = Entry::of(site, by, action, ("email_template", site.0), now);
    let entry = match &old {
        Some(old) => entry.changing(old, &new),
        None => entry.making(&new),
    };
    tx.audit(entry.with(serde_json::json!({ "key": template.key() })));
    tx.commit().await?;
    Ok(new)
}

/// Back to the built-in text; nothing happens where that is what is sent.
///
/// # Errors
/// The database is away.
pub async fn reset(db: &Db, site: SiteId, template: Template, by: &By, now: DateTime<Utc>) -> DbResult<()> {
    let mut tx = db.begin(Scope::Site(site)).await?;
    if let Some(old) = lock(&mut tx, site, template).await? {
        sql("delete from email_templates where site_id = ? and key = ?")
            .bind::<SqlUuid, _>(site.0)
            .bind::<Text, _>(template.key())
            .execute(tx.conn())
            .await?;
        let entry = Entry::of(site, by, "DELETE", ("email_template", site.0), now).losing(&old);
        tx.audit(entry.with(serde_json::json!({ "key": template.key() })));
    }
    tx.commit().await?;
    Ok(())
}
