//! What must be known of somebody before he is signed in.

use crate::pool::{Db, DbResult, Scope};
use crate::sql::sql;
use diesel::QueryableByName;
use diesel::sql_types::{Binary, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, UserId};
use uuid::Uuid;

/// An account at the door.
#[derive(Clone)]
pub struct Account {
    pub id: UserId,
    /// None for a super admin.
    pub site: Option<SiteId>,
    pub email: String,
    pub password_hash: String,
    /// False also when his site is switched off.
    pub is_active: bool,
    pub is_banned: bool,
    /// The sealed secret of a second factor that was confirmed.
    pub factor_sealed: Option<Vec<u8>>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    site_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    password_hash: String,
    #[diesel(sql_type = Bool)]
    is_active: bool,
    #[diesel(sql_type = Bool)]
    is_banned: bool,
    #[diesel(sql_type = Nullable<Binary>)]
    factor_sealed: Option<Vec<u8>>,
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        let Row { id, site_id, email, password_hash, is_active, is_banned, factor_sealed } = row;
        let (id, site) = (UserId(id), site_id.map(SiteId));
        Self { id, site, email, password_hash, is_active, is_banned, factor_sealed }
    }
}

macro_rules! account {
    ($condition:literal) => {
        concat!(
            "select u.id, u.site_id, u.email::text, u.password_hash::text,
                 u.is_active and coalesce(s.is_active, true) as is_active, u.is_banned,
                 f.secret_sealed as factor_sealed
             from users u
             left join sites s on s.id = u.site_id
             left join totp_factors f on f.user_id = u.id and f.confirmed_at is not null
             where ",
            $condition
        )
    };
}

/// The account of an address, as [`account_email`](super::rules::account_email) gives it.
///
/// # Errors
/// The database is away.
pub async fn find_account(db: &Db, email: &str) -> DbResult<Option<Account>> {
    let mut tx = db.begin(Scope::System).await?;
    let find = sql(account!("u.email = ?")).bind::<Text, _>(email);
    let rows: Vec<Row> = find.get_results(tx.conn()).await?;
    tx.commit().await?;
    Ok(rows.into_iter().next().map(Account::from))
}

/// The account of somebody who is signed in.
///
/// # Errors
/// The database is away.
pub async fn find_account_by_id(db: &Db, user: UserId) -> DbResult<Option<Account>> {
    let mut tx = db.begin(Scope::System).await?;
    let find = sql(account!("u.id = ?")).bind::<SqlUuid, _>(user.0);
    let rows: Vec<Row> = find.get_results(tx.conn()).await?;
    tx.commit().await?;
    Ok(rows.into_iter().next().map(Account::from))
}
