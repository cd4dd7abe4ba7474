//! Changing a user.

use super::create::check_department;
use super::standing::{end_sessions, somebody_is_left, take_turns};
use super::{Actor, Refused, User, columns, scope_of};
use crate::audit::{self, Entry};
use crate::people::rules::{Presence, Role, Standing, may_touch};
use crate::pool::{Db, Scope, Tx};
use crate::routing::rules::AgentState;
use crate::sql::sql;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{SiteId, UserId};
use serde_json::{Map, Value};
use uuid::Uuid;

/// What can be changed; none stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub email: Option<String>,
    pub name: Option<String>,
    pub role: Option<Role>,
    pub department_id: Option<Option<Uuid>>,
    pub skills: Option<Vec<String>>,
    pub languages: Option<Vec<String>>,
    pub max_chats: Option<i32>,
    pub priority_level: Option<i32>,
    pub accept_calls: Option<bool>,
    pub is_active: Option<bool>,
    pub is_vip: Option<bool>,
    pub is_banned: Option<bool>,
    pub ban_reason: Option<Option<String>>,
    pub must_change_password: Option<bool>,
    pub state: Option<AgentState>,
    pub state_message: Option<Option<String>>,
    pub state_until: Option<Option<DateTime<Utc>>>,
}

/// Changes a user of a site, or of none. Whom it switches off, bans or gives another role is signed out everywhere.
///
/// # Errors
/// See [`Refused`].
pub async fn update(
    db: &Db,
    site: Option<SiteId>,
    user: UserId,
    changes: Changes,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<User, Refused> {
    let mut tx = db.begin(scope_of(site)).await?;
    if changes.role.is_some() || changes.is_active.is_some() || changes.is_banned.is_some() {
        take_turns(&mut tx, site).await?;
    }
    let old = lock(&mut tx, site, user).await?;
    may_touch(actor.role, old.role()).map_err(|_| Refused::TooLow)?;
    let next = changes.applied(&old, actor, now)?;
    may_touch(actor.role, next.role()).map_err(|_| Refused::TooLow)?;
    if next.department_id != old.department_id {
        check_department(&mut tx, site, next.department_id).await?;
    }
    if next.site_id != old.site_id {
        tx.rescope(Scope::System).await?;
        leave_teams(&mut tx, &old).await?;
    }
    let new = write(&mut tx, &next).await?;
    if old.standing().steps_down(Some(new.standing())) && new.role() <= old.role() {
        somebody_is_left(&mut tx, site, &old, actor.role).await?;
    }
    if old.standing().ends_sessions(new.standing()) {
        end_sessions(&mut tx, new.id, now).await?;
    }
    for entry in entries(&old, &new, actor, now) {
        tx.audit(entry);
    }
    tx.commit().await?;
    Ok(new)
}

pub(super) async fn lock(tx: &mut Tx, site: Option<SiteId>, user: UserId) -> Result<User, Refused> {
    let rows: Vec<User> = sql(concat!(
        "select ",
        columns!(),
        " from users where site_id is not distinct from ? and id = ? for no key update"
    ))
    .bind::<Nullable<SqlUuid>, _>(site.map(|site| site.0))
    .bind::<SqlUuid, _>(user.0)
    .get_results(tx.conn())
    .await?;
    rows.into_iter().next().ok_or(Refused::NotFound)
}

impl Changes {
    /// The user as he will be.
    fn applied(self, old: &User, actor: &Actor, now: DateTime<Utc>) -> Result<User, Refused> {
        let new = old.clone();
        let role = self.role.unwrap_or(old.role());
        let (rises, falls) = (
            role == Role::SuperAdmin && old.role() != Role::SuperAdmin,
            role != Role::SuperAdmin && old.role() == Role::SuperAdmin,
        );
        if falls {
            return Err(Refused::HasNoSite);
        }
        let department_id = self.department_id.unwrap_or(old.department_id).filter(|_| !rises);
        let new = User {
            site_id: old.site_id.filter(|_| !rises),
            email: self.email.clone().unwrap_or(new.email),
            name: self.name.clone().unwrap_or(new.name),
            role: role.as_str().to_owned(),
            department_id,
            skills: self.skills.clone().unwrap_or(new.skills),
            languages: self.languages.clone().unwrap_or(new.languages),
            max_chats: self.max_chats.unwrap_or(old.max_chats),
            priority_level: self.priority_level.unwrap_or(old.priority_level),
            accept_calls: self.accept_calls.unwrap_or(old.accept_calls),
            is_active: self.is_active.unwrap_or(old.is_active),
            is_vip: self.is_vip.unwrap_or(old.is_vip),
            must_change_password: self.must_change_password.unwrap_or(old.must_change_password),
            updated_at: now,
            ..new
        };
        let new = self.says(new, now)?;
        let new = self.bans(new, actor, now);
        Ok(gone_home(old.standing(), new))
    }

    fn says(&self, user: User, now: DateTime<Utc>) -> Result<User, Refused> {
        if self.state.is_none() && self.state_message.is_none() && self.state_until.is_none() {
            return Ok(user);
        }
        let was = user.presence(now);
        let state = self.state.unwrap_or(was.state);
        // What was added to another state says nothing of this one.
        let (message, until) = if self.state.is_some() { (None, None) } else { (was.message, was.until) };
        let message = self.state_message.clone().unwrap_or(message);
        let presence = Presence::new(state, message, self.state_until.unwrap_or(until), now);
        let presence = presence.map_err(|_| Refused::BadState)?;
        Ok(User {
            state: presence.state.as_str().to_owned(),
            state_message: presence.message,
            state_until: presence.until,
            ..user
        })
    }

    fn bans(&self, user: User, actor: &Actor, now: DateTime<Utc>) -> User {
        match self.is_banned.unwrap_or(user.is_banned) {
            true if user.is_banned => {
                let ban_reason = self.ban_reason.clone().unwrap_or(user.ban_reason);
                User { ban_reason, ..user }
            }
            true => User {
                is_banned: true,
                ban_reason: self.ban_reason.clone().flatten(),
                banned_by: actor.by.user_id.map(|user| user.0),
                banned_at: Some(now),
                ..user
            },
            false => User { is_banned: false, ban_reason: None, banned_by: None, banned_at: None, ..user },
        }
    }
}

/// Who is signed out is not there any more.
fn gone_home(was: Standing, user: User) -> User {
    match was.ends_sessions(user.standing()) {
        true => User { status: "offline".to_owned(), ..user },
        false => user,
    }
}

async fn write(tx: &mut Tx, next: &User) -> Result<User, Refused> {
    Ok(sql(concat!(
        "update users set site_id = ?, email = ?, name = ?, role = ?, department_id = ?, skills = ?, languages = ?,
            max_chats = ?, priority_level = ?, status = ?, state = ?, state_message = ?, state_until = ?,
            accept_calls = ?, is_active = ?, is_vip = ?, is_banned = ?, ban_reason = ?, banned_by = ?, banned_at = ?,
            must_change_password = ?, updated_at = ?
        where id = ? returning ",
        columns!()
    ))
    .bind::<Nullable<SqlUuid>, _>(next.site_id)
    .bind::<Text, _>(&next.email)
    .bind::<Text, _>(&next.name)
    .bind::<Text, _>(&next.role)
    .bind::<Nullable<SqlUuid>, _>(next.department_id)
    .bind::<Array<Text>, _>(&next.skills)
    .bind::<Array<Text>, _>(&next.languages)
    .bind::<Integer, _>(next.max_chats)
    .bind::<Integer, _>(next.priority_level)
    .bind::<Text, _>(&next.status)
    .bind::<Text, _>(&next.state)
    .bind::<Nullable<Text>, _>(&next.state_message)
    .bind::<Nullable<Timestamptz>, _>(next.state_until)
    .bind::<Bool, _>(next.accept_calls)
    .bind::<Bool, _>(next.is_active)
    .bind::<Bool, _>(next.is_vip)
    .bind::<Bool, _>(next.is_banned)
    .bind::<Nullable<Text>, _>(&next.ban_reason)
    .bind::<Nullable<SqlUuid>, _>(next.banned_by)
    .bind::<Nullable<Timestamptz>, _>(next.banned_at)
    .bind::<Bool, _>(next.must_change_password)
    .bind::<Timestamptz, _>(next.updated_at)
    .bind::<SqlUuid, _>(next.id)
    .get_result(tx.conn())
    .await?)
}

/// Who is above all sites is in no site's team.
async fn leave_teams(tx: &mut Tx, user: &User) -> Result<(), Refused> {
    sql("delete from team_members where user_id = ?").bind::<SqlUuid, _>(user.id).execute(tx.conn()).await?;
    Ok(())
}

/// A role and a ban have actions of their own (B16-05); one entry for each sort of change that was made.
fn entries(old: &User, new: &User, actor: &Actor, now: DateTime<Utc>) -> Vec<Entry> {
    let site = old.site_id.map_or(SiteId::SYSTEM, SiteId);
    let Value::Object(changes) = audit::changes(old, new) else { return Vec::new() };
    let mut sorted: [(&str, Map<String, Value>); 3] =
        [("UPDATE", Map::new()), ("ROLE_CHANGE", Map::new()), ("USER_BAN", Map::new())];
    for (field, change) in changes {
        let sort = match field.as_str() {
            "role" => 1,
            "is_banned" | "ban_reason" | "banned_by" | "banned_at" => 2,
            _ => 0,
        };
        sorted[sort].1.insert(field, change);
    }
    let made = sorted.into_iter().filter(|(_, changes)| !changes.is_empty());
    made.map(|(action, changes)| {
        let entry = Entry::of(site, &actor.by, action, ("user", new.id), now);
        Entry { changes: Value::Object(changes), ..entry }
    })
    .collect()
}
