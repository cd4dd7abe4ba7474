//! Who is calling, asked anew for every signed-in request (A2-04): a deactivation, a ban, an ended session or a
//! withdrawn permission counts with the next call on every edge.

use super::rules::{Permission, Role};
use crate::pool::{Db, DbResult};
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, UserId};
use uuid::Uuid;

/// A user as the door sees him.
#[derive(Clone, Debug)]
pub struct Caller {
    pub id: UserId,
    /// None for a super admin.
    pub site: Option<SiteId>,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub department_id: Option<Uuid>,
    /// False also when his site is switched off.
    pub is_active: bool,
    pub is_banned: bool,
    pub must_change_password: bool,
    /// Whether the session of his token still lasts.
    pub is_signed_in: bool,
    pub granted: Vec<Permission>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    site_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    department_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    is_active: bool,
    #[diesel(sql_type = Bool)]
    is_banned: bool,
    #[diesel(sql_type = Bool)]
    must_change_password: bool,
    #[diesel(sql_type = Bool)]
    is_signed_in: bool,
    #[diesel(sql_type = Array<Text>)]
    granted: Vec<String>,
}

/// The user a token names, if he still exists; notes that his session was used.
///
/// # Errors
/// The database is away.
pub async fn find_caller(db: &Db, user: UserId, session: Uuid) -> DbResult<Option<Caller>> {
    let mut conn = db.conn().await?;
    let rows: Vec<Row> = sql("select * from caller(?, ?, interval '30 days')")
        .bind::<SqlUuid, _>(user.0)
        .bind::<SqlUuid, _>(session)
        .get_results(&mut **conn)
        .await?;
    Ok(rows.into_iter().next().and_then(|row| row.caller(user)))
}

impl Row {
    /// A role nobody knows opens nothing.
    fn caller(self, id: UserId) -> Option<Caller> {
        Some(Caller {
            id,
            site: self.site_id.map(SiteId),
            name: self.name,
            email: self.email,
            role: Role::parse(&self.role)?,
            department_id: self.department_id,
            is_active: self.is_active,
            is_banned: self.is_banned,
            must_change_password: self.must_change_password,
            is_signed_in: self.is_signed_in,
            granted: self.granted.iter().filter_map(|word| Permission::parse(word)).collect(),
        })
    }
}
