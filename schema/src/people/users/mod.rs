//! Users: whoever signs in. Listed, made, changed and deleted by those who run a site; the password's hash never
//! leaves the database again.
//!
//! A user of no site is a super admin. Nobody reaches above his own role, and the last one who administers a site, or
//! all of them, cannot step down.

mod create;
mod delete;
mod list;
mod standing;
mod state;
mod update;

pub use create::{NewUser, create};
pub use delete::delete;
pub use list::{Filter, available, find, list};
pub use state::set_state;
pub use update::{Changes, update};

use super::rules::{Presence, Role, Standing};
use crate::pool::{DbError, Scope};
use crate::routing::rules::{AgentState, AgentStatus};
use crate::tickets::status::By;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use jobs::SiteId;
use serde::Serialize;
use uuid::Uuid;

/// A user as those who may see him do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct User {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub site_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = Text)]
    pub name: String,
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
    /// Counted, not set: like the next, no part of the audit log.
    #[serde(skip)]
    #[diesel(sql_type = Integer)]
    pub current_chats: i32,
    #[serde(skip)]
    #[diesel(sql_type = Integer)]
    pub open_tickets: i32,
    #[diesel(sql_type = Integer)]
    pub priority_level: i32,
    #[serde(skip)]
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
    pub is_active: bool,
    #[diesel(sql_type = Bool)]
    pub is_vip: bool,
    #[diesel(sql_type = Bool)]
    pub is_banned: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub ban_reason: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub banned_by: Option<Uuid>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub banned_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    pub must_change_password: bool,
    #[serde(skip)]
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_login: Option<DateTime<Utc>>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// The columns of a [`User`].
macro_rules! columns {
    () => {
        "id, site_id, email, name, role, department_id, skills, languages, max_chats, current_chats, open_tickets, \
         priority_level, status, state, state_message, state_until, accept_calls, is_active, is_vip, is_banned, \
         ban_reason, banned_by, banned_at, must_change_password, last_login, created_at, updated_at"
    };
}
pub(super) use columns;

/// Who makes a change.
#[derive(Clone, Debug)]
pub struct Actor {
    pub role: Role,
    pub by: By,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such user")]
    NotFound,
    #[error("the address belongs to another user")]
    EmailTaken,
    #[error("the site has no such department")]
    NoDepartment,
    #[error("nobody reaches above his own role")]
    TooLow,
    #[error("nobody else would administer")]
    LastAdmin,
    #[error("who is above all sites has no place in one")]
    HasNoSite,
    #[error("the state's end lies behind")]
    BadState,
    #[error(transparent)]
    Database(DbError),
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        if error.is_taken() { Refused::EmailTaken } else { Refused::Database(error) }
    }
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

impl User {
    /// A role nobody knows is the lowest.
    #[must_use]
    pub fn role(&self) -> Role {
        Role::parse(&self.role).unwrap_or(Role::Customer)
    }

    #[must_use]
    pub fn is_online(&self) -> bool {
        self.status == AgentStatus::Online.as_str()
    }

    /// What he says of himself, as of an instant.
    #[must_use]
    pub fn presence(&self, now: DateTime<Utc>) -> Presence {
        let state = AgentState::parse(&self.state).unwrap_or(AgentState::Away);
        Presence { state, message: self.state_message.clone(), until: self.state_until }.at(now)
    }

    fn standing(&self) -> Standing {
        Standing { role: self.role(), is_active: self.is_active, is_banned: self.is_banned }
    }
}

/// The scope of the users of a site, or of those of none.
fn scope_of(site: Option<SiteId>) -> Scope {
    site.map_or(Scope::System, Scope::Site)
}
