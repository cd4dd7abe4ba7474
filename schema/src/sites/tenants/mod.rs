//! Sites as those who run them see and change them.

mod addresses;
mod create;
mod delete;
mod list;
mod options;
mod update;

pub use create::create;
pub use delete::delete;
pub use list::{find, list};
pub use update::update;
pub(crate) use update::update_within;

use crate::pool::DbError;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, QueryableByName)]
pub struct Site {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub domain: String,
    #[diesel(sql_type = Text)]
    pub timezone: String,
    #[diesel(sql_type = Text)]
    pub support_team_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub mail_from: Option<String>,
    /// Where it receives mail, the first of them first.
    #[diesel(sql_type = Array<Text>)]
    pub support_addresses: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    pub origins: Vec<String>,
    #[diesel(sql_type = Text)]
    pub default_language: String,
    #[diesel(sql_type = Bool)]
    pub is_active: bool,
    /// The deployment's own site: callers who name none mean this one.
    #[diesel(sql_type = Bool)]
    pub is_default: bool,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// The columns of a [`Site`] that is not being deleted.
macro_rules! columns {
    () => {
        "s.id, s.name, s.domain, s.timezone, s.support_team_name, s.mail_from, s.origins, s.is_active, s.is_default, \
         s.created_at, s.updated_at, \
         array(select a.address from site_addresses a where a.site_id = s.id order by a.created_at, a.address) \
             as support_addresses, \
         coalesce((select o.value #>> '{}' from admin_settings o \
                   where o.site_id = s.id and o.key = 'default_language'), 'tr') as default_language"
    };
}
pub(super) use columns;

/// What can be changed; none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub name: Option<String>,
    pub domain: Option<String>,
    pub timezone: Option<String>,
    pub support_team_name: Option<String>,
    pub mail_from: Option<Option<String>>,
    pub support_addresses: Option<Vec<String>>,
    /// Takes the first address' place; the others stay.
    pub support_email: Option<String>,
    pub origins: Option<Vec<String>>,
    pub default_language: Option<String>,
    pub is_active: Option<bool>,
    /// Only ever true: another site takes the place over, nobody gives it away.
    pub becomes_default: bool,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such site")]
    NotFound,
    #[error("an address belongs to another site")]
    AddressTaken,
    #[error(transparent)]
    Database(DbError),
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        if error.is_taken() { Refused::AddressTaken } else { Refused::Database(error) }
    }
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}
