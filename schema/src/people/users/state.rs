//! An agent says what he is doing (A1-E11).

use super::{Actor, Changes, Refused, User, update};
use crate::people::rules::Presence;
use crate::pool::Db;
use chrono::{DateTime, Utc};
use jobs::{SiteId, UserId};

/// Sets a user's own state; what was added to the one before is gone.
///
/// # Errors
/// See [`Refused`].
pub async fn set_state(
    db: &Db,
    site: Option<SiteId>,
    user: UserId,
    presence: Presence,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<User, Refused> {
    let changes = Changes {
        state: Some(presence.state),
        state_message: Some(presence.message),
        state_until: Some(presence.until),
        ..Changes::default()
    };
    update(db, site, user, changes, actor, now).await
}
