//! Making a user.

use super::{Actor, Refused, User, columns, scope_of};
use crate::audit::Entry;
use crate::people::rules::{Role, may_touch};
use crate::pool::{Db, Tx};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::SiteId;
use uuid::Uuid;

/// A user to be made; the address as it is stored.
#[derive(Clone)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub role: Role,
    pub password_hash: String,
    pub must_change_password: bool,
    pub department_id: Option<Uuid>,
    pub skills: Vec<String>,
    pub languages: Vec<String>,
    pub max_chats: i32,
    pub priority_level: i32,
    pub accept_calls: bool,
    pub is_vip: bool,
    pub is_active: bool,
}

/// Makes a user of a site; a super admin of none.
///
/// # Errors
/// See [`Refused`].
pub async fn create(
    db: &Db,
    site: Option<SiteId>,
    new: &NewUser,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<User, Refused> {
    may_touch(actor.role, new.role).map_err(|_| Refused::TooLow)?;
    let site = site.filter(|_| new.role != Role::SuperAdmin);
    let mut tx = db.begin(scope_of(site)).await?;
    check_department(&mut tx, site, new.department_id).await?;
    let made: User = sql(concat!(
        "insert into users (site_id, email, name, role, password_hash, must_change_password, department_id, skills,
            languages, max_chats, priority_level, accept_calls, is_vip, is_active, created_at, updated_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning ",
        columns!()
    ))
    .bind::<Nullable<SqlUuid>, _>(site.map(|site| site.0))
    .bind::<Text, _>(&new.email)
    .bind::<Text, _>(&new.name)
    .bind::<Text, _>(new.role.as_str())
    .bind::<Text, _>(&new.password_hash)
    .bind::<Bool, _>(new.must_change_password)
    .bind::<Nullable<SqlUuid>, _>(new.department_id)
    .bind::<Array<Text>, _>(&new.skills)
    .bind::<Array<Text>, _>(&new.languages)
    .bind::<Integer, _>(new.max_chats)
    .bind::<Integer, _>(new.priority_level)
    .bind::<Bool, _>(new.accept_calls)
    .bind::<Bool, _>(new.is_vip)
    .bind::<Bool, _>(new.is_active)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now)
    .get_result(tx.conn())
    .await?;
    let entry = Entry::of(site.unwrap_or(SiteId::SYSTEM), &actor.by, "CREATE", ("user", made.id), now);
    tx.audit(entry.making(&made));
    tx.commit().await?;
    Ok(made)
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    known: bool,
}

/// Another site's department is unknown; who has no site has no department.
pub(super) async fn check_department(
    tx: &mut Tx,
    site: Option<SiteId>,
    department: Option<Uuid>,
) -> Result<(), Refused> {
    let Some(department) = department else { return Ok(()) };
    let row: Known = sql("select exists (select from departments where site_id = ? and id = ?) as known")
        .bind::<Nullable<SqlUuid>, _>(site.map(|site| site.0))
        .bind::<SqlUuid, _>(department)
        .get_result(tx.conn())
        .await?;
    if row.known { Ok(()) } else { Err(Refused::NoDepartment) }
}
