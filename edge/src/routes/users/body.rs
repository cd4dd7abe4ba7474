//! What a user is made and changed with.

use super::view::{RoleWord, StateWord};
use crate::request::words::{LanguageCode, SkillName};
use crate::request::{changed, fields, not_blank};
use chrono::{DateTime, Utc};
use garde::Validate;
use schema::people::rules::{
    EMAIL_CHARS_MAX, PASSWORD_BYTES_MAX, PASSWORD_BYTES_MIN, Role, account_email, distinct, language,
};
use schema::people::users::{Changes, NewUser};
use schema::routing::rules::AgentState;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

const SKILLS_MAX: usize = 50;
const LANGUAGES_MAX: usize = 20;
const CHATS_MAX: i32 = 100;
const LEVEL_MAX: i32 = 100;

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = UserDraft)]
pub struct Draft {
    #[garde(length(chars, min = 1, max = EMAIL_CHARS_MAX), custom(fields::email))]
    #[schema(format = Email, min_length = 1, max_length = 255)]
    pub email: String,
    #[garde(length(chars, min = 1, max = 255), custom(not_blank))]
    #[schema(min_length = 1, max_length = 255, pattern = r"\S")]
    pub name: String,
    #[garde(skip)]
    #[schema(value_type = RoleWord)]
    pub role: Role,
    /// Bytes, not letters.
    #[garde(length(bytes, min = PASSWORD_BYTES_MIN, max = PASSWORD_BYTES_MAX))]
    #[schema(format = Password, min_length = 8, max_length = 72, write_only)]
    pub password: String,
    /// Whether he must choose another password before anything else.
    #[garde(skip)]
    #[serde(default)]
    pub must_change_password: bool,
    #[garde(skip)]
    pub department_id: Option<Uuid>,
    #[garde(length(max = SKILLS_MAX), inner(length(chars, min = 1, max = 50), custom(not_blank)))]
    #[schema(value_type = Vec<SkillName>, max_items = 50)]
    #[serde(default)]
    pub skills: Vec<String>,
    /// ISO 639-1.
    #[garde(length(max = LANGUAGES_MAX), inner(custom(fields::language_code)))]
    #[schema(value_type = Vec<LanguageCode>, max_items = 20)]
    #[serde(default)]
    pub languages: Vec<String>,
    #[garde(inner(range(min = 1, max = CHATS_MAX)))]
    #[schema(minimum = 1, maximum = 100, default = 5)]
    pub max_chats: Option<i32>,
    #[garde(inner(range(min = 1, max = LEVEL_MAX)))]
    #[schema(minimum = 1, maximum = 100, default = 1)]
    pub priority_level: Option<i32>,
    #[garde(skip)]
    #[schema(default = true)]
    pub accept_calls: Option<bool>,
    #[garde(skip)]
    #[serde(default)]
    pub is_vip: bool,
    #[garde(skip)]
    #[schema(default = true)]
    pub is_active: Option<bool>,
}

impl Draft {
    /// As it is stored, with the hash of the password.
    pub fn into_new(self, password_hash: String) -> NewUser {
        NewUser {
            email: account_email(&self.email).unwrap_or_default(),
            name: self.name.trim().to_owned(),
            role: self.role,
            password_hash,
            must_change_password: self.must_change_password,
            department_id: self.department_id,
            skills: distinct(self.skills),
            languages: languages(self.languages),
            max_chats: self.max_chats.unwrap_or(5),
            priority_level: self.priority_level.unwrap_or(1),
            accept_calls: self.accept_calls.unwrap_or(true),
            is_vip: self.is_vip,
            is_active: self.is_active.unwrap_or(true),
        }
    }
}

/// Everybody changes of himself what has no mark; the rest is for those who manage users, and passed over for others.
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = UserEdit)]
pub struct Edit {
    #[garde(inner(length(chars, min = 1, max = 255), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 255, pattern = r"\S")]
    name: Option<String>,
    /// ISO 639-1.
    #[garde(inner(length(max = LANGUAGES_MAX), inner(custom(fields::language_code))))]
    #[schema(value_type = Option<Vec<LanguageCode>>, max_items = 20)]
    languages: Option<Vec<String>>,
    #[garde(skip)]
    accept_calls: Option<bool>,
    #[garde(skip)]
    #[schema(value_type = Option<StateWord>)]
    state: Option<AgentState>,
    #[garde(inner(inner(length(chars, max = 200))))]
    #[schema(value_type = Option<String>, max_length = 200)]
    #[serde(default, deserialize_with = "changed")]
    state_message: Option<Option<String>>,
    #[garde(inner(inner(custom(fields::instant))))]
    #[schema(value_type = Option<DateTime<Utc>>)]
    #[serde(default, deserialize_with = "changed")]
    state_until: Option<Option<DateTime<Utc>>>,
    /// Managers only.
    #[garde(inner(length(chars, min = 1, max = EMAIL_CHARS_MAX), custom(fields::email)))]
    #[schema(format = Email, min_length = 1, max_length = 255)]
    email: Option<String>,
    /// Managers only.
    #[garde(skip)]
    #[schema(value_type = Option<RoleWord>)]
    role: Option<Role>,
    /// Managers only.
    #[garde(skip)]
    #[schema(value_type = Option<Uuid>)]
    #[serde(default, deserialize_with = "changed")]
    department_id: Option<Option<Uuid>>,
    /// Managers only.
    #[garde(inner(length(max = SKILLS_MAX), inner(length(chars, min = 1, max = 50), custom(not_blank))))]
    #[schema(value_type = Option<Vec<SkillName>>, max_items = 50)]
    skills: Option<Vec<String>>,
    /// Managers only.
    #[garde(inner(range(min = 1, max = CHATS_MAX)))]
    #[schema(minimum = 1, maximum = 100)]
    max_chats: Option<i32>,
    /// Managers only.
    #[garde(inner(range(min = 1, max = LEVEL_MAX)))]
    #[schema(minimum = 1, maximum = 100)]
    priority_level: Option<i32>,
    /// Managers only. Who is switched off is signed out at once.
    #[garde(skip)]
    is_active: Option<bool>,
    /// Managers only.
    #[garde(skip)]
    is_vip: Option<bool>,
    /// Managers only. Who is banned is signed out at once, and opens neither chats nor tickets.
    #[garde(skip)]
    is_banned: Option<bool>,
    /// Managers only.
    #[garde(inner(inner(length(chars, max = 1000))))]
    #[schema(value_type = Option<String>, max_length = 1000)]
    #[serde(default, deserialize_with = "changed")]
    ban_reason: Option<Option<String>>,
    /// Managers only.
    #[garde(skip)]
    must_change_password: Option<bool>,
}

impl Edit {
    /// What somebody may change of himself.
    pub fn own(self) -> Changes {
        Changes {
            name: self.name.map(|name| name.trim().to_owned()),
            languages: self.languages.map(languages),
            accept_calls: self.accept_calls,
            state: self.state,
            state_message: self.state_message,
            state_until: self.state_until,
            ..Changes::default()
        }
    }

    /// What those who manage users may change.
    pub fn all(mut self) -> Changes {
        let (skills, ban_reason) = (self.skills.take().map(distinct), self.ban_reason.take());
        let (email, department_id) = (self.email.take(), self.department_id.take());
        let (role, is_vip, is_active, is_banned) = (self.role, self.is_vip, self.is_active, self.is_banned);
        let (max_chats, priority_level) = (self.max_chats, self.priority_level);
        let must_change_password = self.must_change_password;
        Changes {
            email: email.and_then(|text| account_email(&text)),
            role,
            department_id,
            skills,
            max_chats,
            priority_level,
            is_active,
            is_vip,
            is_banned,
            ban_reason,
            must_change_password,
            ..self.own()
        }
    }
}

fn languages(codes: Vec<String>) -> Vec<String> {
    distinct(codes.iter().filter_map(|code| language(code)))
}
