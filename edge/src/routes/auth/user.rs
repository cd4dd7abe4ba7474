//! A user as the API shows him (A1-14).

use crate::time::instant;
use schema::sessions::Profile;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
#[schema(as = CurrentUser)]
pub struct User {
    id: Uuid,
    name: String,
    email: String,
    #[schema(pattern = "^(superadmin|admin|agent|customer)$")]
    role: String,
    /// Null for a super admin.
    site_id: Option<Uuid>,
    department_id: Option<Uuid>,
    skills: Vec<String>,
    languages: Vec<String>,
    max_chats: i32,
    current_chats: i32,
    priority_level: i32,
    #[schema(pattern = "^(online|offline)$")]
    status: String,
    state: String,
    state_message: Option<String>,
    #[schema(format = "date-time")]
    state_until: Option<String>,
    accept_calls: bool,
    /// Whether a log-in asks for a code.
    totp_enabled: bool,
    #[schema(format = "date-time")]
    last_login: Option<String>,
    #[schema(format = "date-time")]
    created_at: String,
}

impl From<Profile> for User {
    fn from(row: Profile) -> Self {
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            role: row.role,
            site_id: row.site_id,
            department_id: row.department_id,
            skills: row.skills,
            languages: row.languages,
            max_chats: row.max_chats,
            current_chats: row.current_chats,
            priority_level: row.priority_level,
            status: row.status,
            state: row.state,
            state_message: row.state_message,
            state_until: row.state_until.map(instant),
            accept_calls: row.accept_calls,
            totp_enabled: row.totp_enabled,
            last_login: row.last_login.map(instant),
            created_at: instant(row.created_at),
        }
    }
}
