//! A user as he is shown (A1-14): never with his password.

use crate::pool::{Db, DbResult, Scope};
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::UserId;
use uuid::Uuid;

#[derive(Clone, Debug, QueryableByName)]
pub struct Profile {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub site_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = Text)]
    pub role: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub department_id: Option<Uuid>,
    #[diesel(sql_type = Array<Text>)]
    pub skills: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    pub languages: Vec<String>,
    #[diesel(sql_type = Integer)]
    pub max_chats: i32,
    #[diesel(sql_type = Integer)]
    pub current_chats: i32,
    #[diesel(sql_type = Integer)]
    pub priority_level: i32,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub state_message: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub state_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    pub accept_calls: bool,
    #[diesel(sql_type = Bool)]
    pub must_change_password: bool,
    /// Whether a log-in asks for a code.
    #[diesel(sql_type = Bool)]
    pub totp_enabled: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_login: Option<DateTime<Utc>>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// The profile of a user of any site.
///
/// # Errors
/// The database is away.
pub async fn find_profile(db: &Db, user: UserId) -> DbResult<Option<Profile>> {
    let mut tx = db.begin(Scope::System).await?;
    let profile = profile(tx.conn(), user.0).await?;
    tx.commit().await?;
    Ok(profile)
}

pub(super) async fn profile(
    conn: &mut diesel_async::AsyncPgConnection,
    user: Uuid,
) -> diesel::QueryResult<Option<Profile>> {
    let rows: Vec<Profile> = sql("select id, site_id, name::text, email::text, role::text, department_id, skills,
             languages, max_chats, current_chats, priority_level, status::text, state::text, state_message,
             state_until, accept_calls, must_change_password, last_login, created_at,
             exists (select from totp_factors f where f.user_id = u.id and f.confirmed_at is not null) as totp_enabled
         from users u where id = ?")
    .bind::<SqlUuid, _>(user)
    .get_results(conn)
    .await?;
    Ok(rows.into_iter().next())
}
