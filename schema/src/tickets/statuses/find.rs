//! What a site's tables say of one step.

use crate::people::rules::Role;
use crate::pool::{DbResult, Tx};
use crate::sql::sql;
use crate::tickets::rules::{Kind, StatusKey};
use crate::tickets::status::Warrant;
use diesel::prelude::QueryableByName;
use diesel::sql_types::{Array, Bool, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;

/// A status, and the step to it from where a ticket stands.
#[derive(Clone, Debug)]
pub struct Known {
    pub kind: Kind,
    pub label: String,
    pub retired: bool,
    /// The site's table has the step.
    pub is_step: bool,
    /// Who may take it; everybody if none is named.
    pub roles: Vec<String>,
}

impl Known {
    /// Whether a step to this status may be taken. A retired one is for those that have it.
    pub fn allows(&self, warrant: Warrant) -> bool {
        match warrant {
            Warrant::Rules | Warrant::Override => true,
            Warrant::Table => self.is_step && !self.retired,
            Warrant::Role(role) => {
                let open_to_all = self.roles.is_empty() || role == Role::SuperAdmin;
                let named = self.roles.iter().any(|named| named == role.as_str());
                self.is_step && !self.retired && (open_to_all || named)
            }
        }
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    label: String,
    #[diesel(sql_type = Bool)]
    retired: bool,
    #[diesel(sql_type = Bool)]
    is_step: bool,
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
}

/// The status `to` of a site and the step to it; none if the site has no such status. It cannot be deleted before the
/// transaction ends.
///
/// # Errors
/// The database is away.
pub async fn known(tx: &mut Tx, site: SiteId, from: &StatusKey, to: &StatusKey) -> DbResult<Option<Known>> {
    let rows: Vec<Row> = sql(
        "select s.kind::text as kind, s.label, s.retired, t.id is not null as is_step, coalesce(t.roles, '{}') as roles
         from statuses s
         left join status_transitions t on t.site_id = s.site_id and t.from_key = ? and t.to_key = s.key
         where s.site_id = ? and s.key = ? for key share of s",
    )
    .bind::<Text, _>(from.as_str())
    .bind::<SqlUuid, _>(site.0)
    .bind::<Text, _>(to.as_str())
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().next().map(|row| Known {
        kind: Kind::parse(&row.kind).unwrap_or(Kind::Open),
        label: row.label,
        retired: row.retired,
        is_step: row.is_step,
        roles: row.roles,
    }))
}
