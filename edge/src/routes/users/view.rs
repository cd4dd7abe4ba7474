//! Users as they are shown. The password's hash is no part of what is read.

use crate::time::{instant, now};
use schema::people::rules::Role;
use schema::people::users::User;
use schema::routing::rules::{AgentState, AgentStatus};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An agent's record (A1-14).
#[derive(Serialize, ToSchema)]
#[schema(as = AgentRecord)]
pub struct AgentView {
    id: Uuid,
    name: String,
    email: String,
    #[schema(value_type = RoleWord)]
    role: Role,
    /// Null for a super admin.
    site_id: Option<Uuid>,
    department_id: Option<Uuid>,
    skills: Vec<String>,
    /// ISO 639-1.
    languages: Vec<String>,
    max_chats: i32,
    current_chats: i32,
    open_tickets: i32,
    priority_level: i32,
    #[schema(value_type = StatusWord)]
    status: AgentStatus,
    #[schema(value_type = StateWord)]
    state: AgentState,
    state_message: Option<String>,
    #[schema(format = DateTime)]
    state_until: Option<String>,
    accept_calls: bool,
}

/// A user, as those who manage users see him.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub struct View {
    #[serde(flatten)]
    agent: AgentView,
    is_active: bool,
    is_vip: bool,
    is_banned: bool,
    ban_reason: Option<String>,
    banned_by: Option<Uuid>,
    #[schema(format = DateTime)]
    banned_at: Option<String>,
    must_change_password: bool,
    #[schema(format = DateTime)]
    last_login: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<User> for AgentView {
    fn from(user: User) -> Self {
        let presence = user.presence(now());
        Self {
            id: user.id,
            role: user.role(),
            status: if user.is_online() { AgentStatus::Online } else { AgentStatus::Offline },
            name: user.name,
            email: user.email,
            site_id: user.site_id,
            department_id: user.department_id,
            skills: user.skills,
            languages: user.languages,
            max_chats: user.max_chats,
            current_chats: user.current_chats,
            open_tickets: user.open_tickets,
            priority_level: user.priority_level,
            state: presence.state,
            state_message: presence.message,
            state_until: presence.until.map(instant),
            accept_calls: user.accept_calls,
        }
    }
}

impl From<User> for View {
    fn from(user: User) -> Self {
        Self {
            is_active: user.is_active,
            is_vip: user.is_vip,
            is_banned: user.is_banned,
            ban_reason: user.ban_reason.clone(),
            banned_by: user.banned_by,
            banned_at: user.banned_at.map(instant),
            must_change_password: user.must_change_password,
            last_login: user.last_login.map(instant),
            created_at: instant(user.created_at),
            updated_at: instant(user.updated_at),
            agent: user.into(),
        }
    }
}

#[derive(ToSchema)]
#[schema(as = Role, rename_all = "lowercase")]
#[expect(dead_code, reason = "only described")]
pub enum RoleWord {
    Customer,
    Agent,
    Admin,
    SuperAdmin,
}

#[derive(ToSchema)]
#[schema(as = AgentStatus, rename_all = "lowercase")]
#[expect(dead_code, reason = "only described")]
pub enum StatusWord {
    Online,
    Offline,
}

#[derive(ToSchema)]
#[schema(as = AgentState)]
#[expect(dead_code, reason = "only described")]
pub enum StateWord {
    #[schema(rename = "Müsait")]
    Available,
    #[schema(rename = "Meşgul")]
    Busy,
    #[schema(rename = "Molada")]
    OnBreak,
    #[schema(rename = "Uzakta")]
    Away,
    #[schema(rename = "Rahatsız Etmeyin")]
    DoNotDisturb,
}
